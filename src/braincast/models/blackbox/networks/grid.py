"""A grid of voxels around neurons: where in it each of them lies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int, Int32

from braincast.errors import BraincastError

_HALVINGS = 60  # of the range in which the edge is sought: beyond what float64 tells apart


@dataclass(frozen=True, eq=False)
class Grid:
    """Cubic voxels: how many on each axis, their edge, and the one of each neuron, numbered with the last axis first.

    A neuron whose place is unknown has the number after the last voxel. Grids of equal content are equal, so that what
    was compiled for one serves all.
    """

    shape: tuple[int, int, int]
    edge_um: float
    voxel: Int32[np.ndarray, " neuron"]

    @property
    def n_voxels(self) -> int:
        return self.shape[0] * self.shape[1] * self.shape[2]

    @property
    def halved(self) -> tuple[int, int, int]:
        """By how much a halving of the grid divides each axis: a flat one by 1."""
        x, y, z = (1 if n == 1 else 2 for n in self.shape)
        return x, y, z

    @cached_property
    def n_inside(self) -> Int[np.ndarray, " voxel"]:
        """How many neurons each voxel holds."""
        return np.bincount(self.voxel, minlength=self.n_voxels + 1)[: self.n_voxels]

    @property
    def is_placed(self) -> Bool[np.ndarray, " neuron"]:
        """Whose place is known."""
        return self.voxel < self.n_voxels

    @property
    def sharing(self) -> float:
        """The share of placed neurons that have a voxel together with others."""
        counts = self.n_inside
        return float(counts[counts > 1].sum() / counts.sum())

    @cached_property
    def _content(self) -> tuple[tuple[int, int, int], bytes]:
        return self.shape, self.voxel.tobytes()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and self._content == other._content

    @cached_property
    def _hash(self) -> int:
        return hash(self._content)

    def __hash__(self) -> int:
        return self._hash


def grid_around(position_um: Float[np.ndarray, "neuron 3"], n_voxels: int, n_halvings: int) -> Grid:
    """The finest grid around all neurons with at most `n_voxels` voxels, which can be halved `n_halvings` times.

    An axis on which nobody's place is known, or all lie in one voxel, is flat: one voxel, never halved. NaN on another
    axis is a neuron without a place; E306 where all are.
    """
    known = np.isfinite(position_um)
    place = np.where(known.any(axis=0), position_um, 0.0)
    is_placed = np.isfinite(place).all(axis=1)
    if not known.any() or not is_placed.any():
        what, fix = "no neuron has a place", "Give x_um, y_um and z_um in the recording's anatomy"
        raise BraincastError("E306", "places of neurons", what, fix)
    low = place[is_placed].min(axis=0)
    extent = place[is_placed].max(axis=0) - low
    edge = _finest_edge(extent, n_voxels, 2**n_halvings)
    shape = _shape(extent, edge, 2**n_halvings)
    spare = (np.array(shape) - _needed(extent, edge)) // 2  # as much on one side as on the other
    index = np.floor((place[is_placed] - low) / edge).astype(np.int64) + spare
    voxel = np.full(len(place), np.prod(shape), dtype=np.int32)
    voxel[is_placed] = np.ravel_multi_index(tuple(index.T), shape)
    return Grid(shape, edge, voxel)


def _needed(extent_um: Float[np.ndarray, " axis"], edge: float) -> Int[np.ndarray, " axis"]:
    """Voxels on each axis that hold all neurons."""
    return np.floor(extent_um / edge).astype(np.int64) + 1


def _shape(extent_um: Float[np.ndarray, " axis"], edge: float, multiple: int) -> tuple[int, int, int]:
    """The same, brought to a multiple but for flat axes."""
    x, y, z = (int(n) if n == 1 else int(-(-n // multiple) * multiple) for n in _needed(extent_um, edge))
    return x, y, z


def _finest_edge(extent_um: Float[np.ndarray, " axis"], n_voxels: int, multiple: int) -> float:
    """The smallest edge whose grid has no more voxels, by bisection: their number falls as the edge grows."""
    largest = float(extent_um.max())
    if largest == 0.0:
        return 1.0
    low, high = np.log(largest / (n_voxels + 1)), np.log(2.0 * largest)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        fits = np.prod(_shape(extent_um, float(np.exp(middle)), multiple)) <= n_voxels
        low, high = (low, middle) if fits else (middle, high)
    return float(np.exp(high))
