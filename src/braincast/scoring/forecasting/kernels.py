"""Compiled inner loops of forecast scoring: float64 sums in a fixed order, without fast-math.

A row is the neurons of one tile at one case and lead. It is added in 16 lanes, eight values to a lane at a time, and
lanes are added pairwise: an order that vector units like, and that is written here, so that it does not depend on the
processor. Indices are unsigned because the check for negative ones would keep loops from being vectorised; for the same
reason the smallest functions are put into their callers (`inline="always"`).
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from numba import njit

from braincast.scoring.tiles import TILE_NEURONS

# What `add_tiles` writes along the last axis of its rows.
ROW_STATISTICS = (
    "count",
    "prediction",
    "truth",
    "prediction_squared",
    "truth_squared",
    "absolute_error",
    "squared_error",
    "active_prediction",
    "active_truth",
)
N_MOMENTS = 6
CASES_AT_A_TIME = 4
_LANES = np.uint64(16)
_SPAN = np.uint64(1024)  # so many neurons stay in the fastest cache while they are counted too
_TWO, _FOUR, _EIGHT = np.uint64(2), np.uint64(4), np.uint64(8)


@njit(cache=True, nogil=True)
@no_type_check
def add_tiles(prediction, truth, first, last, active_above, kept, rows, by_neuron, by_column, places):
    """Add the tiles from neuron `first` to neuron `last` at all cases and leads, each number read from memory once.

    rows[tile, case, lead, statistic] are the statistics of each row. `kept` is (counted[case], column[grouping,
    neuron]): by_neuron[lead, neuron] adds counted[case] times the absolute errors to what stands there, and
    by_column[tile, case, column] is their sum over leads and over the neurons of a group; without groupings neither is
    touched. places[tile] becomes (case, lead, neuron) of the first prediction that is not finite, and stays (-1, -1,
    -1) otherwise. Missing truth (NaN) is left out of every statistic.
    """
    wanted = kept[1].shape[0] > 0
    # Sums by neuron stay in the cache for several cases; without them one case after the other is read fastest.
    step = CASES_AT_A_TIME if wanted else 1
    errors = np.zeros((CASES_AT_A_TIME, last - first if wanted else 0))
    lanes = np.zeros((N_MOMENTS, _LANES))
    n_cases = prediction.shape[0]
    for begin in range(0, n_cases, step):
        end = min(begin + step, n_cases)
        errors[:] = 0.0
        for lead in range(prediction.shape[1]):
            for tile in range(rows.shape[0]):
                start = first + tile * TILE_NEURONS
                edges = np.uint64(start), np.uint64(min(start + TILE_NEURONS, last))
                for case in range(begin, end):
                    x, y = prediction[case, lead], truth[case, lead]
                    bad = _add_row(x, y, edges[0], edges[1], active_above, lanes, rows[tile, case, lead])
                    if bad >= 0 and places[tile, 0] < 0:
                        places[tile, 0], places[tile, 1], places[tile, 2] = case, lead, bad
                    if wanted:  # over the same row again, while it is in the cache
                        into = errors[case - begin, start - first :]
                        _add_errors(x, y, edges[0], edges[1], kept[0][case], by_neuron[lead], into)
        if wanted:
            for tile in range(rows.shape[0]):
                start = first + tile * TILE_NEURONS
                for case in range(begin, end):
                    own = errors[case - begin, start - first : min(start + TILE_NEURONS, last) - first]
                    _add_to_columns(own, start, kept[1], by_column[tile, case])


@njit(cache=True, nogil=True)
@no_type_check
def _add_row(x, y, first, last, active_above, lanes, row):
    """Statistics of one row; returns the first neuron that is not predicted by a number, or -1."""
    lanes[:] = 0.0
    active = active_above < np.inf
    above = np.float32(active_above)
    predicted, observed = np.int64(0), np.int64(0)
    for begin in range(first, last, _SPAN):
        end = min(begin + _SPAN, last)
        _add_span(x, y, begin, end, lanes)
        if active:
            more_predicted, more_observed = _count_active(x, y, begin, end, above)
            predicted += more_predicted
            observed += more_observed
    _add_lanes(lanes)
    total = 0.0
    for moment in range(N_MOMENTS):
        row[1 + moment] = lanes[moment, 0]
        total += lanes[moment, 0]
    row[0], row[7], row[8] = np.float64(last - first), predicted, observed
    return -1 if np.isfinite(total) else _add_row_with_gaps(x, y, first, last, row)


@njit(nogil=True, inline="always")
@no_type_check
def _moments(prediction, truth):
    p, t = np.float64(prediction), np.float64(truth)
    error = p - t
    return p, t, p * p, t * t, abs(error), error * error


@njit(nogil=True, inline="always")
@no_type_check
def _plus(a, b):
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5]


@njit(nogil=True, inline="always")
@no_type_check
def _two(x, y, i):
    return _plus(_moments(x[i], y[i]), _moments(x[i + _LANES], y[i + _LANES]))


@njit(nogil=True, inline="always")
@no_type_check
def _four(x, y, i):
    return _plus(_two(x, y, i), _two(x, y, i + _TWO * _LANES))


@njit(nogil=True, inline="always")
@no_type_check
def _eight(x, y, i):
    return _plus(_four(x, y, i), _four(x, y, i + _FOUR * _LANES))


@njit(cache=True, nogil=True)
@no_type_check
def _add_span(x, y, first, last, lanes):
    """Add moments where everything is finite; anything else makes them not finite, and they are thrown away."""
    step = _EIGHT * _LANES
    rest = first + (last - first) // step * step
    for begin in range(first, rest, step):
        for lane in range(_LANES):
            p, t, pp, tt, absolute, squared = _eight(x, y, begin + lane)
            lanes[0, lane] += p
            lanes[1, lane] += t
            lanes[2, lane] += pp
            lanes[3, lane] += tt
            lanes[4, lane] += absolute
            lanes[5, lane] += squared
    for i in range(rest, last):
        found = _moments(x[i], y[i])
        lane = (i - rest) % _LANES
        for moment in range(N_MOMENTS):
            lanes[moment, lane] += found[moment]


@njit(cache=True, nogil=True)
@no_type_check
def _add_lanes(lanes):
    width = lanes.shape[1]
    while width > 1:
        width //= 2
        for moment in range(lanes.shape[0]):
            for lane in range(width):
                lanes[moment, lane] += lanes[moment, lane + width]


@njit(cache=True, nogil=True)
@no_type_check
def _add_row_with_gaps(x, y, first, last, row):
    """Moments over what was observed, in index order; returns the first neuron not predicted by a number, or -1."""
    row[:7] = 0.0
    bad = -1
    for i in range(first, last):
        if not np.isfinite(x[i]):
            bad = i if bad < 0 else bad
        elif np.isfinite(y[i]):
            row[0] += 1.0
            p, t, pp, tt, absolute, squared = _moments(x[i], y[i])
            row[1] += p
            row[2] += t
            row[3] += pp
            row[4] += tt
            row[5] += absolute
            row[6] += squared
    return bad


@njit(cache=True, nogil=True)
@no_type_check
def _count_active(x, y, first, last, above):
    predicted, observed = np.int64(0), np.int64(0)
    for i in range(first, last):
        predicted += np.int64((y[i] == y[i]) & (x[i] > above))
        observed += np.int64(y[i] > above)
    return predicted, observed


@njit(cache=True, nogil=True)
@no_type_check
def _add_errors(x, y, first, last, weight, of_neuron, of_case):
    for i in range(last - first):
        error = abs(np.float64(x[first + i]) - np.float64(y[first + i]))
        error = error if error == error else 0.0
        of_neuron[first + i] += weight * error
        of_case[i] += error


@njit(cache=True, nogil=True)
@no_type_check
def _add_to_columns(errors, first, column, out):
    for grouping in range(column.shape[0]):
        for i in range(len(errors)):
            out[column[grouping, first + i]] += errors[i]


@njit(cache=True, nogil=True)
@no_type_check
def count_missing(truth, first, last, counted, column, by_neuron, by_column):
    """How many truths are missing, kept as `add_tiles` keeps errors."""
    for case in range(truth.shape[0]):
        for lead in range(truth.shape[1]):
            for i in range(first, last):
                if truth[case, lead, i] != truth[case, lead, i]:
                    by_neuron[lead, i] += counted[case]
                    for grouping in range(column.shape[0]):
                        by_column[case, column[grouping, i]] += 1.0
