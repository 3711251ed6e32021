"""How flow is read from the network: one linear sum of the mean rates of its output types around the centre.

Nothing but the network itself can tell directions then: the sum sees no place and, but for a low-pass of 123 ms as of
the large cells that pool T4 and T5 over space (Joesch et al. 2008, Curr Biol 18:368), no time.
"""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from braincast.models.vision.optic.eye import Eye

REACH = 3
SMOOTHED_S = 0.123
_RIDGE = 1e-4


def rates(eye: Eye, voltages: Float[Array, "type column movie"]) -> Float[Array, "output movie"]:
    """Mean rates of the output types within `REACH` columns of the centre."""
    outputs, near = eye.circuit.index(eye.circuit.outputs), eye.within(REACH)
    return jax.nn.relu(voltages[outputs[:, None], near[None, :]]).mean(axis=1)


def smoothed(values: Float[Array, "frame output movie"], dt_s: float) -> Float[Array, "frame output movie"]:
    """The low-pass, which begins with the first frame."""
    kept = math.exp(-dt_s / SMOOTHED_S)

    def step(before: Array, now: Array) -> tuple[Array, Array]:
        after = kept * before + (1 - kept) * now
        return after, after

    return jax.lax.scan(step, values[0], values)[1]


def with_one(features: Float[Array, "frame output movie"]) -> Float[Array, "sample feature"]:
    """Frames and movies as samples, with a constant feature in the end."""
    flat = features.transpose(0, 2, 1).reshape(-1, features.shape[1])
    return jnp.concatenate([flat, jnp.ones((len(flat), 1), flat.dtype)], axis=1)


class Moments(NamedTuple):
    """Means of products, from which the best sum follows: between features, and of features with the flow."""

    features: Float[Array, "feature feature"]
    flow: Float[Array, "feature 2"]

    @classmethod
    def none(cls, n_features: int) -> Moments:
        return cls(jnp.zeros((n_features, n_features)), jnp.zeros((n_features, 2)))

    def forgetting(self, features: Array, flow: Array, kept: float) -> Moments:
        """These, `kept` of them, with those of new samples."""
        # Accelerators would round products of single precision to three digits, which no sum is found from.
        exactly = partial(jnp.matmul, precision="highest")
        new = Moments(exactly(features.T, features) / len(features), exactly(features.T, flow) / len(flow))
        return Moments(*(kept * old + (1 - kept) * now for old, now in zip(self, new, strict=True)))

    def sum(self, seen: Float[Array, " feature"]) -> Float[Array, "feature 2"]:
        """The weights of the sum that tells flow best (ridge regression on features of equal size).

        `seen` is 1 for features that it may use, 0 for others.
        """
        share = seen / jnp.sqrt(jnp.diag(self.features) + 1e-10)
        scaled = self.features * share[:, None] * share[None, :] + _RIDGE * jnp.eye(len(share))
        return jnp.linalg.solve(scaled + jnp.diag(1 - seen), self.flow * share[:, None]) * share[:, None]


def fitted_sum(features: np.ndarray, flow: np.ndarray) -> Float[np.ndarray, "feature 2"]:
    """The same from all samples at once, in double precision."""
    x, y = np.asarray(features, dtype=np.float64), np.asarray(flow, dtype=np.float64)
    size = np.sqrt((x**2).mean(axis=0) + 1e-10)
    x = x / size
    return np.linalg.solve(x.T @ x / len(x) + _RIDGE * np.eye(x.shape[1]), x.T @ y / len(y)) / size[:, None]
