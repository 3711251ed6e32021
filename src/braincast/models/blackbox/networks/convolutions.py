"""What networks on a grid are made of; values are [x, y, z, channel], and 0 beyond the borders."""

from __future__ import annotations

from itertools import product

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import LEAST_VARIANCE, Layer, even

Factors = tuple[int, int, int]
_MOST_GROUPS = 8


class Convolution(eqx.Module):
    """Each voxel's channels from those of its neighbours: three voxels along an axis, or one along a flat one.

    Made of matrix products, one for each row of neighbours: on the CPU, and with weights for each window of a batch,
    these are quicker than the compiler's own convolution.
    """

    weight: Float[Array, "a b c input output"]
    bias: Float[Array, " output"]

    @classmethod
    def begun(cls, size: Factors, n_inputs: int, n_outputs: int, *, key: PRNGKeyArray) -> Convolution:
        """Weights and offsets drawn evenly within 1/√inputs on both sides of 0."""
        weight, bias = jax.random.split(key)
        n_seen = size[0] * size[1] * size[2] * n_inputs
        return cls(even(weight, (*size, n_inputs, n_outputs), n_seen), even(bias, (n_outputs,), n_seen))

    def __call__(self, values: Float[Array, "x y z input"]) -> Float[Array, "x y z output"]:
        x, y, z, _ = values.shape
        a, b, c, n_inputs, n_outputs = self.weight.shape
        padded = jnp.pad(values, [(n // 2, n // 2) for n in (a, b, c)] + [(0, 0)])
        rows = jnp.concatenate([padded[:, :, k : k + z] for k in range(c)], axis=-1)
        weight = self.weight.reshape(a, b, c * n_inputs, n_outputs)
        each = (rows[i : i + x, j : j + y] @ weight[i, j] for i, j in product(range(a), range(b)))
        return sum(each, self.bias)


class GroupNorm(eqx.Module):
    """Mean 0 and variance 1 of each group of channels over the grid, then a gain and an offset for each channel.

    Wu & He 2018, ECCV, arXiv:1803.08494.
    """

    gain: Float[Array, " channel"]
    offset: Float[Array, " channel"]
    n_groups: int = eqx.field(static=True)

    @classmethod
    def begun(cls, width: int) -> GroupNorm:
        """Gains of 1 and offsets of 0; as many groups as divide the channels, eight at most."""
        n_groups = max(n for n in range(1, _MOST_GROUPS + 1) if width % n == 0)
        return cls(jnp.ones(width, jnp.float32), jnp.zeros(width, jnp.float32), n_groups)

    def __call__(self, values: Float[Array, "x y z channel"]) -> Float[Array, "x y z channel"]:
        exact = values.astype(jnp.promote_types(values.dtype, jnp.float32))  # squares of half precision say little
        grouped = exact.reshape(-1, self.n_groups, values.shape[-1] // self.n_groups)
        centred = grouped - grouped.mean(axis=(0, 2), keepdims=True)
        spread = jax.lax.rsqrt((centred * centred).mean(axis=(0, 2), keepdims=True) + LEAST_VARIANCE)
        return (centred * spread).reshape(values.shape).astype(values.dtype) * self.gain + self.offset


class ResidualBlock(eqx.Module):
    """Two convolutions, each after a norm and swish, beside a direct path (He et al. 2016, ECCV, arXiv:1603.05027).

    Between them the channels may be scaled and shifted by what is shown (FiLM, Perez et al. 2018, AAAI,
    arXiv:1709.07871), by 0 before the first step.
    """

    first: GroupNorm
    inside: Convolution
    second: GroupNorm
    told: Layer | None
    outside: Convolution

    @classmethod
    def begun(cls, size: Factors, width: int, n_told: int, *, key: PRNGKeyArray) -> ResidualBlock:
        """`n_told` numbers say what is shown; 0: nothing does."""
        inside, outside = jax.random.split(key)
        return cls(
            GroupNorm.begun(width),
            Convolution.begun(size, width, width, key=inside),
            GroupNorm.begun(width),
            Layer.silent(n_told, 2 * width) if n_told else None,
            Convolution.begun(size, width, width, key=outside),
        )

    def __call__(
        self, values: Float[Array, "x y z channel"], shown: Float[Array, " told"] | None
    ) -> Float[Array, "x y z channel"]:
        found = self.second(self.inside(jax.nn.silu(self.first(values))))
        if self.told is not None and shown is not None:
            scale, shift = jnp.split(self.told(shown), 2)
            found = found * (1 + scale) + shift
        return values + self.outside(jax.nn.silu(found))


def averaged(values: Float[Array, "x y z channel"], factors: Factors) -> Float[Array, "u v w channel"]:
    """A coarser grid, each voxel the mean of those in it."""
    (x, y, z, n_channels), (a, b, c) = values.shape, factors
    return values.reshape(x // a, a, y // b, b, z // c, c, n_channels).mean(axis=(1, 3, 5))


def repeated(values: Float[Array, "u v w channel"], factors: Factors) -> Float[Array, "x y z channel"]:
    """A finer grid, each voxel as the one around it."""
    for axis, factor in enumerate(factors):
        values = jnp.repeat(values, factor, axis=axis)
    return values
