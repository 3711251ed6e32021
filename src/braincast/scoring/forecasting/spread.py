"""How resampled values become an interval, a p and a variance, where there are few units to draw from.

Percentiles are too narrow where units are few: deviations are widened by √(n/f) · t(f)/z, where n are the animals, or
within one animal the disjoint blocks, and f = n - the number of groups that these are drawn within (Hesterberg 2015,
Am. Stat. 69:371): blocks of one run do not replace those of another. Where conditions count alike however short they
are, the shortest decide: n and f are effective numbers then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from scipy import special

from braincast.scoring.bootstrap import LEVEL, variances_of
from braincast.scoring.ranking import Resampled

_DEFINED_SHARE = 0.9
_ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


@dataclass(frozen=True)
class Spread:
    """Which resamples speak about a score, and from how many animals and blocks it comes.

    `n_units` are drawn, animals or blocks; `freedom` is their number less that of the groups they are drawn within.
    Of blocks that count unequally both are effective numbers.
    """

    parts: tuple[slice, ...]
    n_animals: int
    n_blocks: int
    n_units: int | float
    freedom: int | float

    @property
    def variance_factor(self) -> float:
        """n/f, by which the variance of few units is too small; NaN where nothing can be told of it."""
        if self.freedom < 1 or max(self.n_animals, self.n_blocks) < 2:
            return np.nan
        return self.n_units / self.freedom

    @cached_property
    def widening(self) -> float:
        """√(n/f) · t(f)/z; NaN for a single animal with a single block, of which nothing can be told."""
        level = (1 + LEVEL) / 2
        quantiles = special.stdtrit(self.freedom, level) / special.ndtri(level)
        return float(np.sqrt(self.variance_factor) * quantiles)

    def deviations(self, resampled: Resampled) -> Float[np.ndarray, " draw"]:
        """How far resamples lie from the sample, each source of chance counted once, widened for few units."""
        with np.errstate(invalid="ignore"):
            drawn = resampled[1:] - resampled[0]
        parts = [drawn[part] for part in self.parts]
        if len(parts) == 1:
            return parts[0] * self.widening
        both, by_animal, by_block = (_variance(part) for part in parts)
        wanted = np.fmax(by_animal, by_block)
        shrink = np.sqrt(min(wanted / both, 1.0)) if both > 0 and wanted >= 0 else 1.0
        return parts[0] * shrink * self.widening

    def variances(self, resampled: Float[np.ndarray, "score resample"]) -> Float[np.ndarray, " score"]:
        """Of many scores, each source of chance counted once, times n/f; NaN where too few resamples are defined."""
        with np.errstate(invalid="ignore"):
            drawn = resampled[:, 1:] - resampled[:, :1]
        parts = [variances_of(drawn[:, part]) for part in self.parts]
        if len(parts) == 1:
            return parts[0] * self.variance_factor
        both, wanted = parts[0], np.fmax(parts[1], parts[2])
        return np.where(wanted >= 0, np.minimum(both, wanted), both) * self.variance_factor

    def interval(self, resampled: Resampled) -> tuple[float, float] | None:
        """95 % interval; None with one unit, or where more than a tenth of the resamples is undefined."""
        return interval_around(resampled[0], self.deviations(resampled))

    def intervals(self, resampled: Float[np.ndarray, "resample score"]) -> Float[np.ndarray, "score 2"]:
        """`interval` of many scores at once; NaN where there is none."""
        deviations = np.stack([self.deviations(score) for score in resampled.T])
        if deviations.size > 0 and np.isfinite(deviations).all():
            return (resampled[0] + np.quantile(deviations, _ENDS, axis=1)).T
        each = [interval_around(value, own) for value, own in zip(resampled[0], deviations, strict=True)]
        return np.array([(np.nan, np.nan) if ends is None else ends for ends in each])

    def two_sided_p(self, difference: Resampled) -> float | None:
        """Bootstrap p of "no difference": twice the smaller tail, never below 2 / (resamples + 1)."""
        return two_sided_p_of(difference[0], self.deviations(difference))


def interval_around(value: float, deviations: Float[np.ndarray, " draw"]) -> tuple[float, float] | None:
    """95 % interval of a value from deviations; None where more than a tenth of these is undefined."""
    defined = deviations[np.isfinite(deviations)]
    if len(deviations) == 0 or len(defined) < _DEFINED_SHARE * len(deviations) or not np.isfinite(value):
        return None
    lower, upper = np.quantile(defined, _ENDS)
    return float(value + lower), float(value + upper)


def two_sided_p_of(value: float, deviations: Float[np.ndarray, " draw"]) -> float | None:
    """Twice the smaller tail beyond 0 of what deviates from a value, never below 2 / (deviations + 1)."""
    drawn = value + deviations
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) == 0:
        return None
    tail = 1 + min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return min(1.0, 2 * tail / (len(drawn) + 1))


def _variance(values: Float[np.ndarray, " draw"]) -> float:
    """Of what is defined; NaN with fewer than two."""
    defined = values[np.isfinite(values)]
    return float(defined.var()) if len(defined) > 1 else np.nan
