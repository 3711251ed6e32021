"""Who is better than whom among entries with several seeds each, and between which ranks each stands.

The difference of two entries is that of their means over seeds. Two things make it uncertain. Other cases: all entries
are measured on the same resamples of cases, seeds held, and the variance of the difference there is that behind the
task's own intervals, few animals or blocks allowed for. Other seeds: their values on the sample differ, of which a part
is no more than the seeds' different luck with these cases, and that the resamples have counted already (as with errors
clustered two ways: Cameron, Gelbach & Miller 2011, J. Business & Economic Statistics 29:238). So

    variance = variance over cases + Σ over both entries of max(s² - l, 0) / seeds

where s² is the variance between an entry's seeds and l the variance over cases of a seed around its entry's mean. The
difference in its standard errors is held against t, with as much freedom as the sum has (Satterthwaite 1946, Biometrics
2:110; Welch 1947, Biometrika 34:28). Entries whose seeds agree exactly, as those of models without chance do, have no
part in it; of an entry with a single seed nothing is known, and it is taken as it is.

Ranks are pairwise: an entry can stand anywhere between behind those significantly better and before those significantly
worse, at 5 % for each pair. Nothing corrects for the number of pairs: what one pair is told does not depend on who else
takes part, and with many entries of the same strength some pairs are told apart by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy import special

from braincast.scoring import bootstrap
from braincast.scoring.forecasting.assessor import case_units
from braincast.scoring.forecasting.averages import averaging_of
from braincast.scoring.forecasting.groups import headline
from braincast.scoring.imputation.in_windows import card_in_windows
from braincast.scoring.metrics import load_metric
from braincast.scoring.ranking import OfReplicates
from braincast.scoring.scores import defined
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.kinds import AnyCard

LEVEL = 0.05
FEWEST_SEEDS = 3

_Variances = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Pair:
    """Entry `a` less entry `b`; `p` and `ci` are None where the cases are too few to tell anything."""

    a: int
    b: int
    metric: str
    difference: float | None
    ci: tuple[float, float] | None
    p: float | None

    def to_dict(self) -> dict[str, Any]:
        """The entry of the JSON contract."""
        return {**vars(self), "ci": None if self.ci is None else list(self.ci)}


@dataclass(frozen=True)
class Standing:
    """Entries best first, those without a value last; (best, worst) rank of each that is ranked; and every pair."""

    order: tuple[int, ...]
    ranks: Mapping[int, tuple[int, int]]
    pairs: tuple[Pair, ...]

    @property
    def comparisons(self) -> list[dict[str, Any]]:
        """Every pair as plain data, the better one first."""
        return [pair.to_dict() for pair in self.pairs]


def standing(card: AnyCard, samples: Mapping[int, Mapping[str, OfReplicates]], ranked: Collection[int]) -> Standing:
    """How entries stand by the primary metric. `samples[entry][metric]` are of each seed, the sample itself first.

    Ranks are among the `ranked` that have a value.
    """
    metric = load_metric(card.primary)
    field = _Field({entry: own[card.primary] for entry, own in samples.items()})
    sign = -1 if metric.larger_is_better else 1
    order = sorted(samples, key=lambda entry: (not np.isfinite(field.value(entry)), sign * field.value(entry), entry))
    pairs = tuple(field.pairs(tuple(order), metric.key, *variance_over_cases(card)))
    inside = [entry for entry in order if entry in set(ranked) and np.isfinite(field.value(entry))]
    return Standing(tuple(order), _ranks(inside, pairs), pairs)


def variance_over_cases(card: AnyCard) -> tuple[_Variances, float]:
    """How the variance over cases follows from resamples, and its freedom."""
    if not isinstance(card, ForecastCard):
        return bootstrap.variances, np.inf
    asked = card if card.imputation is None else card_in_windows(card)
    within, averaging = headline(asked), averaging_of(asked)
    weights = None if averaging.part is None or card.rollout is not None else averaging.weights(within)
    spread = case_units(asked).spread(card.n_resamples, within, weights)
    return spread.variances, float(spread.freedom)


class _Field:
    """Entries by their resampled values [seed, resample]."""

    def __init__(self, samples: Mapping[int, OfReplicates]) -> None:
        self.samples = {entry: np.asarray(own, dtype=np.float64) for entry, own in samples.items()}
        self.means = {entry: own.mean(axis=0) for entry, own in self.samples.items()}

    def value(self, entry: int) -> float:
        return float(self.means[entry][0])

    def pairs(self, order: tuple[int, ...], metric: str, variances: _Variances, freedom: float) -> list[Pair]:
        """Every entry less each that follows it in `order`."""
        means = np.stack([self.means[entry] for entry in order]) if order else np.zeros((0, 1))
        seeds = np.array([self._of_seeds(entry, variances) for entry in order]).reshape(-1, 2)
        found: list[Pair] = []
        for first, a in enumerate(order[:-1]):
            with np.errstate(invalid="ignore"):
                differences = means[first] - means[first + 1 :]
            parts = np.column_stack([variances(differences), *_both(seeds, first)])
            told = _told(differences[:, 0], parts[:, :3], parts[:, 3], freedom)
            found += [Pair(a, b, metric, *one) for b, one in zip(order[first + 1 :], told, strict=True)]
        return found

    def _of_seeds(self, entry: int, variances: _Variances) -> tuple[float, float]:
        """What seeds add to the variance of an entry's mean, and the square of that part over its freedom."""
        own = self.samples[entry]
        n = len(own)
        if n < 2:
            return 0.0, 0.0
        luck = variances(own - own.mean(axis=0)).sum() / (n - 1)
        between = float(own[:, 0].var(ddof=1))
        more = max(between - luck, 0.0) if np.isfinite(luck) else between
        return more / n, (between / n) ** 2 / (n - 1) if more > 0 else 0.0


