"""Steps along edges and against them, one kind of edge after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float32, Int

from braincast.brain.connectome import Connectome
from braincast.brain.tables import EDGE_KINDS
from braincast.models.connectome.networks.coupling import Coupling, is_better_full
from braincast.models.connectome.networks.graph import Graph
from braincast.models.connectome.networks.wirings import Wirings


@dataclass(frozen=True)
class Walks:
    """For each kind of edge, the edges as they are and the edges turned round.

    A step gives each neuron the mean of its neighbours of a kind, weighted by `shares`; 0 where it has none.
    """

    directions: tuple[Wirings, ...]

    @classmethod
    def of(cls, connectomes: Sequence[Connectome], which: Int[np.ndarray, " recording"]) -> Walks:
        """Of the kinds that occur, the first if none does."""
        found = {kind for connectome in connectomes for kind in connectome.kinds}
        kinds = [kind for kind in EDGE_KINDS if kind in found] or EDGE_KINDS[:1]
        ways = connectomes, [_turned(connectome) for connectome in connectomes]
        return cls(tuple(Wirings.of(way, which, (kind,)) for way in ways for kind in kinds))

    def __len__(self) -> int:
        return len(self.directions)

    def steps(self, recording: Any) -> tuple[Coupling, ...]:
        """One step in each direction of each kind, on the wiring that a recording has."""
        return tuple(map(self._step, self.directions, self._given, [recording] * len(self)))

    def _step(self, wirings: Wirings, given: np.ndarray, recording: Any) -> Coupling:
        number = wirings.number(recording) if wirings.n_wirings > 1 else 0
        own = jnp.asarray(given)[number]
        return Coupling(None, None, own) if given.ndim == 3 else Coupling(wirings.graph(recording), own, None)

    @cached_property
    def _given(self) -> tuple[Float32[np.ndarray, "wiring ..."], ...]:
        """Weights of edges, or matrices of all pairs where these are quicker, made once: they are not learned."""
        return tuple(
            _matrices(one.graphs) if is_better_full(one.graphs) else shares(one.graphs) for one in self.directions
        )


def shares(graphs: Graph) -> Float32[np.ndarray, "wiring edge"]:
    """What each edge weighs among those that end at the same neuron and are of its kind: they add up to 1.

    Weights count as log(1 + weight / median), because they span orders of magnitude.
    """
    found = np.zeros(graphs.weight.shape)
    for wiring, (kinds, posts, weights) in enumerate(zip(graphs.kind, graphs.post, graphs.weight, strict=True)):
        for kind in np.unique(kinds[weights > 0]):
            used = (kinds == kind) & (weights > 0)
            size = np.log1p(weights[used].astype(np.float64) / np.median(weights[used]))
            total = np.bincount(posts[used], size, graphs.n_neurons)
            found[wiring, used] = size / total[posts[used]]
    return found.astype(np.float32)


def _matrices(graphs: Graph) -> Float32[np.ndarray, "wiring post pre"]:
    found = np.zeros((len(graphs.pre), graphs.n_neurons, graphs.n_neurons), np.float32)
    for matrix, post, pre, share in zip(found, graphs.post, graphs.pre, shares(graphs), strict=True):
        np.add.at(matrix, (post, pre), share)
    return found


def _turned(connectome: Connectome) -> Connectome:
    edges = connectome.edges
    return connectome.with_edges(edges.assign(pre=edges["post"], post=edges["pre"]))
