"""The shape of a cell: a tree of points in space, each with a radius."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

SOMA = 1  # what SWC files call a point of the cell body; 2 is axon, 3 basal and 4 apical dendrite


@dataclass(frozen=True, eq=False)
class Morphology:
    """Points of a cell's tree, parents before children; row 0 is the root.

    `point` holds the ids that the file gave; `parent` is the row of the parent, -1 for the root. A stretch of membrane
    is the frustum between a point and its parent. A soma of one point is a sphere, and a neurite begins at its first
    point of its own: what joins it to the soma is no membrane (so NEURON and Jaxley read such files too).
    """

    point: Int[np.ndarray, " point"]
    kind: Int[np.ndarray, " point"]
    position_um: Float[np.ndarray, "point 3"]
    radius_um: Float[np.ndarray, " point"]
    parent: Int[np.ndarray, " point"]
    source: str = field(default="morphology", repr=False)

    def __len__(self) -> int:
        return len(self.point)

    @cached_property
    def n_children(self) -> Int[np.ndarray, " point"]:
        """How many points go on from each."""
        return np.bincount(self.parent[1:], minlength=len(self))

    @property
    def n_tips(self) -> int:
        """Points from which nothing goes on, without the root."""
        return int(np.count_nonzero(self.n_children[1:] == 0))

    @property
    def n_branches(self) -> int:
        """Unbranched stretches between the root, forks and tips."""
        begins = (self.parent == 0) | (self.n_children[self.parent] > 1)
        return int(np.count_nonzero(begins[1:]))

    @property
    def length_um(self) -> float:
        """All membrane from end to end, the soma left out."""
        return float(self._span_um[self._wrapped & ~self._within_soma].sum())

    @property
    def area_um2(self) -> float:
        """Surface of all frusta, and of the sphere that a soma of one point is."""
        rows = np.flatnonzero(self._wrapped)
        ends = self.radius_um[rows], self.radius_um[self.parent[rows]]
        frusta = np.pi * (ends[0] + ends[1]) * np.hypot(ends[0] - ends[1], self._span_um[rows])
        sphere = 4 * np.pi * self.radius_um[self.kind == SOMA] ** 2 if self.has_spherical_soma else np.zeros(1)
        return float(frusta.sum() + sphere.sum())

    @property
    def has_spherical_soma(self) -> bool:
        """Whether the soma is one point."""
        return int(np.count_nonzero(self.kind == SOMA)) == 1

    @cached_property
    def _span_um(self) -> Float[np.ndarray, " point"]:
        """Distance of each point from its parent; 0 for the root."""
        return np.linalg.norm(self.position_um - self.position_um[self.parent.clip(0)], axis=1)

    @cached_property
    def _within_soma(self) -> Bool[np.ndarray, " point"]:
        return (self.kind == SOMA) & (self.kind[self.parent.clip(0)] == SOMA)

    @cached_property
    def _wrapped(self) -> Bool[np.ndarray, " point"]:
        """Whether there is membrane between a point and its parent."""
        joins = (self.kind == SOMA) != (self.kind[self.parent.clip(0)] == SOMA)
        return ~joins & (self.parent >= 0)


def cylinder(length_um: float, diameter_um: float, n_points: int = 2) -> Morphology:
    """A straight cable of equal width along x; its points are numbered from 1 at one end to `n_points` at the other."""
    position = np.zeros((n_points, 3))
    position[:, 0] = np.linspace(0, length_um, n_points)
    return Morphology(
        point=np.arange(1, n_points + 1),
        kind=np.zeros(n_points, dtype=np.int64),
        position_um=position,
        radius_um=np.full(n_points, diameter_um / 2),
        parent=np.arange(-1, n_points - 1),
        source="cylinder",
    )
