"""Rank statistics under resampling weights, in float64 and without fast-math.

A resample gives each row unit and each column unit a count; a pair counts row × column times. With all counts 1 the
values are those of scikit-learn and scipy; ties are handled as there (mid-ranks; one threshold for equal predictions).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from numba import njit, prange

from braincast.scoring.evidence import Evidence

Counts = Int[np.ndarray, "resample unit"]
Resampled = Float[np.ndarray, " resample"]


def auroc(evidence: Evidence, rows: Counts, columns: Counts) -> Resampled:
    """Area under the ROC curve (Hanley & McNeil 1982, Radiology 143:29); NaN without both outcomes."""
    order = evidence.by_prediction
    return _auroc(*_sorted(evidence, order), rows, columns)


def average_precision(evidence: Evidence, rows: Counts, columns: Counts) -> Resampled:
    """Mean precision over the recall gained at each threshold; NaN without a response."""
    order = evidence.by_prediction[::-1].copy()
    return _average_precision(*_sorted(evidence, order), rows, columns)


def auroc_within_fold(evidence: Evidence, rows: Counts, columns: Counts) -> Resampled:
    """AUROC over pairs of pairs that the same fit answered: Σ wins / Σ (responses × others), both within folds.

    Every fold has a fit of its own, and fits are not on one scale: pooled over folds, even a constant scores below 0.5,
    because a fold with many responses is answered by a fit that saw few (Forman & Scholz 2010, SIGKDD Explor. 12:49).
    """
    order = np.lexsort((np.arange(len(evidence)), evidence.prediction, evidence.fold))
    return _auroc_within(*_sorted(evidence, order), evidence.fold[order], rows, columns)


def auroc_per_case(evidence: Evidence, rows: Counts, columns: Counts) -> Resampled:
    """Mean over cases of the AUROC within the case; cases without both outcomes are left out."""
    order = np.lexsort((np.arange(len(evidence)), evidence.prediction, evidence.case))
    return _auroc_per_case(*_sorted(evidence, order), evidence.case[order], rows, columns)


def rank_correlation(evidence: Evidence, rows: Counts, columns: Counts) -> Resampled:
    """Spearman's ρ with mid-ranks (Spearman 1904); NaN when either side is constant."""
    by_prediction, by_truth = evidence.by_prediction, evidence.by_truth
    units = evidence.row, evidence.column
    return _spearman(evidence.prediction, evidence.truth, by_prediction, by_truth, *units, rows, columns)


def _sorted(evidence: Evidence, order: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    return evidence.prediction[order], evidence.truth[order], evidence.row[order], evidence.column[order]


@njit(cache=True)
def _wins(prediction, truth, row, column, row_count, column_count, begin, end):
    """(weighted wins, responses, others) among the sorted pairs from `begin` to `end`."""
    negatives, positives, wins = 0.0, 0.0, 0.0
    index = begin
    while index < end:
        level, level_negatives, level_positives = prediction[index], 0.0, 0.0
        while index < end and prediction[index] == level:
            count = row_count[row[index]] * column_count[column[index]]
            if truth[index] > 0.5:
                level_positives += count
            else:
                level_negatives += count
            index += 1
        wins += level_positives * (negatives + 0.5 * level_negatives)
        negatives += level_negatives
        positives += level_positives
    return wins, positives, negatives


@njit(cache=True)
def _auroc_one(prediction, truth, row, column, row_count, column_count, begin, end):
    wins, positives, negatives = _wins(prediction, truth, row, column, row_count, column_count, begin, end)
    if negatives == 0.0 or positives == 0.0:
        return np.nan
    return wins / (negatives * positives)


@njit(cache=True, parallel=True)
def _auroc(prediction, truth, row, column, rows, columns):
    out = np.empty(len(rows))
    for sample in prange(len(rows)):
        out[sample] = _auroc_one(prediction, truth, row, column, rows[sample], columns[sample], 0, len(truth))
    return out


@njit(cache=True, parallel=True)
def _auroc_within(prediction, truth, row, column, fold, rows, columns):
    out = np.empty(len(rows))
    for sample in prange(len(rows)):
        won, compared = 0.0, 0.0
        begin = 0
        while begin < len(fold):
            end = begin
            while end < len(fold) and fold[end] == fold[begin]:
                end += 1
            wins, positives, negatives = _wins(
                prediction, truth, row, column, rows[sample], columns[sample], begin, end
            )
            won += wins
            compared += positives * negatives
            begin = end
        out[sample] = won / compared if compared > 0.0 else np.nan
    return out


@njit(cache=True, parallel=True)
def _auroc_per_case(prediction, truth, row, column, case, rows, columns):
    out = np.empty(len(rows))
    for sample in prange(len(rows)):
        total, weight = 0.0, 0.0
        begin = 0
        while begin < len(case):
            end = begin
            while end < len(case) and case[end] == case[begin]:
                end += 1
            count = rows[sample, row[begin]]
            if count > 0:
                value = _auroc_one(prediction, truth, row, column, rows[sample], columns[sample], begin, end)
                if not np.isnan(value):
                    total += count * value
                    weight += count
            begin = end
        out[sample] = total / weight if weight > 0.0 else np.nan
    return out


@njit(cache=True, parallel=True)
def _average_precision(prediction, truth, row, column, rows, columns):
    out = np.empty(len(rows))
    for sample in prange(len(rows)):
        chosen, hits, area = 0.0, 0.0, 0.0
        index = 0
        while index < len(truth):
            level, level_hits = prediction[index], 0.0
            while index < len(truth) and prediction[index] == level:
                count = rows[sample, row[index]] * columns[sample, column[index]]
                chosen += count
                if truth[index] > 0.5:
                    level_hits += count
                index += 1
            hits += level_hits
            if level_hits > 0.0:
                area += level_hits * hits / chosen
        out[sample] = area / hits if hits > 0.0 else np.nan
    return out


@njit(cache=True)
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
def _spearman(prediction, truth, by_prediction, by_truth, row, column, rows, columns):
    out = np.empty(len(rows))
    for sample in prange(len(rows)):
        count = np.empty(len(truth))
        for index in range(len(truth)):
            count[index] = rows[sample, row[index]] * columns[sample, column[index]]
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
