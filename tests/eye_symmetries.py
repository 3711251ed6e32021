"""The symmetries of a hexagonal eye, for tests that turn and mirror what is shown."""

import numpy as np
from jaxtyping import Int


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
