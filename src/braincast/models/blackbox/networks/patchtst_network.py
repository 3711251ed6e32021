"""The network of `patchtst` (Nie et al. 2023)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from braincast.models.blackbox.networks.attention import TransformerLayer
from braincast.models.blackbox.networks.layers import Layer, dropped, even
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen

_FIRST_POSITION = 0.02  # positions begin evenly within this of 0, as in the paper's code


class PatchTransformer(Network):
    """Each neuron alone: patches of its context attend to each other, and together give its leads."""

    token: Layer
    position: Float[Array, "patch width"]
    layers: tuple[TransformerLayer, ...]
    weight: Float[Array, "*neuron patch width lead"]
    bias: Float[Array, "*neuron lead"]
    stride: int = eqx.field(static=True)
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        frames = patches(len(seen.context), len(self.token.weight), self.stride)
        cut = jnp.moveaxis(own.removed(seen.context)[frames], -1, 0)
        first, *keys = (None,) * (len(self.layers) + 1) if key is None else jax.random.split(key, len(self.layers) + 1)
        tokens = dropped(self.token(cut) + self.position, self.dropout, first)
        for layer, chance in zip(self.layers, keys, strict=True):
            tokens = layer(tokens, self.dropout, chance)
        head = "npw,npwl->nl" if self.weight.ndim == 4 else "npw,pwl->nl"
        return own.restored((jnp.einsum(head, tokens, self.weight) + self.bias).T)


def patches(context: int, length: int, stride: int) -> Int[np.ndarray, "patch frame"]:
    """Which frames of a context are in each patch.

    The last frame is repeated `stride` times at the end, as in the paper, so that every frame is in a patch.
    """
    starts = np.arange(0, context + stride - length + 1, stride)
    return np.minimum(starts[:, None] + np.arange(length), context - 1)


def begun(
    sizes: Sizes,
    patch: int,
    stride: int,
    width: int,
    n_layers: int,
    n_heads: int,
    hidden: int,
    weights: str,
    dropout: float,
    rescaling: str,
    *,
    key: PRNGKeyArray,
) -> PatchTransformer:
    """Before the first step; a patch is no longer than the context, `weights` of the last map is "shared" or "own"."""
    length = min(patch, sizes.context)
    n_patches = len(patches(sizes.context, length, min(stride, length)))
    ways = (sizes.n_neurons,) if weights == "own" else ()
    token, position, weight, bias, *own = jax.random.split(key, n_layers + 4)
    return PatchTransformer(
        Layer.begun(length, width, key=token),
        jax.random.uniform(position, (n_patches, width), jnp.float32, -_FIRST_POSITION, _FIRST_POSITION),
        tuple(TransformerLayer.begun(width, n_heads, hidden, key=each) for each in own),
        even(weight, (*ways, n_patches, width, sizes.horizon), n_patches * width),
        even(bias, (*ways, sizes.horizon), n_patches * width),
        min(stride, length),
        dropout,
        rescaling,
    )
