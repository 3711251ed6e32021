"""What each neuron is and has done, as a few numbers for networks on graphs."""

from __future__ import annotations

from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.brain.connectome import Connectome
from braincast.models.blackbox.networks.layers import Layer
from braincast.models.blackbox.sizes import Sizes

_COLUMNS = ("cell_class", "region")


@dataclass(frozen=True)
class Classes:
    """The class of each neuron by number, the same for any order of neurons."""

    numbers: tuple[int, ...]

    @classmethod
    def of(cls, connectome: Connectome) -> Classes:
        """By cell class, else by region; neurons without are of one class."""
        neurons = connectome.neurons
        column = next((neurons[name] for name in _COLUMNS if name in neurons and neurons[name].notna().any()), None)
        names = pd.Series([""] * len(neurons)) if column is None else column.fillna("").astype(str)
        return cls(tuple(np.unique(names.to_numpy(dtype=str), return_inverse=True)[1].tolist()))

    @property
    def n_classes(self) -> int:
        return max(self.numbers) + 1


class OwnContext(eqx.Module):
    """A layer over each neuron's own context, the same for all, with an offset for each class."""

    layer: Layer
    offset: Float[Array, "class width"]
    classes: Classes = eqx.field(static=True)

    @classmethod
    def begun(cls, sizes: Sizes, classes: Classes, width: int, *, key: PRNGKeyArray) -> OwnContext:
        """Weights drawn as in `Layer`, offsets of about a tenth."""
        layer, offset = jax.random.split(key)
        offsets = 0.1 * jax.random.normal(offset, (classes.n_classes, width), jnp.float32)
        return cls(Layer.begun(sizes.context, width, key=layer), offsets, classes)

    def __call__(self, values: Float[Array, "context neuron"]) -> Float[Array, "width neuron"]:
        own = self.offset[np.array(self.classes.numbers)]
        return jnp.tanh(self.layer.of_columns(values) + own.T)
