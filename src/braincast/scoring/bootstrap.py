"""Two-way bootstrap: stimulated and responding classes are drawn independently, with replacement.

Pairs that share a stimulus or a responder are not independent, so neither pairs nor stimuli alone may be resampled
(Owen 2007, Annals of Applied Statistics 1:386). Every model of a task sees the same resamples, so that differences
are paired.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braincast.scoring.ranking import ColumnCounts, Resampled, RowCounts

LEVEL = 0.95
_DEFINED_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class Resamples:
    """Counts of row and column units; the first resample has every count 1 and is the sample itself."""

    rows: RowCounts
    columns: ColumnCounts
    seed: int

    @property
    def n_resamples(self) -> int:
        """Number of resamples beside the sample itself."""
        return len(self.rows) - 1


def draw_resamples(task_hash: str, n_rows: int, n_columns: int, n_resamples: int) -> Resamples:
    """The resamples of a task: fixed by its hash, so that anyone draws the same."""
    seed = int(task_hash[:15], 16)
    rng = np.random.default_rng(seed)
    return Resamples(_counts(rng, n_resamples, n_rows), _counts(rng, n_resamples, n_columns), seed)


def resample_replicates(values: Float[np.ndarray, "replicate resample"], seed: int) -> Float[np.ndarray, " resample"]:
    """Mean over replicates (seeds, null draws), which are drawn with replacement in every resample but the first."""
    n_replicates, n_columns = values.shape
    if n_replicates == 1:
        return values[0]
    drawn = np.random.default_rng(seed + 1).integers(n_replicates, size=(n_replicates, n_columns))
    drawn[:, 0] = np.arange(n_replicates)
    return np.take_along_axis(values, drawn, axis=0).mean(axis=0)


def interval(resampled: Resampled) -> tuple[float, float] | None:
    """Percentile interval from the resamples after the first; None where too few of them are defined."""
    drawn = resampled[1:]
    defined = drawn[np.isfinite(drawn)]
    if len(drawn) == 0 or len(defined) < _DEFINED_SHARE * len(drawn):
        return None
    lower, upper = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(lower), float(upper)


def two_sided_p(difference: Resampled) -> float | None:
    """Bootstrap p of "no difference": twice the smaller tail, never below 2 / (resamples + 1)."""
    drawn = difference[1:][np.isfinite(difference[1:])]
    if len(drawn) == 0:
        return None
    tail = 1 + min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return min(1.0, 2 * tail / (len(drawn) + 1))


def _counts(rng: np.random.Generator, n_resamples: int, n_units: int) -> Int[np.ndarray, "resample unit"]:
    drawn = rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=n_resamples)
    return np.concatenate([np.ones((1, n_units), dtype=np.int64), drawn])
