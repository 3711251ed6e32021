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


def mirrored_left_right(places: Int[np.ndarray, "column 2"]) -> Int[np.ndarray, "column 2"]:
    """The columns that lie at (-x, y)."""
    u, v = places.T
    return np.stack([u + v, -v], axis=1)


def mirrored_up_down(places: Int[np.ndarray, "column 2"]) -> Int[np.ndarray, "column 2"]:
    """The columns that lie at (x, -y)."""
    u, v = places.T
    return np.stack([-u - v, v], axis=1)


def rotated(places: Int[np.ndarray, "column 2"], n_sixths: int) -> Int[np.ndarray, "column 2"]:
    """The columns that lie `n_sixths` times 60 degrees further, counter-clockwise."""
    u, v = places.T
    for _ in range(n_sixths % 6):
        u, v = -v, u + v
    return np.stack([u, v], axis=1)


def order_of(places: Int[np.ndarray, "column 2"], moved: Int[np.ndarray, "column 2"]) -> Int[np.ndarray, " column"]:
    """For each moved column which of `places` it is, for a symmetry that maps the lattice on itself."""
    index = {(int(u), int(v)): column for column, (u, v) in enumerate(places)}
    return np.array([index[int(u), int(v)] for u, v in moved], dtype=np.int64)
