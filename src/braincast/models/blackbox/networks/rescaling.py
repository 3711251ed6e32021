"""A window brought to a common level before a network, and brought back after it."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

_LEAST_DEVIATION = 1e-2  # of the training frames' deviation: a neuron that hardly moves in a window is not blown up


class Level(NamedTuple):
    """Where each neuron stands in a window, and how far it moves there."""

    shift: Float[Array, " neuron"]
    scale: Float[Array, " neuron"]

    def removed(self, activity: Float[Array, "frame neuron"]) -> Float[Array, "frame neuron"]:
        return (activity - self.shift) / self.scale

    def restored(self, activity: Float[Array, "frame neuron"]) -> Float[Array, "frame neuron"]:
        return activity * self.scale + self.shift


def level(context: Float[Array, "context neuron"], kind: str) -> Level:
    """The level of a context by the setting `rescaling`.

    "last" is NLinear's (Zeng et al. 2023, AAAI 37:11121), "instance" as in Kim et al. 2022, ICLR.
    """
    one = jnp.ones_like(context[-1])
    if kind == "last":
        return Level(context[-1], one)
    if kind == "instance":
        return Level(context.mean(axis=0), jnp.maximum(context.std(axis=0), _LEAST_DEVIATION))
    return Level(jnp.zeros_like(one), one)
