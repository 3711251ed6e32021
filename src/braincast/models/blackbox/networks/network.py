"""What a network is: one window in, one forecast out; whoever has several maps it over them."""

from __future__ import annotations

from abc import abstractmethod

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.tasks.forecasting.examples import Batch, Seen


class Whole(eqx.Module):
    """A part of a network that is worked out once for all windows of a step, however small its arrays are."""


class Network(eqx.Module):
    """Its arrays are what is learned. `key` is the chance of one step of training; None where nothing is random."""

    @abstractmethod
    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        """What follows the context of one window."""

    @property
    def n_at_once(self) -> int:
        """How many windows may be answered together: fewer where the network takes much more memory than they do."""
        return 64

    def members(self, seen: Seen) -> Float[Array, "lead neuron member"] | None:
        """Quantiles of what follows, in rising order, with the forecast as their mean; None if it says no such."""
        return None

    def loss(self, window: Batch, power: str, *, key: PRNGKeyArray | None = None) -> Float[Array, ""]:
        """What a step lowers, in float32: the mean over leads and neurons of "absolute" or "squared" errors, and the
        penalty."""
        error, seen = errors(self(window.seen, key=key), window.target)
        return mean_of(jnp.abs(error) if power == "absolute" else error**2, seen) + self.penalty()

    def penalty(self) -> Float[Array, ""] | float:
        """What parameters cost, whatever the windows are."""
        return 0.0


def errors(
    answer: Float[Array, "lead neuron"], target: Float[Array, "lead neuron"]
) -> tuple[Float[Array, "lead neuron"], Array]:
    """The truth minus the answer in float32, 0 where nothing was observed; and where something was."""
    seen = jnp.isfinite(target)
    # The truth is filled before the answer is subtracted: a NaN that `where` hides would still spoil the gradient.
    return jnp.where(seen, jnp.where(seen, target, 0.0) - answer.astype(jnp.float32), 0.0), seen


def mean_of(losses: Float[Array, "*axes lead neuron"], seen: Array) -> Float[Array, ""]:
    """The mean over everything; what was not observed counts as none lost, so that each observed value weighs the same
    in every window."""
    return jnp.where(seen, losses, 0.0).mean()
