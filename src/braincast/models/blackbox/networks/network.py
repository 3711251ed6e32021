"""What a network is: one window in, one forecast out; whoever has several maps it over them."""

from __future__ import annotations

from abc import abstractmethod

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.tasks.forecasting.examples import Batch


class Network(eqx.Module):
    """Its arrays are what is learned. `key` is the chance of one step of training; None where nothing is random."""

    @abstractmethod
    def __call__(
        self,
        context: Float[Array, "context neuron"],
        stimulus: Float[Array, "frame feature"] | None,
        *,
        key: PRNGKeyArray | None = None,
    ) -> Float[Array, "lead neuron"]:
        """What follows the context."""

    def loss(self, window: Batch, power: str, *, key: PRNGKeyArray | None = None) -> Float[Array, ""]:
        """The mean over leads and neurons of "absolute" or "squared" errors, in float32.

        What was not observed counts as no error, so that each observed value weighs the same in every window.
        """
        answer = self(window.context, window.stimulus, key=key).astype(jnp.float32)
        seen = jnp.isfinite(window.target)
        # The truth is filled before it is subtracted: a NaN that `where` hides would still spoil the gradient.
        error = jnp.where(seen, answer - jnp.where(seen, window.target, 0.0), 0.0)
        return (jnp.abs(error) if power == "absolute" else error**2).mean()
