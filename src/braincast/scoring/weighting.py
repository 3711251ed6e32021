"""Sums over pairs of units under every resample, the same to the bit however many resamples or processors there are.

Not a matrix product: a BLAS library adds in an order that depends on the processor, on its threads and on how many
resamples there are.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit

from braincast.scoring.ranking import BLOCK, ColumnCounts, Resampled, RowCounts, block_of


def weighted_sums(total: Float[np.ndarray, "row column"], rows: RowCounts, columns: ColumnCounts) -> Resampled:
    """Σ rows · total · columns for each resample, in index order; infinities that are drawn no time do not count."""
    infinite = np.isinf(total)
    if not infinite.any():
        return _weighted_sums(total, rows, columns)
    finite = _weighted_sums(np.where(infinite, 0.0, total), rows, columns)
    drawn = _weighted_sums(infinite.astype(np.float64), rows, columns) > 0
    return np.where(drawn, np.inf, finite)


@njit(cache=True, nogil=True)
@no_type_check
def _weighted_sums(total, rows, columns):
    out = np.empty(len(rows))
    for block in range((len(rows) + BLOCK - 1) // BLOCK):
        of_row, of_column = block_of(rows, block), block_of(columns, block)
        whole, part = np.zeros(BLOCK), np.zeros(BLOCK)
        for row in range(total.shape[0]):
            for column in range(total.shape[1]):
                for sample in range(BLOCK):
                    part[sample] += total[row, column] * of_column[column, sample]
            for sample in range(BLOCK):
                whole[sample] += part[sample] * of_row[row, sample]
                part[sample] = 0.0
        for sample in range(min(BLOCK, len(rows) - block * BLOCK)):
            out[block * BLOCK + sample] = whole[sample]
    return out


def case_weighted_sums(
    total: Float[np.ndarray, "case column"], counts: Int[np.ndarray, "resample case"]
) -> Float[np.ndarray, "resample column"]:
    """Σ counts · total over cases for each resample, in index order."""
    return _case_weighted_sums(np.ascontiguousarray(total), counts)


@njit(cache=True, nogil=True)
@no_type_check
def _case_weighted_sums(total, counts):
    out = np.zeros((counts.shape[0], total.shape[1]))
    for sample in range(counts.shape[0]):
        row = out[sample]
        for case in range(counts.shape[1]):
            count = float(counts[sample, case])
            if count != 0.0:
                values = total[case]
                for column in range(total.shape[1]):
                    row[column] += count * values[column]
    return out
