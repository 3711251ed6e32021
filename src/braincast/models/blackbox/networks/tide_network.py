"""The network of `tide` (Das et al. 2023)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.embedding import Embedding
from braincast.models.blackbox.networks.layers import Layer, LayerNorm, dropped
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Settings
from braincast.tasks.forecasting.examples import Seen

Parts = tuple[Float[Array, "..."], ...]


class ResidualBlock(eqx.Module):
    """A perceptron with one hidden layer beside a linear path, and a norm (figure 2 of the paper)."""

    widen: Layer
    narrow: Layer
    skip: Layer
    norm: LayerNorm | None

    @classmethod
    def begun(
        cls, n_inputs: int, n_hidden: int, n_outputs: int, *, normed: bool = True, key: PRNGKeyArray
    ) -> ResidualBlock:
        """Before the first step."""
        widen, narrow, skip = jax.random.split(key, 3)
        return cls(
            Layer.begun(n_inputs, n_hidden, key=widen),
            Layer.begun(n_hidden, n_outputs, key=narrow),
            Layer.begun(n_inputs, n_outputs, key=skip),
            LayerNorm.begun(n_outputs) if normed else None,
        )

    def __call__(self, parts: Parts, dropout: float, key: PRNGKeyArray | None) -> Float[Array, "... output"]:
        """Of parts that lie side by side."""
        inside = dropped(self.narrow(jax.nn.relu(_side_by_side(self.widen, parts))), dropout, key)
        out = inside + _side_by_side(self.skip, parts)
        return out if self.norm is None else self.norm(out)


class TideNetwork(Network):
    """An encoder of each neuron's context with what is shown and who it is, and a decoder of each lead."""

    project: ResidualBlock | None
    embedding: Embedding | None
    encoder: tuple[ResidualBlock, ...]
    decoder: tuple[ResidualBlock, ...]
    temporal: ResidualBlock
    direct: Layer
    horizon: int = eqx.field(static=True)
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        context = own.removed(seen.context).T
        keys = iter((None,) * self._n_chances if key is None else jax.random.split(key, self._n_chances))
        shown = None if self.project is None else self.project((jnp.asarray(seen.stimulus),), self.dropout, next(keys))
        values = context
        parts = self._beside(context, seen, shown)
        for block in (*self.encoder, *self.decoder):
            values = block(parts, self.dropout, next(keys))
            parts = (values,)
        by_lead = values.reshape(len(context), self.horizon, -1)
        told = (by_lead,) if shown is None else (by_lead, shown[-self.horizon :])
        decoded = self.temporal(told, self.dropout, next(keys))[..., 0]
        return own.restored((decoded + self.direct(context)).T)

    def _beside(self, context: Float[Array, "neuron context"], seen: Seen, shown: Array | None) -> Parts:
        """What the encoder is given: the context, all that is shown before and after it, and who each neuron is."""
        stimulus = () if shown is None else (shown.reshape(1, -1),)
        identity = () if self.embedding is None else (self.embedding(seen.recording).astype(context.dtype),)
        return (context, *stimulus, *identity)

    @property
    def _n_chances(self) -> int:
        return 2 + len(self.encoder) + len(self.decoder)


def begun(sizes: Sizes, settings: Settings, *, key: PRNGKeyArray) -> TideNetwork:
    """Before the first step."""
    first, who, dense, last, direct = jax.random.split(key, 5)
    width = settings["stimulus_width"] if sizes.n_features else 0
    hidden, per_lead = settings["hidden"], settings["lead_width"]
    n_inputs = sizes.context + (sizes.context + sizes.horizon) * width + settings["embedding"]
    widths = [n_inputs, *[hidden] * (settings["encoder_layers"] + settings["decoder_layers"] - 1)]
    outputs = [*widths[1:], per_lead * sizes.horizon]
    keys = jax.random.split(dense, len(widths))
    blocks = tuple(
        ResidualBlock.begun(into, hidden, out, key=each) for into, out, each in zip(widths, outputs, keys, strict=True)
    )
    return TideNetwork(
        ResidualBlock.begun(sizes.n_features, hidden, width, key=first) if width else None,
        Embedding.begun(sizes, settings["embedding"], settings["animals"], key=who) if settings["embedding"] else None,
        blocks[: settings["encoder_layers"]],
        blocks[settings["encoder_layers"] :],
        # Without a norm: that of a single number would be the same whatever the number is.
        ResidualBlock.begun(per_lead + width, settings["temporal_width"], 1, normed=False, key=last),
        Layer.begun(sizes.context, sizes.horizon, key=direct),
        sizes.horizon,
        settings["dropout"],
        settings["rescaling"],
    )


def _side_by_side(layer: Layer, parts: Parts) -> Float[Array, "... output"]:
    """A layer's map of parts that lie side by side; what a part says once for many rows is mapped once."""
    edges = np.cumsum([part.shape[-1] for part in parts])[:-1]
    pieces = jnp.split(layer.weight, edges)
    first, *others = (part @ piece for part, piece in zip(parts, pieces, strict=True))
    return sum(others, first) + layer.bias
