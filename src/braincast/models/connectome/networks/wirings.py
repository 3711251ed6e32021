"""The wirings behind a task's recordings: each window is answered on the wiring of its recording."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from braincast.brain.connectome import Connectome
from braincast.brain.tables import EDGE_KINDS
from braincast.models.connectome.networks.graph import Graph, graph_of, stacked
from braincast.models.connectome.networks.messages import Coupling, coupling, full_matrix, is_better_full


@dataclass(frozen=True, eq=False)
class Wirings:
    """Distinct wirings of the same neurons, in one graph with a first axis, and which of them each recording has.

    It is no part of what is learned: a network holds it as a static field. Equal contents are equal, so that what is
    compiled for one fit serves the next.
    """

    graphs: Graph
    which: Int[np.ndarray, " recording"]

    @classmethod
    def of(
        cls,
        connectomes: Sequence[Connectome],
        which: Int[np.ndarray, " recording"],
        kinds: Sequence[str] = EDGE_KINDS,
    ) -> Wirings:
        """The edges of some kinds; fewer in one wiring are filled up to the most of any."""
        graphs = [graph_of(connectome, kinds) for connectome in connectomes]
        most = max(graph.n_edges for graph in graphs)
        if any(graph.n_edges < most for graph in graphs):
            graphs = [graph_of(connectome, kinds, least_edges=most) for connectome in connectomes]
        return cls(stacked(graphs), np.asarray(which, np.int32))

    @property
    def n_wirings(self) -> int:
        return len(self.graphs.pre)

    @property
    def n_edges(self) -> int:
        """Of each wiring, those included that fill up."""
        return self.graphs.n_edges

    def number(self, recording: Any) -> Int[Array, ""]:
        """Which wiring a window's recording has."""
        return jnp.asarray(self.which)[recording]

    def graph(self, recording: Any) -> Graph:
        """The wiring of a window's recording."""
        if self.n_wirings == 1:
            return jax.tree.map(lambda values: jnp.asarray(values[0]), self.graphs)
        number = self.number(recording)
        return jax.tree.map(lambda values: jnp.asarray(values)[number], self.graphs)

    def coupling(self, edge_weight: Float[Array, "wiring edge"], recording: Any) -> Coupling:
        """The wiring of a window's recording with the weights of its edges, in the quicker form.

        Matrices are made of all wirings before one is chosen, so that all windows share them.
        """
        if self.n_wirings == 1:
            return coupling(self.graph(0), edge_weight[0])
        number = self.number(recording)
        if is_better_full(self.graphs):
            return Coupling(None, None, jax.vmap(full_matrix)(self.graphs, edge_weight)[number])
        return Coupling(self.graph(recording), edge_weight[number], None)

    @cached_property
    def digest(self) -> str:
        """Of all arrays."""
        found = hashlib.sha256()
        for values in [*jax.tree.leaves(self.graphs), self.which]:
            found.update(f"{values.dtype} {values.shape}".encode())
            found.update(np.ascontiguousarray(values).tobytes())
        return found.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wirings) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def wirings_of(structure: Any, kinds: Sequence[str] = EDGE_KINDS) -> Wirings:
    """The edges of some kinds in the brains behind a task; E307 where there is no connectome."""
    return Wirings.of(structure.connectomes, structure.which, kinds)
