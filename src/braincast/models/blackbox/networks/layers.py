"""What networks are made of."""

from __future__ import annotations

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray, UInt32

LEAST_VARIANCE = 1e-5  # of a norm; PyTorch's default


class Layer(eqx.Module):
    """An affine map of the last axis."""

    weight: Float[Array, "input output"]
    bias: Float[Array, " output"]

    @classmethod
    def begun(cls, n_inputs: int, n_outputs: int, *, key: PRNGKeyArray) -> Layer:
        """Weights and offsets drawn evenly within 1/√inputs on both sides of 0."""
        weight, bias = jax.random.split(key)
        return cls(even(weight, (n_inputs, n_outputs), n_inputs), even(bias, (n_outputs,), n_inputs))

    @classmethod
    def silent(cls, n_inputs: int, n_outputs: int) -> Layer:
        """One that says 0 before the first step."""
        return cls(jnp.zeros((n_inputs, n_outputs), jnp.float32), jnp.zeros(n_outputs, jnp.float32))

    def __call__(self, values: Float[Array, "*row input"]) -> Float[Array, "*row output"]:
        return values @ self.weight + self.bias

    def of_columns(self, values: Float[Array, "input column"]) -> Float[Array, "output column"]:
        """The map of the first axis."""
        return self.weight.T @ values + self.bias[:, None]


class LayerNorm(eqx.Module):
    """Mean 0 and variance 1 over the last axis, then a gain and an offset (Ba et al. 2016, arXiv:1607.06450)."""

    gain: Float[Array, " width"]
    offset: Float[Array, " width"]

    @classmethod
    def begun(cls, width: int) -> LayerNorm:
        """Gains of 1 and offsets of 0."""
        return cls(jnp.ones(width, jnp.float32), jnp.zeros(width, jnp.float32))

    def __call__(self, values: Float[Array, "*row width"]) -> Float[Array, "*row width"]:
        exact = values.astype(jnp.promote_types(values.dtype, jnp.float32))  # squares of half precision say little
        centred = exact - exact.mean(axis=-1, keepdims=True)
        spread = jax.lax.rsqrt((centred * centred).mean(axis=-1, keepdims=True) + LEAST_VARIANCE)
        return (centred * spread).astype(values.dtype) * self.gain + self.offset


def even(key: PRNGKeyArray, shape: tuple[int, ...], n_inputs: int) -> Float[Array, "*axes"]:
    """float32 drawn evenly within 1/√inputs on both sides of 0 (LeCun et al. 1998)."""
    bound = n_inputs**-0.5
    return jax.random.uniform(key, shape, jnp.float32, -bound, bound)


def dropped(values: Float[Array, "*axes"], share: float, key: PRNGKeyArray | None) -> Float[Array, "*axes"]:
    """Values with a share of them left out and the others enlarged (Srivastava et al. 2014); all without a key."""
    if key is None or share == 0.0:
        return values
    keep = scattered(key, values.shape) >= jnp.uint32(round(share * 2**32))
    return jnp.where(keep, values * (1.0 / (1.0 - share)), jnp.zeros((), values.dtype))


def scattered(key: PRNGKeyArray, shape: tuple[int, ...]) -> UInt32[Array, "*axes"]:
    """Numbers from 0 to 2³² that look drawn evenly: the place of each, stirred twice with words of the key.

    Good enough to say what is left out, and as quick as reading the values; JAX's own (Threefry) would take longer than
    the layers. The stirring is the finaliser of MurmurHash3 (Appleby 2011).
    """
    words = jax.random.bits(key, (2,), jnp.uint32)
    place = jax.lax.iota(jnp.uint32, math.prod(shape)).reshape(shape)
    return _stirred(_stirred(place ^ words[0]) ^ words[1])


def _stirred(bits: UInt32[Array, "*axes"]) -> UInt32[Array, "*axes"]:
    bits = (bits ^ (bits >> 16)) * jnp.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> 13)) * jnp.uint32(0xC2B2AE35)
    return bits ^ (bits >> 16)
