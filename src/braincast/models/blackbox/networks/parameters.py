"""A network's arrays by name: what is saved of it, and the way back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

import equinox as eqx
import jax
import numpy as np

from braincast.errors import BraincastError
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Settings

Tree = TypeVar("Tree")


def outline(prepared: Any, sizes: Sizes, settings: Settings) -> Any:
    """The network that `prepared.init` begins, with shapes in the place of arrays: nothing is computed."""
    return eqx.filter_eval_shape(prepared.init, sizes, settings, key=jax.random.key(0))


def n_numbers(tree: Any) -> int:
    """How many numbers the arrays of a pytree or outline hold."""
    return sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(tree) if _is_place(leaf))


def named_arrays(tree: Any) -> dict[str, np.ndarray]:
    """Copies of all arrays of a pytree, by the path that leads to each."""
    return {name: np.array(leaf) for name, leaf in _places(tree).items()}


def with_arrays(like: Tree, arrays: Mapping[str, np.ndarray], where: str = "network") -> Tree:
    """The inverse of `named_arrays`, for a pytree (or outline) of the same names, shapes and types; else E702."""
    leaves, form = jax.tree_util.tree_flatten_with_path(like)
    expected = _places(like)
    for name in sorted({*expected, *arrays}):
        _check_fit(expected.get(name), arrays.get(name), f"{where}, {name}")
    return form.unflatten([arrays[_name(path)] if _is_place(leaf) else leaf for path, leaf in leaves])


def agreeing(like: Any, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those arrays that have the name, shape and type of one in a pytree or outline."""
    places = _places(like)
    return {n: values for n, values in arrays.items() if n in places and _described(values) == _described(places[n])}


def put_in(network: Tree, arrays: Mapping[str, np.ndarray]) -> Tree:
    """A network with some of its arrays replaced, by name."""
    return jax.tree_util.tree_map_with_path(lambda path, leaf: arrays.get(_name(path), leaf), network)


def _places(tree: Any) -> dict[str, Any]:
    return {_name(path): leaf for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0] if _is_place(leaf)}


def _check_fit(expected: Any, found: np.ndarray | None, where: str) -> None:
    if _described(expected) != _described(found):
        what = f"it is {_described(found)}, but the network has {_described(expected)}"
        raise BraincastError("E702", where, what, "Give the task and settings that it was trained with")


def _described(array: Any) -> str:
    return "nothing" if array is None else f"{np.dtype(array.dtype).name} {list(array.shape)}"


def _is_place(leaf: Any) -> bool:
    return isinstance(leaf, (jax.Array, np.ndarray, jax.ShapeDtypeStruct))


def _name(path: tuple[Any, ...]) -> str:
    return jax.tree_util.keystr(path, simple=True, separator=".")
