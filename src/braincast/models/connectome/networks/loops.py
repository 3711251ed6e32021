"""Sums over edges as plain loops that XLA calls inside compiled programs on a CPU, without Python and copies.

For float32 and a few vectors at once: [batch, neuron] in, [batch, neuron] out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, no_type_check

import numpy as np
from numba import njit

from braincast.dynamics.foreign_calls import filled, flat, given, is_question, registered, table

# Vectors at once, filled up with 0: their values at one neuron lie side by side, as many as a CPU adds at once.
_TOGETHER = 8
_FEW = 6  # fewer vectors are quicker one by one


@cache
def target(loop: str) -> str | None:
    """The name under which XLA knows "arriving", "returning" or "meeting"; None where it cannot call it."""
    name = f"braincast_{loop}"
    return name if registered(name, _HANDLERS[loop]) else None


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
@no_type_check
def arriving(start, pre, weight, values, out):
    """out[b, i] = Σ over edges e that end at i of weight[e] · values[b, pre[e]]."""
    n_vectors, n_neurons = values.shape
    if n_vectors < _FEW:
        for b in range(n_vectors):
            for i in range(n_neurons):
                alone = np.float32(0)
                for e in range(start[i], start[i + 1]):
                    alone += weight[e] * values[b, pre[e]]
                out[b, i] = alone
        return
    beside, total = np.empty((n_neurons, _TOGETHER), np.float32), np.empty(_TOGETHER, np.float32)
    for first in range(0, n_vectors, _TOGETHER):
        n = min(_TOGETHER, n_vectors - first)
        side_by_side(values, first, beside)
        for i in range(n_neurons):
            for b in range(_TOGETHER):
                total[b] = 0
            for e in range(start[i], start[i + 1]):
                strength, j = weight[e], pre[e]
                for b in range(_TOGETHER):
                    total[b] += strength * beside[j, b]
            for b in range(n):
                out[first + b, i] = total[b]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
@no_type_check
def returning(start, pre, weight, change, out):
    """out[b, j] = Σ over edges e that begin at j of weight[e] · change[b, post[e]]: the gradient in values."""
    n_vectors, n_neurons = change.shape
    if n_vectors < _FEW:
        for b in range(n_vectors):
            for i in range(n_neurons):
                out[b, i] = 0
            for i in range(n_neurons):
                for e in range(start[i], start[i + 1]):
                    out[b, pre[e]] += weight[e] * change[b, i]
        return
    beside, total = np.empty((n_neurons, _TOGETHER), np.float32), np.empty((n_neurons, _TOGETHER), np.float32)
    for first in range(0, n_vectors, _TOGETHER):
        n = min(_TOGETHER, n_vectors - first)
        side_by_side(change, first, beside)
        for i in range(n_neurons):
            for b in range(_TOGETHER):
                total[i, b] = 0
        for i in range(n_neurons):
            for e in range(start[i], start[i + 1]):
                strength, j = weight[e], pre[e]
                for b in range(_TOGETHER):
                    total[j, b] += strength * beside[i, b]
        for b in range(n):
            for i in range(n_neurons):
                out[first + b, i] = total[i, b]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
@no_type_check
def meeting(start, pre, values, change, out):
    """out[e] = Σ over b of values[b, pre[e]] · change[b, post[e]]: the gradient in weights."""
    n_vectors, n_neurons = change.shape
    if n_vectors < _FEW:
        for i in range(n_neurons):
            for e in range(start[i], start[i + 1]):
                alone = np.float32(0)
                for b in range(n_vectors):
                    alone += values[b, pre[e]] * change[b, i]
                out[e] = alone
        return
    of, to = np.empty((n_neurons, _TOGETHER), np.float32), np.empty((n_neurons, _TOGETHER), np.float32)
    for first in range(0, n_vectors, _TOGETHER):
        side_by_side(values, first, of)
        side_by_side(change, first, to)
        for i in range(n_neurons):
            for e in range(start[i], start[i + 1]):
                total, j = np.float32(0), pre[e]
                for b in range(_TOGETHER):
                    total += of[j, b] * to[i, b]
                out[e] = total if first == 0 else out[e] + total


@njit(cache=True, nogil=True)
@no_type_check
def side_by_side(vectors, first, beside):
    """The vectors from `first` on, turned: [neuron, vector]."""
    n_vectors, n_neurons = vectors.shape
    for b in range(_TOGETHER):
        for i in range(n_neurons):
            beside[i, b] = vectors[first + b, i] if first + b < n_vectors else 0


@no_type_check
def _arriving(call):
    """Given: starts, beginnings, ends and weights of edges, values."""
    if not is_question(call):
        start, pre = flat(given(call, 0), np.int32), flat(given(call, 1), np.int32)
        weight, values = flat(given(call, 3), np.float32), table(given(call, 4))
        arriving(start, pre, weight, values, table(filled(call, 0)))
    return 0


@no_type_check
def _returning(call):
    """Given: starts, beginnings, ends and weights of edges, changes of what arrived."""
    if not is_question(call):
        start, pre = flat(given(call, 0), np.int32), flat(given(call, 1), np.int32)
        weight, change = flat(given(call, 3), np.float32), table(given(call, 4))
        returning(start, pre, weight, change, table(filled(call, 0)))
    return 0


@no_type_check
def _meeting(call):
    """Given: starts, beginnings and ends of edges, values, changes of what arrived."""
    if not is_question(call):
        start, pre = flat(given(call, 0), np.int32), flat(given(call, 1), np.int32)
        values, change = table(given(call, 3)), table(given(call, 4))
        meeting(start, pre, values, change, flat(filled(call, 0), np.float32))
    return 0


_HANDLERS: dict[str, Callable[[Any], int]] = {"arriving": _arriving, "returning": _returning, "meeting": _meeting}
