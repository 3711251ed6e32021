"""What arrives at each neuron along its edges, at a cost that grows with edges."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.models.connectome.networks.graph import Graph

# A product with a full matrix takes about this many pairs of neurons in the time in which one edge is followed.
_PAIRS_FOR_AN_EDGE = 32
_SMALL = 256  # neurons


def messages(
    graph: Graph, edge_weight: Float[Array, " edge"], values: Float[Array, "*batch neuron"]
) -> Float[Array, "*batch neuron"]:
    """For each neuron the sum over its edges of the edge's weight times the value where the edge comes from."""
    return _summed(edge_weight * sent(graph, values), graph)


def sent(graph: Graph, values: Float[Array, "*batch neuron"]) -> Float[Array, "*batch edge"]:
    """For each edge the value of the neuron that it comes from."""
    return values[..., graph.pre]


def received(graph: Graph, values: Float[Array, "*batch neuron"]) -> Float[Array, "*batch edge"]:
    """For each edge the value of the neuron that it ends at."""
    return values[..., graph.post]


def arrived(graph: Graph, edge_values: Float[Array, "*batch edge"]) -> Float[Array, "*batch neuron"]:
    """For each neuron the sum over the edges that end at it."""
    return _summed(edge_values, graph)


class Coupling(eqx.Module):
    """A graph with the weight of each edge, made once and applied at each step of a path.

    Where neurons are few, or edges many, `matrix` has all pairs [post, pre], which is quicker then.
    """

    graph: Graph | None
    edge_weight: Float[Array, " edge"] | None
    matrix: Float[Array, "post pre"] | None

    def __call__(self, values: Float[Array, "*batch neuron"]) -> Float[Array, "*batch neuron"]:
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
    return empty.at[graph.post, graph.pre].add(edge_weight)


def _summed(edge_values: Float[Array, "*batch edge"], graph: Graph) -> Float[Array, "*batch neuron"]:
    def one(values: Float[Array, " edge"]) -> Float[Array, " neuron"]:
        return jax.ops.segment_sum(values, graph.post, graph.n_neurons, indices_are_sorted=True)

    flat = edge_values.reshape(-1, edge_values.shape[-1])
    return jax.vmap(one)(flat).reshape(*edge_values.shape[:-1], graph.n_neurons)
