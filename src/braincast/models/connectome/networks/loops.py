"""Sums over edges as plain loops that XLA calls inside compiled programs on a CPU, without Python and copies.

For float32 and a few vectors at once: [batch, neuron] in, [batch, neuron] out.

XLA tells a function where its arrays lie in structures of its foreign function interface (xla/ffi/api/c_api.h, version
0.3, https://openxla.org/xla/custom_call); the places of their fields are the numbers below.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, no_type_check

import jax
import numpy as np
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import carray

_VERSION = (0, 3)
# In words of 8 bytes. Of a call: its extension, the arrays given, those to be filled. Of an array: where it lies, its
# shape. Of the extension by which XLA asks for the version: what it holds, and there the two numbers.
_EXTENSION, _GIVEN, _FILLED = 1, 9, 14
_DATA, _SHAPE = 3, 5
_HELD, _ANSWER = 3, 3
# Vectors at once, filled up with 0: their values at one neuron lie side by side, as many as a CPU adds at once.
_TOGETHER = 8
_FEW = 6  # fewer vectors are quicker one by one


@cache
def target(loop: str) -> str | None:
    """The name under which XLA knows "arriving", "returning" or "meeting"; None where it cannot call it."""
    name = f"braincast_{loop}"
    try:
        jax.ffi.register_ffi_target(name, _capsule(_HANDLERS[loop]), platform="cpu")
    except Exception:  # noqa: BLE001 - another XLA, another refusal; what XLA itself does takes longer, but is there
        return None
    return name


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


@intrinsic
@no_type_check
def _pointer(context, place):
    """An address as a pointer."""

    def generated(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(place), generated


@njit(cache=True)
@no_type_check
def _words(place, n):
    """Words of 8 bytes at an address."""
    return carray(_pointer(place), n, np.int64)


@njit(cache=True)
@no_type_check
def _is_question(call):
    """Whether XLA only asks which version this is written for; then it is told."""
    extension = _words(call, 2)[_EXTENSION]
    if extension == 0:
        return False
    _words(_words(extension, 4)[_HELD], 4)[_ANSWER] = _VERSION[0] + (_VERSION[1] << 32)
    return True


@njit(cache=True)
@no_type_check
def _given(call, number):
    """A description of one of the arrays given."""
    return _words(_words(_words(call, 16)[_GIVEN], number + 1)[number], 6)


@njit(cache=True)
@no_type_check
def _filled(call):
    """A description of the array to be filled."""
    return _words(_words(_words(call, 16)[_FILLED], 1)[0], 6)


@njit(cache=True)
@no_type_check
def _length(array, axis):
    return _words(array[_SHAPE], axis + 1)[axis]


@njit(cache=True)
@no_type_check
def _of_edges(array, number_type):
    return carray(_pointer(array[_DATA]), _length(array, 0), number_type)


@njit(cache=True)
@no_type_check
def _vectors(array):
    return carray(_pointer(array[_DATA]), (_length(array, 0), _length(array, 1)), np.float32)


@no_type_check
def _arriving(call):
    """Given: starts, beginnings, ends and weights of edges, values."""
    if not _is_question(call):
        start, pre = _of_edges(_given(call, 0), np.int32), _of_edges(_given(call, 1), np.int32)
        weight, values = _of_edges(_given(call, 3), np.float32), _vectors(_given(call, 4))
        arriving(start, pre, weight, values, _vectors(_filled(call)))
    return 0


@no_type_check
def _returning(call):
    """Given: starts, beginnings, ends and weights of edges, changes of what arrived."""
    if not _is_question(call):
        start, pre = _of_edges(_given(call, 0), np.int32), _of_edges(_given(call, 1), np.int32)
        weight, change = _of_edges(_given(call, 3), np.float32), _vectors(_given(call, 4))
        returning(start, pre, weight, change, _vectors(_filled(call)))
    return 0


@no_type_check
def _meeting(call):
    """Given: starts, beginnings and ends of edges, values, changes of what arrived."""
    if not _is_question(call):
        start, pre = _of_edges(_given(call, 0), np.int32), _of_edges(_given(call, 1), np.int32)
        values, change = _vectors(_given(call, 3)), _vectors(_given(call, 4))
        meeting(start, pre, values, change, _of_edges(_filled(call), np.float32))
    return 0


_HANDLERS: dict[str, Callable[[Any], int]] = {"arriving": _arriving, "returning": _returning, "meeting": _meeting}
_KEPT: list[Any] = []  # what XLA may still call


def _capsule(handler: Callable[[Any], int]) -> Any:
    """A function's address, as Python hands it on."""
    compiled = cfunc(types.intp(types.intp), cache=True)(handler)
    _KEPT.append(compiled)
    make = ctypes.pythonapi.PyCapsule_New
    make.restype, make.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return make(compiled.address, None, None)
