"""What arrives at each cell of a lattice: sums over connections that are the same in every column.

Values are [type, column, movie]. On a CPU in float32 plain loops do it, which XLA calls: each offset of a connection
adds a few stretches of columns, all movies side by side, so that nothing is gathered. Elsewhere each edge gathers its
value and sums are over sorted segments.
"""

from __future__ import annotations

from functools import cache
from typing import Any, no_type_check

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numba import njit

from braincast.dynamics.foreign_calls import filled, flat, given, is_question, length, registered
from braincast.dynamics.lattice.wiring import Wiring

Values = Float[Array, "type column movie"]


@jax.custom_vjp
def arriving(wiring: Wiring, weight: Float[Array, " term"], values: Values) -> Values:
    """out[post, column + offset, movie] = Σ over terms of weight · values[pre, column, movie]."""
    return _arriving(wiring, weight, values)


def _forward(wiring: Wiring, weight: Array, values: Array) -> tuple[Array, Any]:
    return _arriving(wiring, weight, values), (wiring, weight, values)


def _backward(kept: Any, change: Array) -> tuple[None, Array, Array]:
    wiring, weight, values = kept
    if not _by_loops(values):
        _, back = jax.vjp(lambda weight, values: _by_segments(wiring, weight, values), weight, values)
        return None, *back(change)
    shapes = (jax.ShapeDtypeStruct(weight.shape, weight.dtype), jax.ShapeDtypeStruct(values.shape, values.dtype))
    call = jax.ffi.ffi_call("braincast_lattice_returning", shapes, vmap_method="sequential")
    of_weight, of_values = call(*wiring[:7], weight, values, change)
    return None, of_weight, of_values


arriving.defvjp(_forward, _backward)


def _arriving(wiring: Wiring, weight: Array, values: Array) -> Array:
    if not _by_loops(values):
        return _by_segments(wiring, weight, values)
    shape = jax.ShapeDtypeStruct(values.shape, values.dtype)
    call = jax.ffi.ffi_call("braincast_lattice_arriving", shape, vmap_method="sequential")
    return call(*wiring[:7], weight, values)


def _by_loops(values: Array) -> bool:
    return values.dtype == jnp.float32 and jax.default_backend() == "cpu" and _are_known()


@cache
def _are_known() -> bool:
    """Whether XLA can call the loops."""
    return registered("braincast_lattice_arriving", _call_arriving) and registered(
        "braincast_lattice_returning", _call_returning
    )


def _by_segments(wiring: Wiring, weight: Array, values: Array) -> Array:
    """The same by gathers and sums of segments, edge by edge."""
    n_types, n_columns, n_movies = values.shape
    cells = values.reshape(n_types * n_columns, n_movies)
    sent = cells[wiring.edge_pre] * weight[wiring.edge_term][:, None]
    arrived = jax.ops.segment_sum(sent, wiring.edge_post, n_types * n_columns, indices_are_sorted=True)
    return arrived.reshape(values.shape)


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
@no_type_check
def add_arriving(pre, post, shift, first_run, source, target, long, weight, values, out, n_columns, n_movies):
    """`arriving`, into `out`; all arrays flat."""
    out[:] = 0
    for term in range(len(weight)):
        strength = weight[term]
        begin, end = pre[term] * n_columns, post[term] * n_columns
        for run in range(first_run[shift[term]], first_run[shift[term] + 1]):
            s, t = (begin + source[run]) * n_movies, (end + target[run]) * n_movies
            n = long[run] * n_movies
            of, to = values[s : s + n], out[t : t + n]
            for i in range(n):
                to[i] += strength * of[i]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
@no_type_check
def add_returning(
    pre, post, shift, first_run, source, target, long, weight, values, change, of_weight, of_values, n_columns, n_movies
):
    """The gradients of `arriving` in weights and in values; all arrays flat."""
    of_values[:] = 0
    for term in range(len(weight)):
        strength, met = weight[term], np.float32(0)
        begin, end = pre[term] * n_columns, post[term] * n_columns
        for run in range(first_run[shift[term]], first_run[shift[term] + 1]):
            s, t = (begin + source[run]) * n_movies, (end + target[run]) * n_movies
            n = long[run] * n_movies
            of, back, by = values[s : s + n], of_values[s : s + n], change[t : t + n]
            for i in range(n):
                met += of[i] * by[i]
                back[i] += strength * by[i]
        of_weight[term] = met


@no_type_check
def _call_arriving(call):
    """Given: pre, post, shift, first_run, source, target, length, weight, values."""
    if not is_question(call):
        pre, post, shift = (
            flat(given(call, 0), np.int32),
            flat(given(call, 1), np.int32),
            flat(given(call, 2), np.int32),
        )
        first, source = flat(given(call, 3), np.int32), flat(given(call, 4), np.int32)
        target, long = flat(given(call, 5), np.int32), flat(given(call, 6), np.int32)
        weight, values = flat(given(call, 7), np.float32), flat(given(call, 8), np.float32)
        out = flat(filled(call, 0), np.float32)
        n_columns, n_movies = length(given(call, 8), 1), length(given(call, 8), 2)
        add_arriving(pre, post, shift, first, source, target, long, weight, values, out, n_columns, n_movies)
    return 0


@no_type_check
def _call_returning(call):
    """Given: pre, post, shift, first_run, source, target, length, weight, values, change."""
    if not is_question(call):
        pre, post, shift = (
            flat(given(call, 0), np.int32),
            flat(given(call, 1), np.int32),
            flat(given(call, 2), np.int32),
        )
        first, source = flat(given(call, 3), np.int32), flat(given(call, 4), np.int32)
        target, long = flat(given(call, 5), np.int32), flat(given(call, 6), np.int32)
        weight, values = flat(given(call, 7), np.float32), flat(given(call, 8), np.float32)
        change = flat(given(call, 9), np.float32)
        of_weight, of_values = flat(filled(call, 0), np.float32), flat(filled(call, 1), np.float32)
        n_columns, n_movies = length(given(call, 8), 1), length(given(call, 8), 2)
        add_returning(
            pre,
            post,
            shift,
            first,
            source,
            target,
            long,
            weight,
            values,
            change,
            of_weight,
            of_values,
            n_columns,
            n_movies,
        )
    return 0
