"""When voltages cross a threshold upwards, between samples."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

_NEWTON = 4


def upward_crossings(
    voltage_mv: Float[np.ndarray, "time trace"], threshold_mv: float
) -> tuple[Int[np.ndarray, " crossing"], Float[np.ndarray, " crossing"]]:
    """Which trace crossed, and when, in samples; by time within each trace.

    The time is where the cubic through the four samples around the crossing passes the threshold; at either end of the
    traces, where one of them is missing, a straight line.
    """
    below = voltage_mv[:-1] < threshold_mv
    trace, before = np.nonzero((below & (voltage_mv[1:] >= threshold_mv)).T)
    return trace, before + _between(voltage_mv, before, trace, threshold_mv)


def _between(voltage_mv: np.ndarray, before: np.ndarray, trace: np.ndarray, threshold_mv: float) -> np.ndarray:
    """Where between two samples the threshold lies, 0 to 1."""
    inner = (before >= 1) & (before + 2 < len(voltage_mv))
    rows = np.where(inner, before, 1 if len(voltage_mv) > 3 else 0)
    first, second = voltage_mv[before, trace].astype(np.float64), voltage_mv[before + 1, trace].astype(np.float64)
    share = (threshold_mv - first) / (second - first)
    if len(voltage_mv) < 4:
        return share
    around = [voltage_mv[rows + k, trace].astype(np.float64) for k in (-1, 0, 1, 2)]
    cubic = _newton(share, around, threshold_mv)
    usable = inner & np.isfinite(cubic) & (cubic >= 0) & (cubic <= 1)
    return np.where(usable, cubic, share)


def _newton(x: np.ndarray, around: list[np.ndarray], threshold: float) -> np.ndarray:
    a, b, c, d = around
    third = (d - 3 * c + 3 * b - a) / 6
    second = (a - 2 * b + c) / 2
    first = c - b - second - third
    with np.errstate(all="ignore"):
        for _ in range(_NEWTON):
            value = b + x * (first + x * (second + x * third)) - threshold
            x = x - value / (first + x * (2 * second + 3 * x * third))
    return x
