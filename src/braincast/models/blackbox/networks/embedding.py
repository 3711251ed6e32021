"""Who a neuron is, to networks that share their weights among neurons."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from braincast.models.blackbox.sizes import Sizes


class Embedding(eqx.Module):
    """A vector for each neuron and, if animals differ, how far it lies elsewhere in each recording.

    These deviations begin at 0, where they stay for a recording that is not learned from.
    """

    shared: Float[Array, "neuron width"]
    own: Float[Array, "recording neuron width"] | None

    @classmethod
    def begun(cls, sizes: Sizes, width: int, animals: str, *, key: PRNGKeyArray) -> Embedding:
        """Normal vectors of about unit length; `animals` is "alike" or "own"."""
        shared = jax.random.normal(key, (sizes.n_neurons, width), jnp.float32) * width**-0.5
        shape = sizes.n_recordings, sizes.n_neurons, width
        return cls(shared, jnp.zeros(shape, jnp.float32) if animals == "own" else None)

    def __call__(self, recording: Int[Array, ""]) -> Float[Array, "neuron width"]:
        return self.shared if self.own is None else self.shared + self.own[recording]


def is_embedding(node: Any) -> bool:
    """Whether a part of a network says who neurons are."""
    return isinstance(node, Embedding)


def has_embedding(network: Any) -> bool:
    """Whether a network, or its outline, has such a part."""
    return any(is_embedding(node) for node in jax.tree.leaves(network, is_leaf=is_embedding))
