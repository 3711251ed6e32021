"""Scores of whole courses: one value for each pair, from all its leads."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.scoring.evidence import Evidence
from braincast.scoring.ranking import ColumnCounts, Resampled, RowCounts
from braincast.scoring.weighting import weighted_sums


def course_correlation(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Mean over pairs of Pearson's r between predicted and true course, over leads; the shape alone counts.

    Pairs where either course is constant, or has one lead, are left out; NaN where that leaves none.
    """
    of_pair = evidence.case * (int(evidence.neuron.max()) + 1) + evidence.neuron
    value = _correlations(evidence.prediction, evidence.truth, of_pair)
    cell = np.zeros(len(value), dtype=np.int64)
    cell[of_pair] = evidence.row * evidence.n_columns + evidence.column
    defined = np.isfinite(value)
    shape = evidence.n_rows, evidence.n_columns
    # Of no pair at all, bincount gives integers.
    total = np.bincount(cell[defined], value[defined], shape[0] * shape[1]).reshape(shape).astype(np.float64)
    count = np.bincount(cell[defined], minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    counts = weighted_sums(count, rows, columns)
    sums = weighted_sums(total, rows, columns)
    return np.divide(sums, counts, out=np.full(len(rows), np.nan), where=counts > 0)


def _correlations(
    prediction: Float[np.ndarray, " value"], truth: Float[np.ndarray, " value"], of_pair: np.ndarray
) -> Float[np.ndarray, " pair"]:
    """Pearson's r over the values of each pair; NaN where it is not defined, and for numbers that no pair has."""
    count = np.bincount(of_pair)
    first, second = (v - (np.bincount(of_pair, v) / np.maximum(count, 1))[of_pair] for v in (prediction, truth))
    spread = np.bincount(of_pair, first**2) * np.bincount(of_pair, second**2)
    # Differences of the order of rounding are no course.
    floor = 1e-24 * np.bincount(of_pair, prediction**2) * np.bincount(of_pair, truth**2)
    good = (spread > floor) & (count > 1)
    product = np.bincount(of_pair, first * second)
    return np.divide(product, np.sqrt(spread), out=np.full(len(count), np.nan), where=good)
