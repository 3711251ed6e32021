"""What arrives at each neuron along its edges, at a cost that grows with edges."""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Float

from braincast.models.connectome.networks.graph import Graph
from braincast.models.connectome.networks.sums import arriving, meeting, returning

# With fewer edges the loops of a CPU are not worth being made.
_MANY_EDGES = 50_000


def messages(
    graph: Graph, edge_weight: Float[Array, " edge"], values: Float[Array, "*batch neuron"]
) -> Float[Array, "*batch neuron"]:
    """For each neuron the sum over its edges of the edge's weight times the value where the edge comes from."""
    if not go_by_loops(graph, edge_weight, values):
        return plain_messages(graph, edge_weight, values)
    flat = values.reshape(-1, graph.n_neurons)
    return _messages(graph, edge_weight, flat).reshape(values.shape)


def go_by_loops(graph: Graph, *numbers: Array) -> bool:
    """Whether edges are many and numbers of the type that loops on a CPU know: then these are quicker."""
    return graph.n_edges >= _MANY_EDGES and all(one.dtype == np.float32 for one in numbers)


def plain_messages(
    graph: Graph, edge_weight: Float[Array, " edge"], values: Float[Array, "*batch neuron"]
) -> Float[Array, "*batch neuron"]:
    """The same by gathers and sums over sorted segments alone, which every device knows."""
    return arrived(graph, edge_weight * sent(graph, values))


def sent(graph: Graph, values: Float[Array, "*batch neuron"]) -> Float[Array, "*batch edge"]:
    """For each edge the value of the neuron that it comes from."""
    return values[..., graph.pre]


def received(graph: Graph, values: Float[Array, "*batch neuron"]) -> Float[Array, "*batch edge"]:
    """For each edge the value of the neuron that it ends at."""
    return values[..., graph.post]


def arrived(graph: Graph, edge_values: Float[Array, "*batch edge"]) -> Float[Array, "*batch neuron"]:
    """For each neuron the sum over the edges that end at it."""

    def one(values: Float[Array, " edge"]) -> Float[Array, " neuron"]:
        return jax.ops.segment_sum(values, graph.post, graph.n_neurons, indices_are_sorted=True)

    flat = edge_values.reshape(math.prod(edge_values.shape[:-1]), edge_values.shape[-1])  # there may be no edge
    return jax.vmap(one)(flat).reshape(*edge_values.shape[:-1], graph.n_neurons)


@jax.custom_vjp
def _messages(graph: Graph, edge_weight: Array, values: Array) -> Array:
    return arriving(graph.start, graph.pre, graph.post, edge_weight, values)


def _forward(graph: Graph, edge_weight: Array, values: Array) -> tuple[Array, Any]:
    return _messages(graph, edge_weight, values), (graph, edge_weight, values)


def _backward(kept: Any, change: Array) -> tuple[None, Array, Array]:
    graph, edge_weight, values = kept
    ends = graph.start, graph.pre, graph.post
    return None, meeting(*ends, edge_weight, values, change), returning(*ends, edge_weight, change)


_messages.defvjp(_forward, _backward)
