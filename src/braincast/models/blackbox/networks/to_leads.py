"""From what is known at the end of a context to all leads."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer


class ToLeads(eqx.Module):
    """A linear map of one state to one for each lead, then a layer to the neurons that all leads share.

    In two parts so that it grows with leads and with neurons, not with their product.
    """

    ahead: Float[Array, "lead width width"]
    out: Layer

    @classmethod
    def begun(cls, horizon: int, width: int, n_outputs: int, *, key: PRNGKeyArray) -> ToLeads:
        """Each lead's state is the given one with its parts turned at random; the layer begins at 0."""
        ahead = jax.random.normal(key, (horizon, width, width), jnp.float32) * width**-0.5
        return cls(ahead, Layer.silent(width, n_outputs))

    def __call__(self, state: Float[Array, " width"]) -> Float[Array, "lead output"]:
        return self.out(self.ahead @ state)
