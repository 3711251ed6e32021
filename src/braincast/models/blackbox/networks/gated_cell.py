"""A gated recurrent unit."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer, even


class GatedCell(eqx.Module):
    """A gated recurrent unit, with the reset gate after the product with the state (Chung et al. 2014).

    What a frame adds to the gates (reset, update, candidate) depends on no state, so it is made for all frames at once.
    """

    reading: Layer
    weight: Float[Array, "hidden gates"]
    offset: Float[Array, " hidden"]

    @classmethod
    def begun(cls, n_inputs: int, n_hidden: int, *, key: PRNGKeyArray) -> GatedCell:
        """Weights drawn as in `Layer`."""
        reading, weight, offset = jax.random.split(key, 3)
        return cls(
            Layer.begun(n_inputs, 3 * n_hidden, key=reading),
            even(weight, (n_hidden, 3 * n_hidden), n_hidden),
            even(offset, (n_hidden,), n_hidden),
        )

    def __call__(self, state: Float[Array, " hidden"], read: Float[Array, " gates"]) -> Float[Array, " hidden"]:
        """The next state, from what `reading` made of a frame."""
        reset, update, candidate = jnp.split(read, 3)
        from_state = jnp.split(state @ self.weight, 3)
        kept = jax.nn.sigmoid(update + from_state[1])
        new = jnp.tanh(candidate + jax.nn.sigmoid(reset + from_state[0]) * (from_state[2] + self.offset))
        return kept * state + (1 - kept) * new

    def last_state(self, frames: Float[Array, "frame input"]) -> Float[Array, " hidden"]:
        """The state after all frames, from one at 0."""
        start = jnp.zeros(self.offset.shape, frames.dtype)
        return jax.lax.scan(lambda state, read: (self(state, read), None), start, self.reading(frames))[0]
