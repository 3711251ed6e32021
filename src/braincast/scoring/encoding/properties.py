"""What a cell type is, read off its responses: polarity, direction selectivity, preferred direction, tuning.

What cannot be told, since a type did not answer, is NaN. Definitions are those of Lappalainen et al. 2024, Nature
634:1132, Methods.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

# Below these shares a response, or its preference for a direction, is rounding and no answer.
_FLAT, _UNDIRECTED = 1e-6, 1e-5

Peaks = Float[np.ndarray, "polarity speed angle type"]


def flash_response_index(
    on: Float[np.ndarray, "lead type"], off: Float[np.ndarray, "lead type"]
) -> Float[np.ndarray, " type"]:
    """(peak to ON - peak to OFF) / (their sum), -1 to 1, of responses raised by the size of the smallest of them.

    NaN for a type that does not move, or moves alike for both: it prefers neither.
    """
    both = np.concatenate([on, off])
    lowest = both.min(axis=0)
    peak_on, peak_off = on.max(axis=0) + np.abs(lowest), off.max(axis=0) + np.abs(lowest)
    moves = np.ptp(both, axis=0) > _FLAT * np.maximum(np.abs(both).max(axis=0), 1e-30)
    total = peak_on + peak_off
    index = np.divide(peak_on - peak_off, total, out=np.full(len(total), np.nan), where=moves & (total > 0))
    return np.where(np.abs(index) > _FLAT, index, np.nan)


def peak_response(responses: Float[np.ndarray, "lead type"]) -> Float[np.ndarray, " type"]:
    """The largest rectified response; 0 for a type that never rises above 0."""
    return np.maximum(responses, 0.0).max(axis=0)


def direction_selectivity_index(
    peaks: Peaks, angles_deg: Float[np.ndarray, " angle"]
) -> Float[np.ndarray, "polarity type"]:
    """|Σ r e^{iθ}| over the larger Σ r of both contrasts, 0 to 1; mean over speeds.

    1 for a type that answers one direction alone; a cosine cut at zero has 0.8, an even answer 0. The weaker contrast
    counts less, as it should. At a speed to which a type does not answer it is 0; NaN where it answers none.
    """
    total = peaks.sum(axis=2).max(axis=0)
    length = np.abs(_vector(peaks, angles_deg).sum(axis=2))
    told = length > _UNDIRECTED * total
    index = np.divide(length, total, out=np.zeros_like(length), where=told & (total > 0))
    return np.where((total > 0).any(axis=0), index.mean(axis=1), np.nan)


def preferred_direction_deg(
    peaks: Peaks, angles_deg: Float[np.ndarray, " angle"]
) -> Float[np.ndarray, "polarity type"]:
    """The angle of Σ r e^{iθ} over all speeds, 0 to 360; NaN where no direction is longer than rounding makes it."""
    vector = _vector(peaks, angles_deg).sum(axis=(1, 2))
    is_directed = np.abs(vector) > _UNDIRECTED * np.maximum(peaks.sum(axis=(1, 2)), 1e-30)
    return np.where(is_directed, within_circle_deg(np.angle(vector, deg=True)), np.nan)


def tuning_curve(peaks: Peaks) -> Float[np.ndarray, "polarity angle type"]:
    """The peak response to each direction, mean over speeds."""
    return peaks.mean(axis=1)


def curve_correlation(
    curves: Float[np.ndarray, "angle type"], published: Float[np.ndarray, "angle type"]
) -> Float[np.ndarray, " type"]:
    """Pearson's r of each curve with the published one; NaN for a flat curve."""
    own, other = (values - values.mean(axis=0) for values in (curves, published))
    size = np.sqrt((own**2).sum(axis=0) * (other**2).sum(axis=0))
    is_flat = np.ptp(curves, axis=0) <= _FLAT * np.maximum(np.abs(curves).max(axis=0), 1e-30)
    return np.divide((own * other).sum(axis=0), size, out=np.full(len(size), np.nan), where=~is_flat & (size > 0))


def within_circle_deg(angle: np.ndarray | float) -> Any:
    """The same direction from 0 up to 360, which it does not reach by rounding."""
    return np.round(angle, 9) % 360


def angular_distance_deg(a: np.ndarray | float, b: np.ndarray | float) -> Any:
    """How far two directions lie apart, 0 to 180."""
    return np.abs((a - b + 180) % 360 - 180)


def best_frequency_hz(
    responses: Float[np.ndarray, "frequency type"], frequencies_hz: Float[np.ndarray, " frequency"]
) -> Float[np.ndarray, " type"]:
    """The frequency with the largest response; NaN for a type that answers all alike."""
    best = frequencies_hz[responses.argmax(axis=0)]
    is_flat = np.ptp(responses, axis=0) <= _FLAT * np.maximum(np.abs(responses).max(axis=0), 1e-30)
    return np.where(is_flat, np.nan, best)


def _vector(peaks: Peaks, angles_deg: Float[np.ndarray, " angle"]) -> np.ndarray:
    return peaks * np.exp(1j * np.radians(angles_deg))[:, None]
