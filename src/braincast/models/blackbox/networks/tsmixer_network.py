"""The network of `tsmixer` (Chen et al. 2023)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer, dropped
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen

_LEAST_VARIANCE = 1e-5


class Norm(eqx.Module):
    """Mean 0 and variance 1 over a whole window, then a gain and an offset for each neuron."""

    gain: Float[Array, " neuron"]
    offset: Float[Array, " neuron"]

    def __call__(self, values: Float[Array, "context neuron"]) -> Float[Array, "context neuron"]:
        centred = values - values.mean()
        return self.gain * centred * jax.lax.rsqrt(values.var() + _LEAST_VARIANCE) + self.offset


class Block(eqx.Module):
    """A layer over frames, shared by all neurons, then a perceptron over neurons, shared by all frames."""

    before_time: Norm
    time: Layer
    before_neurons: Norm
    widen: Layer
    narrow: Layer

    def __call__(
        self, values: Float[Array, "context neuron"], dropout: float, key: PRNGKeyArray | None
    ) -> Float[Array, "context neuron"]:
        keys = (None,) * 3 if key is None else jax.random.split(key, 3)
        mixed = jax.nn.relu(self.time(self.before_time(values).T).T)
        values = values + dropped(mixed, dropout, keys[0])
        hidden = dropped(jax.nn.relu(self.widen(self.before_neurons(values))), dropout, keys[1])
        return values + dropped(self.narrow(hidden), dropout, keys[2])


class MixerNetwork(Network):
    """Blocks, then one linear map from the context's frames to the leads."""

    blocks: tuple[Block, ...]
    out: Layer
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = own.removed(seen.context)
        keys = (None,) * len(self.blocks) if key is None else jax.random.split(key, len(self.blocks))
        for block, chance in zip(self.blocks, keys, strict=True):
            values = block(values, self.dropout, chance)
        return own.restored(self.out(values.T).T)


def begun(
    sizes: Sizes, n_blocks: int, n_hidden: int, dropout: float, rescaling: str, *, key: PRNGKeyArray
) -> MixerNetwork:
    """Before the first step."""
    last, *own = jax.random.split(key, n_blocks + 1)
    blocks = tuple(_block(sizes, n_hidden, each) for each in own)
    return MixerNetwork(blocks, Layer.begun(sizes.context, sizes.horizon, key=last), dropout, rescaling)


def _block(sizes: Sizes, n_hidden: int, key: PRNGKeyArray) -> Block:
    time, widen, narrow = jax.random.split(key, 3)
    return Block(
        _norm(sizes.n_neurons),
        Layer.begun(sizes.context, sizes.context, key=time),
        _norm(sizes.n_neurons),
        Layer.begun(sizes.n_neurons, n_hidden, key=widen),
        Layer.begun(n_hidden, sizes.n_neurons, key=narrow),
    )


def _norm(n_neurons: int) -> Norm:
    return Norm(jnp.ones(n_neurons, jnp.float32), jnp.zeros(n_neurons, jnp.float32))
