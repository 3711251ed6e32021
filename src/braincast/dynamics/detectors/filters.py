"""Filters in time, from frame to frame: exact for light that changes linearly between frames."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float


def low_pass(
    signal: Float[np.ndarray, "frame *rest"], tau_s: float, dt_s: float, *, order: int = 1
) -> Float[np.ndarray, "frame *rest"]:
    """1 / (1 + τ s)^order of a signal that had been what it is at first for ever."""
    from scipy.signal import lfilter

    kept = math.exp(-dt_s / tau_s)
    mean = tau_s / dt_s * (1 - kept)
    new, old = 1 - mean, mean - kept
    for _ in range(order):
        # In the state in which a constant input leaves the filter.
        state = (kept + old) * signal[:1]
        signal = lfilter([new, old], [1.0, -kept], signal, axis=0, zi=state)[0]
    return signal


def high_pass(signal: Float[np.ndarray, "frame *rest"], tau_s: float, dt_s: float) -> Float[np.ndarray, "frame *rest"]:
    """τ s / (1 + τ s) of a signal that had been what it is at first for ever."""
    return signal - low_pass(signal, tau_s, dt_s)