def _both(seeds: Float[np.ndarray, "entry 2"], first: int) -> list[np.ndarray]:
    """Of one entry and each that follows it: variances that their seeds add, sum of squares over freedom."""
    others = seeds[first + 1 :]
    return [np.full(len(others), seeds[first, 0]), others[:, 0], seeds[first, 1] + others[:, 1]]


def _told(
    difference: Float[np.ndarray, " pair"],
    variance: Float[np.ndarray, "pair part"],
    squares: Float[np.ndarray, " pair"],
    freedom: float,
) -> list[tuple[float | None, tuple[float, float] | None, float | None]]:
    """Difference, interval and p of each pair."""
    total = variance.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_sum = total**2 / (variance[:, 0] ** 2 / freedom + squares)
        of_sum = np.where(np.isnan(of_sum), np.inf, np.maximum(of_sum, 1.0))
        t = np.where(difference == 0, 0.0, np.abs(difference) / np.sqrt(total))
    half = special.stdtrit(np.minimum(of_sum, 1e12), 1 - LEVEL / 2) * np.sqrt(total)
    p = 2 * special.stdtr(np.minimum(of_sum, 1e12), -t)
    p = np.where(np.isfinite(total), p, np.nan)
    return [_pair(*map(float, one)) for one in zip(difference, half, p, strict=True)]


def _pair(difference: float, half: float, p: float) -> tuple[float | None, tuple[float, float] | None, float | None]:
    known = np.isfinite(difference) and np.isfinite(half)
    return defined(difference), (difference - half, difference + half) if known else None, defined(p)


def _ranks(ranked: list[int], pairs: tuple[Pair, ...]) -> dict[int, tuple[int, int]]:
    """`pairs` are better less worse, so that a pair told apart is a rank that one may not have."""
    better, worse = dict.fromkeys(ranked, 0), dict.fromkeys(ranked, 0)
    for pair in pairs:
        if pair.p is not None and pair.p < LEVEL and pair.a in better and pair.b in better:
            worse[pair.a] += 1
            better[pair.b] += 1
    return {entry: (1 + better[entry], len(ranked) - worse[entry]) for entry in ranked}
