"""What each neuron is and has done, as a few numbers for networks on graphs."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer
from braincast.models.blackbox.sizes import Sizes


class OwnContext(eqx.Module):
    """A layer over each neuron's own context, the same for all, with an offset for each class."""

    layer: Layer
    offset: Float[Array, "class width"]
    classes: tuple[int, ...] = eqx.field(static=True)

    @classmethod
    def begun(cls, sizes: Sizes, classes: tuple[int, ...], width: int, *, key: PRNGKeyArray) -> OwnContext:
        """Weights drawn as in `Layer`, offsets of about a tenth; `classes` has the number of each neuron's class."""
        layer, offset = jax.random.split(key)
        offsets = 0.1 * jax.random.normal(offset, (1 + max(classes), width), jnp.float32)
        return cls(Layer.begun(sizes.context, width, key=layer), offsets, classes)

    def __call__(self, values: Float[Array, "context neuron"]) -> Float[Array, "width neuron"]:
        own = self.offset[np.array(self.classes)]
        return jnp.tanh(self.layer.of_columns(values) + own.T)
