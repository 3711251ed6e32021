"""The wirings behind a task's recordings: each window is answered on the wiring of its recording."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float, Int

from braincast.brain.connectome import Connectome
from braincast.brain.tables import EDGE_KINDS
from braincast.models.connectome.networks.coupling import Coupling, coupling, full_matrix, is_better_full
from braincast.models.connectome.networks.graph import Graph, graph_of, stacked


@dataclass(frozen=True, eq=False)
class Wirings:
    """Distinct wirings of the same neurons, in one graph with a first axis, and which of them each recording has.

    It is no part of what is learned: a network holds it as a static field. Equal contents are equal, so that what is
    compiled for one fit serves the next. `partner` is the place of the edge the other way round, where all have one.
    """

    graphs: Graph
    which: Int[np.ndarray, " recording"]
    partner: Int[np.ndarray, "wiring edge"] | None = None

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

    @classmethod
    def electrical(cls, connectomes: Sequence[Connectome], which: Int[np.ndarray, " recording"]) -> Wirings:
        """Electrical edges, as strong in one direction as in the other: the mean of both."""
        found = cls.of([_in_both_directions(connectome) for connectome in connectomes], which, ("electrical",))
        return replace(found, partner=np.stack([_partners(pre, post) for pre, post in found.ends]))

    @property
    def ends(self) -> list[tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " edge"]]]:
        """Where the edges of each wiring begin and end."""
        return list(zip(self.graphs.pre, self.graphs.post, strict=True))

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
        for values in [*jax.tree.leaves(self.graphs), self.which]:  # `partner` follows from these
            found.update(f"{values.dtype} {values.shape}".encode())
            found.update(np.ascontiguousarray(values).tobytes())
        return found.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wirings) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _in_both_directions(connectome: Connectome) -> Connectome:
    edges = connectome.edges[connectome.edges["kind"] == "electrical"]
    halves = edges.assign(weight=edges["weight"] / 2)
    turned = halves.assign(pre=halves["post"], post=halves["pre"])
    return connectome.with_edges(pd.concat([halves, turned], ignore_index=True))


def _partners(pre: Int[np.ndarray, " edge"], post: Int[np.ndarray, " edge"]) -> Int[np.ndarray, " edge"]:
    """Of edges sorted by `post`, then `pre`; those that fill up, which begin where they end, come last."""
    return np.lexsort((post, pre)).astype(np.int32)
