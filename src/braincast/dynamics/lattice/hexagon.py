"""The hexagonal lattice of an eye: columns in oblique coordinates (u, v), and where they lie.

Neighbouring columns are one spacing apart. x points to the right and y up, so that a direction in degrees runs
counter-clockwise from the right (Lappalainen et al. 2024 draw the eye so).
"""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float, Int

_ROOT3 = math.sqrt(3.0)


def n_columns(extent: int) -> int:
    """How many columns lie within `extent` steps of the central one."""
    return 3 * extent * (extent + 1) + 1


def columns(extent: int) -> Int[np.ndarray, "column 2"]:
    """(u, v) of all columns within `extent` steps of the central one, by u and then by v."""
    u, v = np.mgrid[-extent : extent + 1, -extent : extent + 1].reshape(2, -1)
    inside = np.abs(u + v) <= extent
    return np.stack([u[inside], v[inside]], axis=1)


def positions(places: Int[np.ndarray, "column 2"]) -> Float[np.ndarray, "column 2"]:
    """(x, y) of columns in spacings."""
    u, v = places.T
    return np.stack([v * (_ROOT3 / 2), -(u + v / 2)], axis=1)
