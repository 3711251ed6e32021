"""The network of `embedding`: what neurons share goes through a few signals, read and written by embedding."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.embedding import Embedding
from braincast.models.blackbox.networks.layers import Layer, dropped, even
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen


class Shape(NamedTuple):
    """The settings that say how large the network is."""

    width: int
    maps: int
    hidden: int
    animals: str


class PastMaps(eqx.Module):
    """What a neuron's own context says: the first map, and further ones as far as its embedding asks for them."""

    maps: Float[Array, "map lead context"]
    bias: Float[Array, " lead"]
    asked: Float[Array, "width further"]

    def __call__(
        self, context: Float[Array, "context neuron"], embedding: Float[Array, "neuron width"]
    ) -> Float[Array, "lead neuron"]:
        first = self.maps[0] @ context + self.bias[:, None]
        share = embedding @ self.asked
        return first + jnp.einsum("mlc,cn,nm->ln", self.maps[1:], context, share)


class Signals(eqx.Module):
    """Signals of the context in, signals of the leads out: one linear map of all frames, and a perceptron beside it."""

    direct: Float[Array, "frames leads"]
    inside: Layer | None
    outside: Float[Array, "hidden leads"] | None

    def __call__(self, signals: Float[Array, "context width"]) -> Float[Array, "lead width"]:
        seen = signals.reshape(-1)
        ahead = seen @ self.direct
        if self.inside is not None and self.outside is not None:
            ahead = ahead + jax.nn.gelu(self.inside(seen)) @ self.outside
        return ahead.reshape(-1, signals.shape[1])


class EmbeddingNetwork(Network):
    """Own past, and the signals of the population: one for each number of an embedding.

    Reading and writing with the same vectors takes nothing away: an embedding of width 2r holds r directions to read
    and r others to write, which is a regression of rank r.
    """

    embedding: Embedding
    own: PastMaps
    signals: Signals
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        context, who = own.removed(seen.context), self.embedding(seen.recording)
        # Whole neurons are left out of what is read, never frames of one.
        read = dropped(jnp.ones_like(context[0]), self.dropout, key)[:, None] * who
        ahead = self.signals(context @ read * len(who) ** -0.5)
        return own.restored(self.own(context, who) + ahead @ who.T)


def begun(sizes: Sizes, shape: Shape, dropout: float, rescaling: str, *, key: PRNGKeyArray) -> EmbeddingNetwork:
    """Before the first step: own past alone, the same for all neurons."""
    who, own, signals = jax.random.split(key, 3)
    return EmbeddingNetwork(
        Embedding.begun(sizes, shape.width, shape.animals, key=who),
        _own_past(sizes, shape, own),
        _signals(sizes, shape, signals),
        dropout,
        rescaling,
    )


def _own_past(sizes: Sizes, shape: Shape, key: PRNGKeyArray) -> PastMaps:
    maps, bias = jax.random.split(key)
    return PastMaps(
        even(maps, (shape.maps, sizes.horizon, sizes.context), sizes.context),
        even(bias, (sizes.horizon,), sizes.context),
        jnp.zeros((shape.width, shape.maps - 1), jnp.float32),
    )


def _signals(sizes: Sizes, shape: Shape, key: PRNGKeyArray) -> Signals:
    n_seen, n_ahead = sizes.context * shape.width, sizes.horizon * shape.width
    direct = jnp.zeros((n_seen, n_ahead), jnp.float32)
    if not shape.hidden:
        return Signals(direct, None, None)
    return Signals(direct, Layer.begun(n_seen, shape.hidden, key=key), jnp.zeros((shape.hidden, n_ahead), jnp.float32))
