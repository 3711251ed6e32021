"""Rank statistics under resampling weights, in float64 and without fast-math.

A resample gives each row unit and each column unit a count; a pair counts row × column times. With all counts 1 the
values are those of scikit-learn and scipy; ties are handled as there (mid-ranks; one threshold for equal predictions).

Pairs are sorted once. The kernels then sweep over them with a block of resamples at a time: most pairs are no
responses, and all that happens there is that their counts in the resamples of the block are added, many at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit

from braincast.scoring.evidence import Evidence

RowCounts = Int[np.ndarray, "resample row"]
ColumnCounts = Int[np.ndarray, "resample column"]
Resampled = Float[np.ndarray, " resample"]
OfReplicates = Float[np.ndarray, "replicate resample"]
BLOCK = 16  # resamples at a time: enough for vector units, few enough for registers


def auroc(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Area under the ROC curve (Hanley & McNeil 1982, Radiology 143:29); NaN without both outcomes."""
    return _by_resample(_pooled_auroc, _sweep(evidence, None), rows, columns)


def auroc_within_fold(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """AUROC over pairs of pairs that the same fit answered: Σ wins / Σ (responses × others), both within folds.

    Every fold has a fit of its own, and fits are not on one scale: pooled over folds, even a constant scores below 0.5,
    because a fold with many responses is answered by a fit that saw few (Forman & Scholz 2010, SIGKDD Explor. 12:49).
    """
    return _by_resample(_pooled_auroc, _sweep(evidence, evidence.fold), rows, columns)


def auroc_per_case(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Mean over cases of the AUROC within the case; cases without both outcomes are left out."""
    sweep = _sweep(evidence, evidence.case)
    row_of_case = np.zeros(int(evidence.case.max()) + 1, dtype=np.int64)
    row_of_case[evidence.case] = evidence.row
    return _by_resample(_mean_auroc, (*sweep, row_of_case[np.unique(evidence.case)]), rows, columns)


def average_precision(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Mean precision over the recall gained at each threshold; NaN without a response."""
    sweep = _sweep(evidence, None, falling=True)
    return _by_resample(_average_precision, sweep[:-1], rows, columns)


def rank_correlation(evidence: Evidence, rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Spearman's ρ with mid-ranks (Spearman 1904); NaN when either side is constant."""
    orders = evidence.by_prediction, evidence.by_truth
    pairs = evidence.row, evidence.column, evidence.prediction, evidence.truth, *orders
    return _by_resample(_spearman, pairs, rows, columns)


def _by_resample(
    kernel: Callable[..., Any], pairs: tuple[Any, ...], rows: RowCounts, columns: ColumnCounts
) -> Resampled:
    """Run a kernel over all resamples, in threads where there is enough to do; each resample stands for itself."""
    n_threads = min(os.cpu_count() or 1, 8, len(rows) // (4 * BLOCK))
    if n_threads < 2:
        return kernel(*pairs, rows, columns)
    cuts = np.linspace(0, len(rows) // BLOCK, n_threads + 1).astype(int) * BLOCK
    cuts[-1] = len(rows)
    parts = [slice(begin, end) for begin, end in pairwise(cuts)]
    with ThreadPoolExecutor(n_threads) as pool:
        return np.concatenate(list(pool.map(lambda part: kernel(*pairs, rows[part], columns[part]), parts)))


def _sweep(evidence: Evidence, segment: np.ndarray | None, *, falling: bool = False) -> tuple[np.ndarray, ...]:
    """Pairs by segment and rising (or falling) prediction, as the kernels read them.

    Row unit, column unit, response, whether the pair's level of ties has any response, where a level starts, and where
    segments begin and end.
    """
    segment = np.zeros(len(evidence), dtype=np.int64) if segment is None else segment
    order = np.lexsort((-evidence.prediction if falling else evidence.prediction, segment))
    prediction, segments, hit = evidence.prediction[order], segment[order], evidence.truth[order] > 0.5
    begins = np.r_[True, segments[1:] != segments[:-1]]
    new_level = begins | np.r_[True, prediction[1:] != prediction[:-1]]
    level = np.cumsum(new_level) - 1
    mixed = (np.bincount(level, hit) > 0)[level]
    first = np.r_[np.flatnonzero(begins), len(order)].astype(np.int64)
    return evidence.row[order], evidence.column[order], hit, mixed, new_level, first


@njit(cache=True, nogil=True)
@no_type_check
def block_of(counts, block):
    """Counts of a block of resamples as [unit, resample], zero beyond the last resample."""
    out = np.zeros((counts.shape[1], BLOCK))
    begin = block * BLOCK
    for sample in range(min(BLOCK, len(counts) - begin)):
        out[:, sample] = counts[begin + sample]
    return out


@njit(cache=True, nogil=True)
@no_type_check
def _add_level(row, column, hit, new_level, of_row, of_column, begin, end, total, positives):
    """Add the counts of the level of ties that starts at `begin`; return where it ends."""
    total[:] = 0
    positives[:] = 0
    index = begin
    while True:
        for sample in range(BLOCK):
            total[sample] += of_row[row[index], sample] * of_column[column[index], sample]
        if hit[index]:
            for sample in range(BLOCK):
                positives[sample] += of_row[row[index], sample] * of_column[column[index], sample]
        index += 1
        if index == end or new_level[index]:
            return index


@njit(cache=True, nogil=True)
@no_type_check
def _wins(row, column, hit, mixed, new_level, of_row, of_column, begin, end):
    """(twice the weighted wins, responses, others) of a block, from the sorted pairs of one segment."""
    wins, total, positives = np.zeros((3, BLOCK))
    level_total, level_positives = np.zeros((2, BLOCK))
    index = begin
    while index < end:
        if not mixed[index]:
            for sample in range(BLOCK):
                total[sample] += of_row[row[index], sample] * of_column[column[index], sample]
            index += 1
            continue
        index = _add_level(row, column, hit, new_level, of_row, of_column, index, end, level_total, level_positives)
        for sample in range(BLOCK):
            below, tied = total[sample] - positives[sample], level_total[sample] - level_positives[sample]
            wins[sample] += level_positives[sample] * (2 * below + tied)
            positives[sample] += level_positives[sample]
            total[sample] += level_total[sample]
    return wins, positives, total - positives


@njit(cache=True, nogil=True)
@no_type_check
def _pooled_auroc(row, column, hit, mixed, new_level, first, rows, columns):
    """Wins over comparisons, both summed over segments."""
    n_blocks = (len(rows) + BLOCK - 1) // BLOCK
    out = np.empty(n_blocks * BLOCK)
    for block in range(n_blocks):
        of_row, of_column = block_of(rows, block), block_of(columns, block)
        won, compared = np.zeros(BLOCK), np.zeros(BLOCK)
        for segment in range(len(first) - 1):
            begin, end = first[segment], first[segment + 1]
            found = _wins(row, column, hit, mixed, new_level, of_row, of_column, begin, end)
            wins, positives, negatives = found
            won += wins
            compared += positives * negatives
        for sample in range(BLOCK):
            defined = compared[sample] > 0
            out[block * BLOCK + sample] = 0.5 * won[sample] / compared[sample] if defined else np.nan
    return out[: len(rows)]


@njit(cache=True, nogil=True)
@no_type_check
def _mean_auroc(row, column, hit, mixed, new_level, first, segment_row, rows, columns):
    """Mean over segments, each counted as often as its row unit (which cancels inside)."""
    n_blocks = (len(rows) + BLOCK - 1) // BLOCK
    out = np.empty(n_blocks * BLOCK)
    for block in range(n_blocks):
        of_row, of_column = block_of(rows, block), block_of(columns, block)
        mean, weight = np.zeros(BLOCK), np.zeros(BLOCK)
        for segment in range(len(first) - 1):
            begin, end = first[segment], first[segment + 1]
            found = _wins(row, column, hit, mixed, new_level, of_row, of_column, begin, end)
            wins, positives, negatives = found
            for sample in range(min(BLOCK, len(rows) - block * BLOCK)):
                compared = positives[sample] * negatives[sample]
                if compared > 0:
                    count = rows[block * BLOCK + sample, segment_row[segment]]
                    mean[sample] += count * (0.5 * wins[sample] / compared)
                    weight[sample] += count
        for sample in range(BLOCK):
            defined = weight[sample] > 0
            out[block * BLOCK + sample] = mean[sample] / weight[sample] if defined else np.nan
    return out[: len(rows)]


@njit(cache=True, nogil=True)
@no_type_check
def _average_precision(row, column, hit, mixed, new_level, rows, columns):
    n_blocks = (len(rows) + BLOCK - 1) // BLOCK
    out = np.empty(n_blocks * BLOCK)
    for block in range(n_blocks):
        of_row, of_column = block_of(rows, block), block_of(columns, block)
        chosen, hits = np.zeros(BLOCK), np.zeros(BLOCK)
        level_total, level_hits = np.zeros(BLOCK), np.zeros(BLOCK)
        area = np.zeros(BLOCK)
        index = 0
        while index < len(row):
            if not mixed[index]:
                for sample in range(BLOCK):
                    chosen[sample] += of_row[row[index], sample] * of_column[column[index], sample]
                index += 1
                continue
            index = _add_level(row, column, hit, new_level, of_row, of_column, index, len(row), level_total, level_hits)
            chosen += level_total
            hits += level_hits
            for sample in range(BLOCK):
                if level_hits[sample] > 0:
                    area[sample] += level_hits[sample] * (hits[sample] / chosen[sample])
        for sample in range(BLOCK):
            out[block * BLOCK + sample] = area[sample] / hits[sample] if hits[sample] > 0 else np.nan
    return out[: len(rows)]


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
@no_type_check
def _spearman(row, column, prediction, truth, by_prediction, by_truth, rows, columns):
    out = np.empty(len(rows))
    for sample in range(len(rows)):
        count = np.empty(len(row))
        for pair in range(len(row)):
            count[pair] = rows[sample, row[pair]] * columns[sample, column[pair]]
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
