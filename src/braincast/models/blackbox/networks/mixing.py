"""Layers that mix frames, layers that mix neurons, and the network of both (Chen et al. 2023)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import LEAST_VARIANCE, Layer, dropped
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen


class Norm(eqx.Module):
    """Mean 0 and variance 1 over a whole window, then a gain and an offset for each neuron."""

    gain: Float[Array, " neuron"]
    offset: Float[Array, " neuron"]

    @classmethod
    def begun(cls, n_neurons: int) -> Norm:
        """Gains of 1 and offsets of 0."""
        return cls(jnp.ones(n_neurons, jnp.float32), jnp.zeros(n_neurons, jnp.float32))

    def __call__(self, values: Float[Array, "context neuron"]) -> Float[Array, "context neuron"]:
        centred = values - _mean_for_each(values)
        spread = jax.lax.rsqrt(_mean_for_each(centred * centred) + LEAST_VARIANCE)
        return centred * (self.gain * spread) + self.offset


class TimeMixing(eqx.Module):
    """A layer over frames, shared by all neurons, beside a direct path."""

    norm: Norm
    frames: Layer

    @classmethod
    def begun(cls, sizes: Sizes, *, key: PRNGKeyArray) -> TimeMixing:
        """Before the first step."""
        return cls(Norm.begun(sizes.n_neurons), Layer.begun(sizes.context, sizes.context, key=key))

    def __call__(
        self, values: Float[Array, "context neuron"], dropout: float, key: PRNGKeyArray | None
    ) -> Float[Array, "context neuron"]:
        return values + dropped(jax.nn.relu(self.frames.of_columns(self.norm(values))), dropout, key)


class NeuronMixing(eqx.Module):
    """A perceptron over neurons, shared by all frames, beside a direct path."""

    norm: Norm
    widen: Layer
    narrow: Layer

    @classmethod
    def begun(cls, sizes: Sizes, n_hidden: int, *, key: PRNGKeyArray) -> NeuronMixing:
        """Before the first step."""
        widen, narrow = jax.random.split(key)
        return cls(
            Norm.begun(sizes.n_neurons),
            Layer.begun(sizes.n_neurons, n_hidden, key=widen),
            Layer.begun(n_hidden, sizes.n_neurons, key=narrow),
        )

    def __call__(
        self, values: Float[Array, "context neuron"], dropout: float, key: PRNGKeyArray | None
    ) -> Float[Array, "context neuron"]:
        inside, after = (None, None) if key is None else jax.random.split(key)
        hidden = dropped(jax.nn.relu(self.widen(self.norm(values))), dropout, inside)
        return values + dropped(self.narrow(hidden), dropout, after)


class MixerNetwork(Network):
    """Mixing of one kind or another in turn, then one linear map from the context's frames to the leads."""

    mixing: tuple[TimeMixing | NeuronMixing, ...]
    out: Layer
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = own.removed(seen.context)
        keys = (None,) * len(self.mixing) if key is None else jax.random.split(key, len(self.mixing))
        for mixing, chance in zip(self.mixing, keys, strict=True):
            values = mixing(values, self.dropout, chance)
        return own.restored(self.out.of_columns(values))


def _mean_for_each(values: Float[Array, "context neuron"]) -> Float[Array, " neuron"]:
    """The mean of everything, once for each neuron.

    Over frames first, and as a row: then it and its gradient are sums over columns, which a CPU makes of many neurons
    at a time; a sum of everything to one number it would make value by value.
    """
    return jnp.broadcast_to(values.mean(axis=0).mean(), values.shape[1:])
