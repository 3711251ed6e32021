"""When voltages cross a threshold upwards, between samples."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit

_NEWTON = 4
Around = Float[np.ndarray, "4 crossing"]


def upward_crossings(
    voltage_mv: Float[np.ndarray, "time trace"], threshold_mv: float
) -> tuple[Int[np.ndarray, " crossing"], Float[np.ndarray, " crossing"]]:
    """Which trace crossed, and when, in samples; by time within each trace."""
    before, trace, around, _ = rises(voltage_mv, *bounds(voltage_mv.dtype, threshold_mv), 0, len(voltage_mv) - 1)
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


def bounds(dtype: np.dtype, *values_mv: float) -> tuple[np.floating, np.floating, np.floating]:
    """Threshold, largest voltage and largest move (both without bounds unless they are given) as `rises` takes them."""
    threshold, largest, move = (*values_mv, np.inf, np.inf)[:3]
    return dtype.type(threshold), dtype.type(largest), dtype.type(move)


@njit(cache=True, nogil=True)
@no_type_check
def rises(
    voltage_mv: np.ndarray, threshold_mv: float, largest_mv: float, largest_move_mv: float, first: int, last: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    """Crossings from a sample in `first` … `last` - 1 to the next: that sample, the trace, and the voltages around.

    `voltage_mv` is [time, trace]; what lies outside is NaN. And whether all voltages are possible and move little
    enough from each sample to the next; not where there is NaN. The bounds are numbers of the voltages' own type.
    """
    n_frames, n_traces = voltage_mv.shape
    n_there = np.zeros(n_frames, np.int64)
    n_wild = 0
    for time in range(n_frames - 1):
        n_here, n_odd = np.int32(0), np.int32(0)  # no branches: many traces are looked at in one instruction
        for trace in range(n_traces):
            now, then = voltage_mv[time, trace], voltage_mv[time + 1, trace]
            n_here += np.int32((now < threshold_mv) & (then >= threshold_mv))
            n_odd += np.int32(not ((abs(then) < largest_mv) & (abs(then - now) <= largest_move_mv)))
        n_wild += n_odd
        if first <= time < last:
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
    return before, which, around, n_wild == 0


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
