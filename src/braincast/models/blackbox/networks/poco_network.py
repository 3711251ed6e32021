"""The network of `poco` (Duan et al. 2025)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from braincast.models.blackbox.networks.attention import PerceiverLayer
from braincast.models.blackbox.networks.embedding import Embedding
from braincast.models.blackbox.networks.layers import Layer
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen

_FIRST_DEVIATION = 0.02  # of latents and positions, as in POYO (Azabou et al. 2023, NeurIPS)
_TIMES_WIDER = 4  # perceptrons of the population's encoder are than tokens, as in POYO


class PopulationEncoder(eqx.Module):
    """What the whole population does, said for each neuron: segments tell latents, which tell neurons."""

    token: Layer
    position: Float[Array, "segment width"]
    latents: Float[Array, "latent width"]
    read: PerceiverLayer
    layers: tuple[PerceiverLayer, ...]
    ask: PerceiverLayer

    def __call__(
        self,
        context: Float[Array, "context neuron"],
        units: Float[Array, "neuron width"],
        dropout: float,
        key: PRNGKeyArray | None,
    ) -> Float[Array, "neuron width"]:
        n_keys = len(self.layers) + 2
        first, last, *keys = (None,) * n_keys if key is None else jax.random.split(key, n_keys)
        frames = segments(len(context), len(self.token.weight))
        tokens = self.token(jnp.moveaxis(context[frames], -1, 0)) + units[:, None] + self.position
        latents = self.read(self.latents, tokens.reshape(-1, tokens.shape[-1]), dropout, first)
        for layer, chance in zip(self.layers, keys, strict=True):
            latents = layer(latents, latents, dropout, chance)
        return self.ask(units, latents, dropout, last)


class PopulationConditioned(Network):
    """A perceptron from each neuron's context to its leads, whose hidden layer is scaled and shifted by what the
    population does (FiLM, Perez et al. 2018, AAAI 32:3942)."""

    units: Embedding
    encoder: PopulationEncoder
    hidden: Layer
    scale: Layer
    shift: Layer
    out: Layer
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        context = own.removed(seen.context)
        told = self.encoder(context, self.units(seen.recording), self.dropout, key)
        hidden = jax.nn.relu(self.hidden(context.T)) * (1 + self.scale(told)) + self.shift(told)
        return own.restored(self.out(hidden).T)


def segments(context: int, length: int) -> Int[np.ndarray, "segment frame"]:
    """Which frames of a context are in each segment: the last ends with it, before the first its first frame stands."""
    n_segments = -(-context // length)
    return np.maximum(np.arange(-n_segments * length, 0) + context, 0).reshape(n_segments, length)


def begun(
    sizes: Sizes,
    segment: int,
    latents: int,
    width: int,
    n_layers: int,
    n_heads: int,
    hidden: int,
    animals: str,
    dropout: float,
    rescaling: str,
    *,
    key: PRNGKeyArray,
) -> PopulationConditioned:
    """Before the first step, where the population has no say: scales and shifts begin at 0."""
    units, encoder, inner, out = jax.random.split(key, 4)
    return PopulationConditioned(
        Embedding.begun(sizes, width, animals, key=units),
        _encoder(sizes.context, min(segment, sizes.context), latents, width, n_layers, n_heads, key=encoder),
        Layer.begun(sizes.context, hidden, key=inner),
        Layer.silent(width, hidden),
        Layer.silent(width, hidden),
        Layer.begun(hidden, sizes.horizon, key=out),
        dropout,
        rescaling,
    )


def _encoder(
    context: int, segment: int, n_latents: int, width: int, n_layers: int, n_heads: int, *, key: PRNGKeyArray
) -> PopulationEncoder:
    token, position, latents, read, ask, *own = jax.random.split(key, n_layers + 5)

    def layer(key: PRNGKeyArray, *, across: bool) -> PerceiverLayer:
        return PerceiverLayer.begun(width, n_heads, _TIMES_WIDER * width, across=across, key=key)

    return PopulationEncoder(
        Layer.begun(segment, width, key=token),
        _small(position, len(segments(context, segment)), width),
        _small(latents, n_latents, width),
        layer(read, across=True),
        tuple(layer(each, across=False) for each in own),
        layer(ask, across=True),
    )


def _small(key: PRNGKeyArray, n_rows: int, width: int) -> Float[Array, "row width"]:
    return _FIRST_DEVIATION * jax.random.normal(key, (n_rows, width), jnp.float32)
