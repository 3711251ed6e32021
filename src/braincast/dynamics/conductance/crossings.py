"""When voltages cross a threshold upwards, between samples."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from numba import njit

_NEWTON = 4
Around = Float[np.ndarray, "4 crossing"]


def upward_crossings(
    voltage_mv: Float[np.ndarray, "time trace"], threshold_mv: float
) -> tuple[Int[np.ndarray, " crossing"], Float[np.ndarray, " crossing"]]:
    """Which trace crossed, and when, in samples; by time within each trace."""
    before, trace, around = rises(voltage_mv, voltage_mv.dtype.type(threshold_mv), 0, len(voltage_mv) - 1)
    order = np.lexsort((before, trace))
    return trace[order], before[order] + between(around[:, order], threshold_mv)


def between(around: Around, threshold_mv: float) -> Float[np.ndarray, " crossing"]:
    """Where between the second and the third of four samples the threshold lies, 0 to 1.

    On the cubic through all four; on a straight line where the first or the last is NaN.
    """
    straight = (threshold_mv - around[1]) / (around[2] - around[1])
    cubic = _newton(straight, around, threshold_mv)
    with np.errstate(invalid="ignore"):
        return np.where((cubic >= 0) & (cubic <= 1), cubic, straight)


@njit(cache=True, nogil=True)
def rises(
    voltage_mv: np.ndarray, threshold_mv: float, first: int, last: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Crossings from a sample in `first` … `last` - 1 to the next: that sample, the trace, and the voltages around.

    `voltage_mv` is [time, trace]; the threshold is a number of the same type. What lies outside is NaN.
    """
    n_frames, n_traces = voltage_mv.shape
    n_there = np.zeros(n_frames, np.int64)
    for time in range(first, last):
        n_here = np.int32(0)  # no branches, so that many traces are looked at in one instruction
        for trace in range(n_traces):
            n_here += np.int32((voltage_mv[time, trace] < threshold_mv) & (voltage_mv[time + 1, trace] >= threshold_mv))
        n_there[time] = n_here
    n, before, which = 0, np.empty(n_there.sum(), np.int64), np.empty(n_there.sum(), np.int64)
    around = np.full((4, len(before)), np.nan)
    for time in np.flatnonzero(n_there):
        for trace in range(n_traces):
            if voltage_mv[time, trace] < threshold_mv and voltage_mv[time + 1, trace] >= threshold_mv:
                before[n], which[n] = time, trace
                for k in range(max(0, time - 1), min(n_frames, time + 3)):
                    around[k - time + 1, n] = voltage_mv[k, trace]
                n += 1
    return before, which, around


@njit(cache=True, nogil=True)
def calm(last_mv: np.ndarray, voltage_mv: np.ndarray, largest_mv: float, largest_move_mv: float) -> bool:
    """Whether all voltages [time, trace] are possible and move little enough, the first from `last_mv`; not for NaN."""
    before = last_mv
    for row in voltage_mv:
        n_wild = np.int32(0)
        for trace in range(len(row)):
            possible = (abs(row[trace]) < largest_mv) & (abs(row[trace] - before[trace]) <= largest_move_mv)
            n_wild += np.int32(not possible)
        if n_wild:
            return False
        before = row
    return True


def _newton(x: np.ndarray, around: Around, threshold: float) -> np.ndarray:
    a, b, c, d = around
    third = (d - 3 * c + 3 * b - a) / 6
    second = (a - 2 * b + c) / 2
    first = c - b - second - third
    with np.errstate(all="ignore"):
        for _ in range(_NEWTON):
            value = b + x * (first + x * (second + x * third)) - threshold
            x = x - value / (first + x * (2 * second + 3 * x * third))
    return x
