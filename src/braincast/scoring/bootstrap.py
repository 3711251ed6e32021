"""Two-way bootstrap: stimulated and responding classes are drawn independently, with replacement.

Pairs that share a stimulus or a responder are not independent, so neither pairs nor stimuli alone may be resampled.
But drawing both ways counts the noise of single pairs three times (Owen 2007, Annals of Applied Statistics 1:386), and
intervals that are called 95 % would hold the truth in 99 %. So some resamples draw one way only, and say by how much
the deviations are to shrink (Cameron, Gelbach & Miller 2011, J. Business & Economic Statistics 29:238).

Of n resamples a half draws both ways, then a quarter stimulated classes only, then a quarter responding classes only.
Every model of a task sees the same ones, so that differences are paired.
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
    rows, columns = _counts(rng, n_resamples, n_rows), _counts(rng, n_resamples, n_columns)
    _, only_rows, only_columns = parts_of(n_resamples)
    rows[1:][only_columns], columns[1:][only_rows] = 1, 1
    return Resamples(rows, columns, seed)


def resample_replicates(
    values: Float[np.ndarray, "replicate resample"], seed: int, n_seeds: int = 1
) -> Float[np.ndarray, " resample"]:
    """Mean over replicates (null draws, seeds), drawn with replacement in the resamples that draw stimulated classes.

    So their variance enters once where `interval` adds up the parts. The first resample, the sample, is left alone.
    With `n_seeds` of each null draw, one after the other, draws are drawn first and then seeds of each.
    """
    n_replicates, n_resamples = values.shape
    if n_replicates == 1:
        return values[0]
    drawn = drawn_replicates(np.random.default_rng(seed + 1), n_replicates, n_resamples, n_seeds)
    drawn[:, 0] = np.arange(n_replicates)
    drawn[:, 1:][:, parts_of(n_resamples - 1)[2]] = np.arange(n_replicates)[:, None]
    return np.take_along_axis(values, drawn, axis=0).mean(axis=0)


def drawn_replicates(
    rng: np.random.Generator, n_replicates: int, n_resamples: int, n_seeds: int
) -> Int[np.ndarray, "replicate resample"]:
    """Which replicates each resample has: whole draws with replacement, and within each its seeds with replacement."""
    draws = rng.integers(n_replicates // n_seeds, size=(n_replicates // n_seeds, n_resamples))
    if n_seeds == 1:
        return draws
    seeds = rng.integers(n_seeds, size=(n_replicates // n_seeds, n_seeds, n_resamples))
    return (draws[:, None] * n_seeds + seeds).reshape(n_replicates, n_resamples)


def interval(resampled: Resampled) -> tuple[float, float] | None:
    """95 % interval: percentiles of `deviations` around the sample; None where too few of them are defined."""
    drawn = deviations(resampled)
    defined = drawn[np.isfinite(drawn)]
    if len(drawn) == 0 or len(defined) < _DEFINED_SHARE * len(drawn):
        return None
    lower, upper = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(resampled[0] + lower), float(resampled[0] + upper)


def two_sided_p(difference: Resampled) -> float | None:
    """Bootstrap p of "no difference": twice the smaller tail, never below 2 / (resamples + 1)."""
    drawn = difference[0] + deviations(difference)
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) == 0:
        return None
    tail = 1 + min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return min(1.0, 2 * tail / (len(drawn) + 1))


def deviations(resampled: Resampled) -> Float[np.ndarray, " draw"]:
    """How far the resamples that draw both ways lie from the sample, with the noise of single pairs counted once.

    Their variance is that of stimulated classes + responding classes + 3 × pairs; the one-way variances are classes +
    pairs each. So 2 × (one way + the other) - both ways is the sum with pairs once. It is never taken to be smaller
    than a one-way variance, nor larger than the two-way one.
    """
    with np.errstate(invalid="ignore"):
        drawn = resampled[1:] - resampled[0]
    both, rows, columns = (drawn[part] for part in parts_of(len(drawn)))
    two_way, by_row, by_column = (_variance(part) for part in (both, rows, columns))
    if not (two_way > 0 and by_row >= 0 and by_column >= 0):
        return both
    wanted = max(2 * (by_row + by_column) - two_way, by_row, by_column)
    return both * np.sqrt(min(wanted / two_way, 1.0))


def variances(resampled: Float[np.ndarray, "score resample"]) -> Float[np.ndarray, " score"]:
    """Variance of the `deviations` of many scores; NaN where too few resamples are defined."""
    with np.errstate(invalid="ignore"):
        drawn = resampled[:, 1:] - resampled[:, :1]
    two_way, by_row, by_column = (variances_of(drawn[:, part]) for part in parts_of(drawn.shape[1]))
    wanted = np.maximum(2 * (by_row + by_column) - two_way, np.maximum(by_row, by_column))
    return np.where((two_way > 0) & (wanted >= 0), np.minimum(two_way, wanted), two_way)


def variances_of(drawn: Float[np.ndarray, "score draw"]) -> Float[np.ndarray, " score"]:
    """Of each score's deviations; NaN where more than a tenth of them is undefined."""
    defined = np.isfinite(drawn)
    n = defined.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(defined, drawn, 0.0).sum(axis=1) / n
        squares = np.where(defined, (drawn - mean[:, None]) ** 2, 0.0).sum(axis=1)
        return np.where(n >= np.maximum(2, _DEFINED_SHARE * drawn.shape[1]), squares / n, np.nan)


def parts_of(n_resamples: int) -> tuple[slice, slice, slice]:
    """Where resamples draw both ways, the first way only (stimulated classes, animals), the other only (responders)."""
    quarter = n_resamples // 4
    first, second = n_resamples - 2 * quarter, n_resamples - quarter
    return slice(0, first), slice(first, second), slice(second, n_resamples)


def _variance(values: Float[np.ndarray, " draw"]) -> float:
    """Of what is defined; NaN with fewer than two."""
    defined = values[np.isfinite(values)]
    return float(defined.var()) if len(defined) > 1 else np.nan


def _counts(rng: np.random.Generator, n_resamples: int, n_units: int) -> Int[np.ndarray, "resample unit"]:
    drawn = rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=n_resamples)
    return np.concatenate([np.ones((1, n_units), dtype=np.int64), drawn])
