"""A graph with the weight of each edge, made once and applied at each step of a path."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.models.connectome.networks.graph import Graph
from braincast.models.connectome.networks.messages import messages

# A product with a full matrix takes about this many pairs of neurons in the time in which one edge is followed.
_PAIRS_FOR_AN_EDGE = 32
_SMALL = 256  # neurons


class Coupling(eqx.Module):
    """Along edges, or where neurons are few or edges many with a `matrix` of all pairs, which is quicker then."""

    graph: Graph | None
    edge_weight: Float[Array, " edge"] | None
    matrix: Float[Array, "post pre"] | None

    def __call__(self, values: Float[Array, "*batch neuron"]) -> Float[Array, "*batch neuron"]:
        """For each neuron the sum over its edges of weight times value."""
        if self.matrix is not None:
            return values @ self.matrix.T
        assert self.graph is not None and self.edge_weight is not None
        return messages(self.graph, self.edge_weight, values)


def coupling(graph: Graph, edge_weight: Float[Array, " edge"]) -> Coupling:
    """The quicker form of a graph with these weights."""
    if is_better_full(graph):
        return Coupling(None, None, full_matrix(graph, edge_weight))
    return Coupling(graph, edge_weight, None)


def is_better_full(graph: Graph) -> bool:
    """Whether a matrix of all pairs is the quicker form."""
    return graph.n_neurons <= _SMALL or graph.n_neurons**2 <= _PAIRS_FOR_AN_EDGE * graph.n_edges


def full_matrix(graph: Graph, edge_weight: Float[Array, " edge"]) -> Float[Array, "post pre"]:
    """All pairs [post, pre]; edges of different kinds between the same neurons are added."""
    empty = jnp.zeros((graph.n_neurons, graph.n_neurons), edge_weight.dtype)
    return empty.at[graph.post, graph.pre].add(edge_weight, mode="promise_in_bounds")
