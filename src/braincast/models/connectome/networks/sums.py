"""Sums over many edges, and what their gradients are made of: by loops on a CPU, by gathers elsewhere.

All take a graph's `start`, `pre` and `post` (see `Graph`), weights [edge] and vectors [batch, neuron].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_batching import custom_vmap
from jaxtyping import Array


@custom_vmap
def arriving(start: Array, pre: Array, post: Array, weight: Array, values: Array) -> Array:
    """[batch, neuron]: the sum over edges that end at a neuron of weight times the value where the edge begins."""

    def gathered(start: Array, pre: Array, post: Array, weight: Array, values: Array) -> Array:
        return jax.vmap(lambda one: _segments(weight * one[pre], post, one, is_sorted=True))(values)

    return _on_this_device("arriving", gathered, values.shape, start, pre, post, weight, values)


@custom_vmap
def returning(start: Array, pre: Array, post: Array, weight: Array, change: Array) -> Array:
    """[batch, neuron]: the same against the edges, which is the gradient in values."""

    def gathered(start: Array, pre: Array, post: Array, weight: Array, change: Array) -> Array:
        return jax.vmap(lambda one: _segments(weight * one[post], pre, one, is_sorted=False))(change)

    return _on_this_device("returning", gathered, change.shape, start, pre, post, weight, change)


@custom_vmap
def meeting(start: Array, pre: Array, post: Array, weight: Array, values: Array, change: Array) -> Array:
    """[edge]: the sum over the batch of values at the beginning times changes at the end: the gradient in weights.

    `weight` is not looked at; it tells which windows share theirs.
    """

    def gathered(start: Array, pre: Array, post: Array, values: Array, change: Array) -> Array:
        return jnp.einsum("be,be->e", values[:, pre], change[:, post])

    return _on_this_device("meeting", gathered, pre.shape, start, pre, post, values, change)


@arriving.def_vmap
def _arriving_of_many(n_windows: int, are_own: list[bool], *given: Array) -> tuple[Array, bool]:
    return _of_many(arriving, are_own, given)


@returning.def_vmap
def _returning_of_many(n_windows: int, are_own: list[bool], *given: Array) -> tuple[Array, bool]:
    return _of_many(returning, are_own, given)


@meeting.def_vmap
def _meeting_of_many(n_windows: int, are_own: list[bool], *given: Array) -> tuple[Array, bool]:
    """Windows that share their weights add up to one gradient here, with no array of edges for each.

    That they are not mapped any more tells JAX that nothing is left to be added.
    """
    if any(are_own[:4]):
        return _in_turn(meeting, are_own, given), True
    *same, values, change = given
    values, change = (
        _side_by_side(array if own else jnp.broadcast_to(array, (n_windows, *array.shape)))
        for array, own in zip((values, change), are_own[4:], strict=True)
    )
    return meeting(*same, values, change), False


def _of_many(function: Callable[..., Array], are_own: list[bool], given: tuple[Array, ...]) -> tuple[Array, bool]:
    """One longer batch where windows share the wiring and its weights."""
    if any(are_own[:4]):
        return _in_turn(function, are_own, given), True
    *same, vectors = given
    return function(*same, _side_by_side(vectors)).reshape(vectors.shape), True


def _in_turn(function: Callable[..., Array], are_own: list[bool], given: tuple[Array, ...]) -> Array:
    """One window after the other."""
    own = [array for array, is_own in zip(given, are_own, strict=True) if is_own]

    def one(mine: list[Array]) -> Array:
        left = iter(mine)
        return function(*(next(left) if is_own else array for array, is_own in zip(given, are_own, strict=True)))

    return jax.lax.map(one, own)


def _side_by_side(vectors: Array) -> Array:
    return vectors.reshape(-1, vectors.shape[-1])


def _on_this_device(loop: str, gathered: Callable[..., Array], shape: tuple[int, ...], *given: Array) -> Array:
    """By the loop where the program runs on a CPU that can call it."""
    from braincast.models.connectome.networks.loops import target

    name = target(loop)
    if name is None:
        return gathered(*given)
    call: Any = jax.ffi.ffi_call(name, jax.ShapeDtypeStruct(shape, np.dtype(np.float32)))
    return jax.lax.platform_dependent(*given, cpu=call, default=gathered)


def _segments(values: Array, place: Array, like: Array, *, is_sorted: bool) -> Array:
    return jax.ops.segment_sum(values, place, len(like), indices_are_sorted=is_sorted)
