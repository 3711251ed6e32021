"""Loops in numba that XLA calls inside compiled programs on a CPU, without Python and without copies.

XLA tells a function where its arrays lie in structures of its foreign function interface (xla/ffi/api/c_api.h, version
0.3, https://openxla.org/xla/custom_call); the places of their fields are the numbers below.

A handler is a function of one address. It answers 0, and does nothing but that if `is_question` says so:

    @no_type_check
    def _doubled(call):
        if not is_question(call):
            out = flat(filled(call, 0), np.float32)
            ...
        return 0
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, no_type_check

import jax
import numpy as np
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import carray

_VERSION = (0, 3)
# In words of 8 bytes. Of a call: its extension, the arrays given, those to be filled. Of an array: where it lies, how
# many axes it has, its shape. Of the extension by which XLA asks for the version: what it holds, and there the numbers.
_EXTENSION, _GIVEN, _FILLED = 1, 9, 14
_DATA, _RANK, _SHAPE = 3, 4, 5
_HELD, _ANSWER = 3, 3
_KEPT: list[Any] = []  # what XLA may still call


def registered(name: str, handler: Callable[[Any], int]) -> bool:
    """Whether XLA knows a handler by this name from now on; False where it cannot call it."""
    try:
        jax.ffi.register_ffi_target(name, _capsule(handler), platform="cpu")
    except Exception:  # noqa: BLE001 - another XLA, another refusal; what XLA itself does takes longer, but is there
        return False
    return True


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
def is_question(call):
    """Whether XLA only asks which version this is written for; then it is told."""
    extension = _words(call, 2)[_EXTENSION]
    if extension == 0:
        return False
    _words(_words(extension, 4)[_HELD], 4)[_ANSWER] = _VERSION[0] + (_VERSION[1] << 32)
    return True


@njit(cache=True)
@no_type_check
def given(call, number):
    """A description of one of the arrays given."""
    return _words(_words(_words(call, 16)[_GIVEN], number + 1)[number], 6)


@njit(cache=True)
@no_type_check
def filled(call, number):
    """A description of one of the arrays to be filled."""
    return _words(_words(_words(call, 16)[_FILLED], number + 1)[number], 6)


@njit(cache=True)
@no_type_check
def length(array, axis):
    """How long an axis is."""
    return _words(array[_SHAPE], axis + 1)[axis]


@njit(cache=True)
@no_type_check
def flat(array, number_type):
    """The numbers of an array, in order."""
    n = 1
    for axis in range(array[_RANK] & 0xFFFFFFFF):
        n *= length(array, axis)
    return carray(_pointer(array[_DATA]), n, number_type)


@njit(cache=True)
@no_type_check
def table(array):
    """An array of two axes, in float32."""
    return carray(_pointer(array[_DATA]), (length(array, 0), length(array, 1)), np.float32)


def _capsule(handler: Callable[[Any], int]) -> Any:
    """A function's address, as Python hands it on."""
    compiled = cfunc(types.intp(types.intp), cache=True)(handler)
    _KEPT.append(compiled)
    make = ctypes.pythonapi.PyCapsule_New
    make.restype, make.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return make(compiled.address, None, None)
