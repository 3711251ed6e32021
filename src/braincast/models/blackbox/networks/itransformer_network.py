"""The network of `itransformer` (Liu et al. 2024)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.attention import TransformerLayer
from braincast.models.blackbox.networks.layers import Layer, LayerNorm, dropped
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen


class InvertedTransformer(Network):
    """A token for each neuron's whole context and each feature of the stimulus; they attend to each other."""

    token: Layer
    shown: Layer | None
    layers: tuple[TransformerLayer, ...]
    last: LayerNorm
    out: Layer
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        tokens = self._tokens(own.removed(seen.context), seen.stimulus)
        first, *keys = (None,) * (len(self.layers) + 1) if key is None else jax.random.split(key, len(self.layers) + 1)
        tokens = dropped(tokens, self.dropout, first)
        for layer, chance in zip(self.layers, keys, strict=True):
            tokens = layer(tokens, self.dropout, chance)
        n_neurons = seen.context.shape[1]
        return own.restored(self.out(self.last(tokens[:n_neurons])).T)

    def _tokens(
        self, context: Float[Array, "context neuron"], stimulus: Float[Array, "frame feature"] | None
    ) -> Float[Array, "token width"]:
        """Those of neurons first."""
        tokens = self.token(context.T)
        if self.shown is None or stimulus is None:
            return tokens
        return jnp.concatenate([tokens, self.shown(stimulus.T)])


def begun(
    sizes: Sizes,
    width: int,
    n_layers: int,
    n_heads: int,
    hidden: int,
    dropout: float,
    rescaling: str,
    *,
    key: PRNGKeyArray,
) -> InvertedTransformer:
    """Before the first step."""
    token, shown, out, *own = jax.random.split(key, n_layers + 3)
    n_frames = sizes.context + sizes.horizon
    return InvertedTransformer(
        Layer.begun(sizes.context, width, key=token),
        Layer.begun(n_frames, width, key=shown) if sizes.n_features else None,
        tuple(TransformerLayer.begun(width, n_heads, hidden, key=each) for each in own),
        LayerNorm.begun(width),
        Layer.begun(width, sizes.horizon, key=out),
        dropout,
        rescaling,
    )
