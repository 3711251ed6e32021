"""Spike trains of rhythms whose answer is known."""

from __future__ import annotations

import numpy as np

PERIOD_MS, N_CYCLES = 1000.0, 12
# Where bursts begin, and how long they last, in cycles.
TRIPHASIC = {"AB/PD": (0.0, 0.3), "LP": (0.45, 0.2), "PY": (0.7, 0.25)}


def bursting(starts_ms, duration_ms: float, n_spikes: int = 9) -> np.ndarray:
    """Bursts of evenly spaced spikes."""
    return (np.asarray(starts_ms)[:, None] + np.linspace(0, duration_ms, n_spikes)).reshape(-1)


def triphasic(period_ms: float = PERIOD_MS, n_cycles: int = N_CYCLES, **changed) -> dict[str, np.ndarray]:
    """Three cells in order, whose phases and durations in cycles are those of TRIPHASIC unless changed."""
    begins = np.arange(n_cycles) * period_ms
    phases = TRIPHASIC | changed
    return {cell: bursting(begins + start * period_ms, long * period_ms) for cell, (start, long) in phases.items()}


def left_out(times: np.ndarray, cycles, period_ms: float = PERIOD_MS) -> np.ndarray:
    """The spikes that do not lie in some cycles."""
    return times[~np.isin(times // period_ms, cycles)]
