"""What is learned of each neuron, or of each group of homologous neurons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from braincast.brain.homologues import worm_cell_classes

NONLINEARITIES: Mapping[str, Callable[[Array], Array]] = {
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
    "identity": lambda values: values,
}
_TIME_CONSTANT = 10.0  # frames, at first: what a neuron does now it goes on doing for a while


class Neurons(eqx.Module):
    """Time constants in frames (as logs), resting levels, and how strongly inputs act (as logs), of groups."""

    log_time_constant: Float[Array, " group"]
    rest: Float[Array, " group"]
    log_sensitivity: Float[Array, " group"]
    groups: tuple[int, ...] = eqx.field(static=True)

    @classmethod
    def begun(cls, groups: tuple[int, ...]) -> Neurons:
        """`groups` has the number of each neuron's group."""
        zero = jnp.zeros(1 + max(groups), jnp.float32)
        return cls(zero + float(np.log(_TIME_CONSTANT)), zero, zero, groups)

    @property
    def n_neurons(self) -> int:
        return len(self.groups)

    def time_constant(self) -> Float[Array, " neuron"]:
        return jnp.exp(self._of_each(self.log_time_constant))

    def resting(self) -> Float[Array, " neuron"]:
        return self._of_each(self.rest)

    def sensitivity(self) -> Float[Array, " neuron"]:
        return jnp.exp(self._of_each(self.log_sensitivity))

    def _of_each(self, values: Float[Array, " group"]) -> Float[Array, " neuron"]:
        if self.groups == tuple(range(len(values))):  # a gather, whose gradient is slow, would change nothing
            return values
        return values[np.array(self.groups)]


def grouped(names: Sequence[str]) -> tuple[int, ...]:
    """The number of each neuron's group; neurons of one name are one group."""
    return tuple(np.unique(np.asarray(names), return_inverse=True)[1].tolist())


def cell_classes(brains: Any) -> list[str]:
    """The cell class of each neuron of a task; one without a class is a class of its own.

    Told by the anatomy or the first wiring; in a worm it follows from the name.
    """
    neurons = list(brains.neurons)
    for table in (brains.anatomy, brains.connectomes[0].neurons):
        if table is not None and "cell_class" in table and table["cell_class"].notna().any():
            known = dict(zip(table["id"], table["cell_class"], strict=True))
            given = {name: value for name, value in known.items() if isinstance(value, str) and value}
            return [given.get(name, f"neuron {name}") for name in neurons]
    if brains.specimens[0].species == "Caenorhabditis elegans":
        return worm_cell_classes(neurons)
    return [f"neuron {name}" for name in neurons]
