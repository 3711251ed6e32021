"""Attention among tokens (Vaswani et al. 2017, NeurIPS), and the layers made of it."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer, LayerNorm, dropped


class Attention(eqx.Module):
    """What each token asks is answered by a mean over others, weighted by how well their keys fit, in several heads."""

    query: Layer
    key: Layer
    value: Layer
    out: Layer
    n_heads: int = eqx.field(static=True)

    @classmethod
    def begun(cls, width: int, n_heads: int, *, key: PRNGKeyArray) -> Attention:
        """Heads share the width; where it cannot be cut evenly, they are wider together."""
        inner = n_heads * -(-width // n_heads)
        into, out = jax.random.split(key)
        query, told, value = (Layer.begun(width, inner, key=each) for each in jax.random.split(into, 3))
        return cls(query, told, value, Layer.begun(inner, width, key=out), n_heads)

    def __call__(
        self, asking: Float[Array, "*row query width"], told: Float[Array, "*row token width"]
    ) -> Float[Array, "*row query width"]:
        queries, keys, values = self._cut(self.query(asking)), self._cut(self.key(told)), self._cut(self.value(told))
        fit = jnp.einsum("...qhe,...the->...hqt", queries, keys) * queries.shape[-1] ** -0.5
        weights = jax.nn.softmax(fit.astype(jnp.float32), axis=-1).astype(values.dtype)
        answer = jnp.einsum("...hqt,...the->...qhe", weights, values)
        return self.out(answer.reshape(*answer.shape[:-2], -1))

    def _cut(self, tokens: Float[Array, "*row token inner"]) -> Float[Array, "*row token head part"]:
        return tokens.reshape(*tokens.shape[:-1], self.n_heads, -1)


class Perceptron(eqx.Module):
    """Two layers with a GELU between them (Hendrycks & Gimpel 2016, arXiv:1606.08415), for each token alone."""

    widen: Layer
    narrow: Layer

    @classmethod
    def begun(cls, width: int, hidden: int, *, key: PRNGKeyArray) -> Perceptron:
        widen, narrow = jax.random.split(key)
        return cls(Layer.begun(width, hidden, key=widen), Layer.begun(hidden, width, key=narrow))

    def __call__(self, tokens: Float[Array, "*row width"]) -> Float[Array, "*row width"]:
        return self.narrow(jax.nn.gelu(self.widen(tokens)))


class TransformerLayer(eqx.Module):
    """Tokens attend to each other, then a perceptron; each is added to what it was given, and the sum is normalised."""

    attention: Attention
    after_attention: LayerNorm
    perceptron: Perceptron
    after_perceptron: LayerNorm

    @classmethod
    def begun(cls, width: int, n_heads: int, hidden: int, *, key: PRNGKeyArray) -> TransformerLayer:
        attention, perceptron = jax.random.split(key)
        return cls(
            Attention.begun(width, n_heads, key=attention),
            LayerNorm.begun(width),
            Perceptron.begun(width, hidden, key=perceptron),
            LayerNorm.begun(width),
        )

    def __call__(
        self, tokens: Float[Array, "*row token width"], dropout: float, key: PRNGKeyArray | None
    ) -> Float[Array, "*row token width"]:
        first, second = (None, None) if key is None else jax.random.split(key)
        mixed = self.after_attention(tokens + dropped(self.attention(tokens, tokens), dropout, first))
        return self.after_perceptron(mixed + dropped(self.perceptron(mixed), dropout, second))


class PerceiverLayer(eqx.Module):
    """Tokens attend to others (or to each other), then a perceptron; what each is given is normalised, and it is added.

    As in Jaegle et al. 2022, ICLR: the cost is that of all pairs of a token and another.
    """

    before_asking: LayerNorm
    before_telling: LayerNorm | None
    attention: Attention
    before_perceptron: LayerNorm
    perceptron: Perceptron

    @classmethod
    def begun(cls, width: int, n_heads: int, hidden: int, *, across: bool, key: PRNGKeyArray) -> PerceiverLayer:
        """`across`: to others."""
        attention, perceptron = jax.random.split(key)
        return cls(
            LayerNorm.begun(width),
            LayerNorm.begun(width) if across else None,
            Attention.begun(width, n_heads, key=attention),
            LayerNorm.begun(width),
            Perceptron.begun(width, hidden, key=perceptron),
        )

    def __call__(
        self,
        tokens: Float[Array, "asking width"],
        others: Float[Array, "telling width"],
        dropout: float,
        key: PRNGKeyArray | None,
    ) -> Float[Array, "asking width"]:
        first, second = (None, None) if key is None else jax.random.split(key)
        asking = self.before_asking(tokens)
        told = asking if self.before_telling is None else self.before_telling(others)
        mixed = tokens + dropped(self.attention(asking, told), dropout, first)
        return mixed + dropped(self.perceptron(self.before_perceptron(mixed)), dropout, second)
