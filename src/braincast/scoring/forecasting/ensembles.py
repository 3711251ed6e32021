"""Compiled inner loops over members: the ensemble's mean, its CRPS, its central interval and its spread."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from numba import njit

from braincast.scoring.tiles import TILE_NEURONS

# What `add_members` writes along its last axis.
MEMBER_STATISTICS = ("crps", "inside", "variance")
CENTRAL = 0.8  # nominal coverage of the interval that `inside` counts


@njit(cache=True, nogil=True)
@no_type_check
def add_members(members, truth, first, last, point, out):
    """Write the members' mean into point[case, lead, neuron] and statistics into out[tile, case, lead, statistic].

    `first` and `last` are neurons; tiles count from `first`.
    CRPS is that of the ensemble's step function, E|X - y| - E|X - X'| / 2 (Hersbach 2000, Weather Forecast. 15:559);
    `inside` counts truths within the central 80 % between Hazen's quantiles of the members; the variance has M - 1
    below the line. Missing truth adds nothing.
    """
    rising = np.empty(members.shape[3])
    n_cases, n_leads = members.shape[:2]
    for row in range(n_cases * n_leads):
        case, lead = row // n_leads, row % n_leads
        for tile in range(out.shape[0]):
            start = first + tile * TILE_NEURONS
            crps, inside, variance = 0.0, 0.0, 0.0
            for i in range(start, min(start + TILE_NEURONS, last)):
                mean = _put_in_order(members[case, lead, i], rising)
                point[case, lead, i] = mean
                observed = np.float64(truth[case, lead, i])
                if np.isfinite(observed) and np.isfinite(mean):
                    crps += _crps(rising, observed)
                    inside += _is_inside(rising, observed)
                    variance += _variance(rising, mean)
            found = out[tile, case, lead]
            found[0], found[1], found[2] = crps, inside, variance


@njit(cache=True, nogil=True)
@no_type_check
def _put_in_order(values, rising):
    """Members in rising order (insertion: mostly they are already); returns their mean."""
    total = 0.0
    for m in range(len(values)):
        value = np.float64(values[m])
        total += value
        k = m
        while k > 0 and rising[k - 1] > value:
            rising[k] = rising[k - 1]
            k -= 1
        rising[k] = value
    return total / len(values)


@njit(cache=True, nogil=True)
@no_type_check
def _crps(rising, observed):
    n = len(rising)
    distance, spread = 0.0, 0.0
    for m in range(n):
        distance += abs(rising[m] - observed)
        spread += (2 * m - n + 1) * rising[m]
    return distance / n - spread / (n * n)


@njit(cache=True, nogil=True)
@no_type_check
def _is_inside(rising, observed):
    lower = _hazen(rising, 0.5 - CENTRAL / 2)
    upper = _hazen(rising, 0.5 + CENTRAL / 2)
    return 1.0 if lower <= observed <= upper else 0.0


@njit(cache=True, nogil=True)
@no_type_check
def _hazen(rising, level):
    """Member i is the quantile at (i + 1/2) / M; between them linear, beyond the ends the outermost member."""
    place = min(max(level * len(rising) - 0.5, 0.0), len(rising) - 1.0)
    below = int(place)
    above = min(below + 1, len(rising) - 1)
    return rising[below] + (place - below) * (rising[above] - rising[below])


@njit(cache=True, nogil=True)
@no_type_check
def _variance(rising, mean):
    total = 0.0
    for m in range(len(rising)):
        total += (rising[m] - mean) ** 2
    return total / (len(rising) - 1) if len(rising) > 1 else 0.0
