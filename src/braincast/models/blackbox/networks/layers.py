"""What networks are made of."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray


class Layer(eqx.Module):
    """An affine map of the last axis."""

    weight: Float[Array, "input output"]
    bias: Float[Array, " output"]

    @classmethod
    def begun(cls, n_inputs: int, n_outputs: int, *, key: PRNGKeyArray) -> Layer:
        """Weights and offsets drawn evenly within 1/√inputs on both sides of 0."""
        weight, bias = jax.random.split(key)
        return cls(even(weight, (n_inputs, n_outputs), n_inputs), even(bias, (n_outputs,), n_inputs))

    def __call__(self, values: Float[Array, "*row input"]) -> Float[Array, "*row output"]:
        return values @ self.weight + self.bias


def even(key: PRNGKeyArray, shape: tuple[int, ...], n_inputs: int) -> Float[Array, "*axes"]:
    """float32 drawn evenly within 1/√inputs on both sides of 0 (LeCun et al. 1998)."""
    bound = n_inputs**-0.5
    return jax.random.uniform(key, shape, jnp.float32, -bound, bound)


def dropped(values: Float[Array, "*axes"], share: float, key: PRNGKeyArray | None) -> Float[Array, "*axes"]:
    """Values with a share of them left out and the others enlarged (Srivastava et al. 2014); all without a key."""
    if key is None or share == 0.0:
        return values
    keep = jax.random.bernoulli(key, 1.0 - share, values.shape)
    return jnp.where(keep, values / (1.0 - share), jnp.zeros((), values.dtype))
