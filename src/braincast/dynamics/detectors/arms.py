"""The arms of a detector: the columns beside one, on either side in a direction.

A hexagonal lattice has neighbours at 30, 90, 150, … degrees: there an arm is one column. Midway between, at 0, 60, 120,
… degrees, it is the mean of two, √3/2 of a spacing away.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.lattice.hexagon import columns
from braincast.dynamics.scenes.movie import DEGREES_PER_COLUMN
from braincast.errors import BraincastError

# (u, v) of the neighbours at 30, 90, 150, … degrees.
_NEIGHBOURS = ((-1, 1), (-1, 0), (0, -1), (1, -1), (1, 0), (0, 1))


def arm_deg(angle_deg: float) -> float:
    """How far the arm of a detector reaches, in degrees of the visual field."""
    return DEGREES_PER_COLUMN * (1.0 if _twelfth(angle_deg) % 2 else np.sqrt(3) / 2)


def arm_columns(extent: int, angle_deg: float) -> Int[np.ndarray, "2 column"]:
    """For each column the two (or twice the one) beside it in that direction; itself, where there is none.

    E914 for an angle that is no multiple of 30 degrees.
    """
    twelfth = _twelfth(angle_deg)
    sides = {(twelfth - 1) // 2 % 6, twelfth // 2 % 6}
    places = columns(extent)
    index = np.full((2 * extent + 3, 2 * extent + 3), -1)
    index[places[:, 0], places[:, 1]] = np.arange(len(places))
    beside = [index[tuple((places + _NEIGHBOURS[side]).T)] for side in (min(sides), max(sides))]
    return np.where(np.array(beside) < 0, np.arange(len(places)), beside)


def arm(signal: Float[np.ndarray, "*rest column"], extent: int, angle_deg: float) -> Float[np.ndarray, "*rest column"]:
    """What the arm of each column's detector sees."""
    one, other = arm_columns(extent, angle_deg)
    return signal[..., one] if (one == other).all() else (signal[..., one] + signal[..., other]) / 2


def _twelfth(angle_deg: float) -> int:
    """Which of the twelve directions."""
    twelfth = round(angle_deg / 30) if np.isfinite(angle_deg) else 0
    if twelfth * 30 != angle_deg:
        fix = "Ask for a multiple of 30 degrees"
        raise BraincastError("E914", "detector", f"no arm points at {angle_deg:g} degrees", fix)
    return twelfth % 12
