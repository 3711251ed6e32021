"""From fitted strengths of edges to a matrix of couplings (JAX).

Sums over a neuron's inputs are taken from the matrix, since a scatter costs more than all else here.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.models.connectome.propagation.edge_list import EdgeList

# In synapses, as a logarithm. What stands beside the inputs when they are normalised keeps poorly wired neurons quiet.
_TYPICAL_LOG_LEAK = 1.0

Square = Float[Array, "pre post"]


def strengths(of_feature: Float[Array, " feature"], edges: EdgeList) -> Float[Array, " edge"]:
    """weight × exp(features · of_feature)."""
    return jnp.exp(edges.features @ of_feature) * edges.weight


def dense(values: Float[Array, " edge"], edges: EdgeList, n_neurons: int) -> Square:
    """A value for each edge as a matrix; values of different kinds between the same neurons add."""
    return jnp.zeros((n_neurons, n_neurons)).at[edges.pre, edges.post].add(values)


def input_total(strength: Square, leak: Float[Array, ""]) -> Float[Array, " post"]:
    """The sum of each neuron's inputs and of a leak: what turns strengths into shares."""
    return strength.sum(axis=0) + jnp.exp(_TYPICAL_LOG_LEAK + leak)
