"""Rank statistics under resampling weights, in float64 and without fast-math.

A resample gives each row unit and each column unit a count; a pair counts row × column times. With all counts 1 the
values are those of scikit-learn and scipy; ties are handled as there (mid-ranks; one threshold for equal predictions).
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit, prange

from braincast.scoring.evidence import Evidence

RowCounts = Int[np.ndarray, "resample row"]
ColumnCounts = Int[np.ndarray, "resample column"]
Resampled = Float[np.ndarray, " resample"]


def auroc(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Area under the ROC curve (Hanley & McNeil 1982, Radiology 143:29); NaN without both outcomes."""
    whole = np.zeros(len(evidence), dtype=np.int64)
    order, new_level, first = _ranked(evidence, whole)
    return _auroc_of_segments(*_cells(evidence, order), _hits(evidence, order), new_level, first, rows, columns)


def auroc_within_fold(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """AUROC over pairs of pairs that the same fit answered: Σ wins / Σ (responses × others), both within folds.

    Every fold has a fit of its own, and fits are not on one scale: pooled over folds, even a constant scores below 0.5,
    because a fold with many responses is answered by a fit that saw few (Forman & Scholz 2010, SIGKDD Explor. 12:49).
    """
    order, new_level, first = _ranked(evidence, evidence.fold)
    return _auroc_of_segments(*_cells(evidence, order), _hits(evidence, order), new_level, first, rows, columns)


def auroc_per_case(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Mean over cases of the AUROC within the case; cases without both outcomes are left out."""
    order, new_level, first = _ranked(evidence, evidence.case)
    row, hits = evidence.row[order][first[:-1]], _hits(evidence, order)
    return _mean_auroc_of_segments(*_cells(evidence, order), hits, new_level, first, row, rows, columns)


def average_precision(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Mean precision over the recall gained at each threshold; NaN without a response."""
    order = evidence.by_prediction[::-1]
    prediction = evidence.prediction[order]
    new_level = np.r_[True, prediction[1:] != prediction[:-1]]
    return _average_precision(*_cells(evidence, order), _hits(evidence, order), new_level, rows, columns)


def rank_correlation(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Spearman's ρ with mid-ranks (Spearman 1904); NaN when either side is constant."""
    cells = _cells(evidence, np.arange(len(evidence)))
    by_prediction, by_truth = evidence.by_prediction, evidence.by_truth
    return _spearman(*cells, evidence.prediction, evidence.truth, by_prediction, by_truth, rows, columns)


def _hits(evidence: Evidence, order: np.ndarray) -> np.ndarray:
    return evidence.truth[order] > 0.5


def _cells(evidence: Evidence, order: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs of units that occur, numbered: each pair's number, and the row and column unit of each number.

    A resample's count is looked up by number; far fewer numbers occur than there are pairs of units.
    """
    used, cell = np.unique(evidence.row * evidence.n_columns + evidence.column, return_inverse=True)
    return cell[order].astype(np.int32), used // evidence.n_columns, used % evidence.n_columns


def _ranked(evidence: Evidence, segment: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Order by segment and rising prediction, where a level of ties starts, and where segments begin (and end)."""
    order = np.lexsort((evidence.prediction, segment))
    prediction, segments = evidence.prediction[order], segment[order]
    begins = np.r_[True, segments[1:] != segments[:-1]]
    new_level = begins | np.r_[True, prediction[1:] != prediction[:-1]]
    return order, new_level, np.r_[np.flatnonzero(begins), len(order)].astype(np.int64)


@njit(cache=True)
@no_type_check
def _counted(cell_row, cell_column, rows, columns):
    """How often each numbered pair of units counts in one resample."""
    table = np.empty(len(cell_row), dtype=np.int64)
    for number in range(len(cell_row)):
        table[number] = rows[cell_row[number]] * columns[cell_column[number]]
    return table


@njit(cache=True)
@no_type_check
def _wins(cell, hit, new_level, table, begin, end):
    """(twice the weighted wins, responses, others) among the sorted pairs from `begin` to `end`, in whole numbers."""
    wins, total, positives, level_begin, level_positives = 0, 0, 0, 0, 0
    for index in range(begin, end):
        if new_level[index]:
            if level_positives > 0:
                below, tied = level_begin - positives, total - level_begin - level_positives
                wins += level_positives * (2 * below + tied)
                positives += level_positives
                level_positives = 0
            level_begin = total
        count = table[cell[index]]
        total += count
        if hit[index]:
            level_positives += count
    below, tied = level_begin - positives, total - level_begin - level_positives
    wins += level_positives * (2 * below + tied)
    positives += level_positives
    return wins, positives, total - positives


@njit(cache=True, parallel=True)
@no_type_check
def _auroc_of_segments(cell, cell_row, cell_column, hit, new_level, first, rows, columns):
    """Wins over comparisons, both summed over segments."""
    out = np.empty(len(rows))
    for sample in prange(len(rows)):
        table = _counted(cell_row, cell_column, rows[sample], columns[sample])
        won, compared = 0, 0
        for segment in range(len(first) - 1):
            wins, positives, negatives = _wins(cell, hit, new_level, table, first[segment], first[segment + 1])
            won += wins
            compared += positives * negatives
        out[sample] = 0.5 * won / compared if compared > 0 else np.nan
    return out


@njit(cache=True, parallel=True)
@no_type_check
def _mean_auroc_of_segments(cell, cell_row, cell_column, hit, new_level, first, row, rows, columns):
    """Mean over segments, each counted as often as its row unit; columns alone weigh the pairs inside."""
    out = np.empty(len(rows))
    for sample in prange(len(rows)):
        table = _counted(cell_row, cell_column, rows[sample], columns[sample])
        total, weight = 0.0, 0.0
        for segment in range(len(first) - 1):
            count = rows[sample, row[segment]]
            if count == 0:
                continue
            wins, positives, negatives = _wins(cell, hit, new_level, table, first[segment], first[segment + 1])
            if positives > 0 and negatives > 0:
                total += 0.5 * count * wins / (positives * negatives)
                weight += count
        out[sample] = total / weight if weight > 0.0 else np.nan
    return out


@njit(cache=True, parallel=True)
@no_type_check
def _average_precision(cell, cell_row, cell_column, hit, new_level, rows, columns):
    out = np.empty(len(rows))
    for sample in prange(len(rows)):
        table = _counted(cell_row, cell_column, rows[sample], columns[sample])
        chosen, hits, level_hits, area = 0, 0, 0, 0.0
        for index in range(len(cell)):
            if new_level[index] and level_hits > 0:
                hits += level_hits
                area += level_hits * hits / chosen
                level_hits = 0
            count = table[cell[index]]
            chosen += count
            if hit[index]:
                level_hits += count
        if level_hits > 0:
            hits += level_hits
            area += level_hits * hits / chosen
        out[sample] = area / hits if hits > 0 else np.nan
    return out


@njit(cache=True)
@no_type_check
def _mid_ranks(values, order, count):
    ranks = np.empty(len(values))
    below = 0.0
    index = 0
    while index < len(order):
        end, level = index, 0.0
        while end < len(order) and values[order[end]] == values[order[index]]:
            level += count[order[end]]
            end += 1
        for tied in range(index, end):
            ranks[order[tied]] = below + 0.5 * (level + 1.0)
        below += level
        index = end
    return ranks


@njit(cache=True, parallel=True)
@no_type_check
def _spearman(cell, cell_row, cell_column, prediction, truth, by_prediction, by_truth, rows, columns):
    out = np.empty(len(rows))
    for sample in prange(len(rows)):
        table = _counted(cell_row, cell_column, rows[sample], columns[sample])
        count = table[cell].astype(np.float64)
        first, second = _mid_ranks(prediction, by_prediction, count), _mid_ranks(truth, by_truth, count)
        total = count.sum()
        if total == 0.0:
            out[sample] = np.nan
            continue
        first -= (count * first).sum() / total
        second -= (count * second).sum() / total
        spread = np.sqrt((count * first * first).sum() * (count * second * second).sum())
        out[sample] = (count * first * second).sum() / spread if spread > 0.0 else np.nan
    return out
