"""Signs of edges against the signs of responses: agreement, a null with the same numbers of signs, an interval.

Most significant responses are positive. So raw agreement mostly says how many positive signs an answer gives; what
tells information from that is the null, which permutes the answer's signs over the scored edges and so keeps the
counts of + and - (the E:I ratio), and measures that a constant answer cannot win (balanced accuracy, Matthews'
correlation, AUROC).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float, Int

from braincast.scoring.bootstrap import draw_resamples, interval
from braincast.scoring.scores import Interval
from braincast.tasks.effects import EffectQuestion

MEASURES = ("agreement", "balanced_accuracy", "matthews", "auroc")
Weights = Float[np.ndarray, "resample edge"]


@dataclass(frozen=True)
class SignMeasure:
    """One measure of agreement; `null` is its mean and spread with permuted signs, `p` is one-sided.

    None where it is undefined: an answer of one sign only has no Matthews' correlation.
    """

    value: float | None
    ci: Interval | None
    null_mean: float | None
    null_sd: float | None
    p: float | None


@dataclass(frozen=True)
class SignScore:
    """How well an answer's signs agree with the truth, over the edges that it has an opinion about.

    `n_truth` counts edges with a true sign, `n` those of them that were answered; `positive_truth` and
    `positive_answer` are the shares of + among these.
    """

    n_truth: int
    n: int
    positive_truth: float | None
    positive_answer: float | None
    measures: dict[str, SignMeasure]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def score_effects(question: EffectQuestion, truth: Float[np.ndarray, "pre post"], effects: xr.DataArray) -> SignScore:
    """Score an answer that `check_effects` accepted; `truth` is +1, -1 or NaN where there is none.

    The interval is from the two-way bootstrap over cell classes of pre and post; permutations and resamples follow
    from the question's hash.
    """
    answer = effects.values.astype(np.float64)
    pre, post = np.nonzero(np.isfinite(truth) & (answer != 0))
    true, given = truth[pre, post], answer[pre, post]
    n_truth = int(np.isfinite(truth).sum())
    if len(true) == 0:
        return SignScore(n_truth, 0, None, None, dict.fromkeys(MEASURES, SignMeasure(None, None, None, None, None)))
    weights = _resampled(question, pre, post)
    rng = np.random.default_rng(int(question.hash[:15], 16))
    permuted = np.array([rng.permutation(given) for _ in range(question.n_permutations)])
    observed, null = _measures(given[None], true, weights), _measures(permuted, true, np.ones((1, len(true))))
    measures = {name: _measure(observed[name], null[name]) for name in MEASURES}
    return SignScore(n_truth, len(true), float((true > 0).mean()), float((given > 0).mean()), measures)


def _measure(observed: np.ndarray, null: np.ndarray) -> SignMeasure:
    value = observed[0]
    if not np.isfinite(value):
        return SignMeasure(None, None, None, None, None)
    # Permutations give many equal values; a hair of rounding must not decide which of them count.
    p = (1 + int((null >= value - 1e-12).sum())) / (1 + len(null))
    return SignMeasure(float(value), interval(observed), float(null.mean()), float(null.std()), p)


def _resampled(question: EffectQuestion, pre: Int[np.ndarray, " edge"], post: Int[np.ndarray, " edge"]) -> Weights:
    """How often each edge counts in each resample: count of pre's class × count of post's; the first is all ones."""
    classes = np.array(question.cell_classes)
    rows, row = np.unique(classes[pre], return_inverse=True)
    columns, column = np.unique(classes[post], return_inverse=True)
    resamples = draw_resamples(question.hash, len(rows), len(columns), question.n_resamples)
    return (resamples.rows[:, row] * resamples.columns[:, column]).astype(np.float64)


def _measures(given: Float[np.ndarray, "draw edge"], true: Float[np.ndarray, " edge"], weights: Weights) -> dict:
    """Each measure for each draw of answers (one) × weights (many), or of answers (many) × weights (one)."""
    plus, said = true > 0, given > 0
    hits, misses = (weights * (plus & said)).sum(1), (weights * (plus & ~said)).sum(1)
    false, rejected = (weights * (~plus & said)).sum(1), (weights * (~plus & ~said)).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        product = (hits + misses) * (false + rejected) * (hits + false) * (misses + rejected)
        return {
            "agreement": (hits + rejected) / (hits + misses + false + rejected),
            "balanced_accuracy": 0.5 * (hits / (hits + misses) + rejected / (false + rejected)),
            "matthews": np.where(product > 0, (hits * rejected - misses * false) / np.sqrt(product), np.nan),
            "auroc": _auroc(given, plus, weights),
        }


def _auroc(given: np.ndarray, plus: np.ndarray, weights: Weights) -> np.ndarray:
    """How often a positive edge has the larger effect than a negative one, ties half; weighted by resample counts."""
    if len(given) > 1:
        from scipy.stats import rankdata

        ranks = rankdata(given, axis=1)[:, plus].sum(axis=1)
        n_plus, n_minus = int(plus.sum()), int((~plus).sum())
        return (ranks - n_plus * (n_plus + 1) / 2) / np.float64(n_plus * n_minus)
    wins = np.sign(given[0][plus][:, None] - given[0][~plus][None, :]) / 2 + 0.5
    of_plus, of_minus = weights[:, plus], weights[:, ~plus]
    return ((of_plus @ wins) * of_minus).sum(axis=1) / (of_plus.sum(axis=1) * of_minus.sum(axis=1))
