"""Where arrays lie: windows of a batch spread over devices, and parameters too where one device cannot hold them.

Where something lies never changes what is computed, but for the order in which sums are added.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

Tree = TypeVar("Tree")
# Of a device's memory, for parameters, their gradients and the optimiser's two moments; the rest is for windows.
_SHARE_FOR_PARAMETERS = 0.5
_BYTES_FOR_PARAMETER = 16


@dataclass(frozen=True)
class Layout:
    """Devices in two directions: "data" (parts of a batch) and "neuron" (parts of every large array)."""

    mesh: Mesh
    n_neurons: int

    def of_parameter(self, shape: tuple[int, ...]) -> NamedSharding:
        """Cut along the axis of neurons, else along the largest that can be cut into equal parts; else whole."""
        n_parts = self.mesh.shape["neuron"]
        able = [axis for axis, size in enumerate(shape) if n_parts > 1 and size % n_parts == 0]
        chosen = max(able, key=lambda axis: (shape[axis] == self.n_neurons, shape[axis]), default=None)
        names = ["neuron" if axis == chosen else None for axis in range(len(shape))]
        return NamedSharding(self.mesh, PartitionSpec(*names))

    def of_batch(self, shape: tuple[int, ...]) -> NamedSharding:
        """Windows over "data"; neurons, where they are the last axis and can be cut, over "neuron"."""
        is_cut = shape[-1] == self.n_neurons and self.n_neurons % self.mesh.shape["neuron"] == 0
        is_shared = shape[0] % self.mesh.shape["data"] == 0
        names: list[str | None] = [None] * len(shape)
        names[0] = "data" if is_shared else None
        if len(shape) > 1:
            names[-1] = "neuron" if is_cut else None
        return NamedSharding(self.mesh, PartitionSpec(*names))

    def placed(self, tree: Tree) -> Tree:
        """Parameters and the like, brought to the devices."""
        return jax.tree.map(
            lambda leaf: jax.device_put(leaf, self.of_parameter(leaf.shape)) if _is_array(leaf) else leaf, tree
        )

    def held(self, tree: Tree) -> Tree:
        """The same inside a compiled function: what it makes stays where it belongs."""
        hold = jax.lax.with_sharding_constraint
        return jax.tree.map(lambda leaf: hold(leaf, self.of_parameter(leaf.shape)) if _is_array(leaf) else leaf, tree)

    def batch(self, tree: Tree) -> Tree:
        """Windows, brought to the devices."""
        return jax.tree.map(lambda leaf: jax.device_put(leaf, self.of_batch(leaf.shape)), tree)

    def computing_type(self, precision: str) -> Any:
        """bfloat16 on a GPU with "mixed" precision, else float32."""
        is_gpu = self.mesh.devices.flat[0].platform == "gpu"
        return jnp.bfloat16 if is_gpu and precision == "mixed" else jnp.float32


def layout_on(devices: Sequence[Any], *, batch: int, n_neurons: int, n_parameters: int) -> Layout:
    """Windows over as many devices as cut a batch evenly; or parameters over all, if one device cannot hold them."""
    if len(devices) > 1 and not _fits(devices[0], n_parameters):
        return laid_out(devices, 1, len(devices), n_neurons)
    n_data = math.gcd(batch, len(devices))
    return laid_out(devices, n_data, 1, n_neurons)


def laid_out(devices: Sequence[Any], n_data: int, n_neuron: int, n_neurons: int) -> Layout:
    """The first devices, in `n_data` rows of `n_neuron`."""
    grid = np.array(devices[: n_data * n_neuron]).reshape(n_data, n_neuron)
    return Layout(Mesh(grid, ("data", "neuron")), n_neurons)


def _fits(device: Any, n_parameters: int) -> bool:
    """Whether a device can hold what training keeps of the parameters; one that does not tell its memory can."""
    memory = (device.memory_stats() or {}).get("bytes_limit")
    return memory is None or n_parameters * _BYTES_FOR_PARAMETER <= _SHARE_FOR_PARAMETERS * memory


def _is_array(leaf: Any) -> bool:
    return eqx.is_array(leaf) or isinstance(leaf, np.ndarray)
