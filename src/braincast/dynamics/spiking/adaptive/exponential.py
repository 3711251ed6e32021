"""The exponential function without a branch or a call, so that a loop over cells computes several at once."""

from __future__ import annotations

from math import factorial, log
from typing import no_type_check

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

# 1.5 · 2^52: added to a number it leaves the nearest whole one in the lowest bits.
_NEAREST = 6755399441055744.0
_PER_LN2 = 1 / log(2)
# ln 2 in two parts, of which the first has few bits, so that whole multiples of it are exact (Cody & Waite 1980).
_LN2_HIGH, _LN2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6
_C = [1 / factorial(k) for k in range(14)]  # of the Taylor series, whose next term is below 1e-17 within ± ln 2 / 2
_C0, _C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13 = _C


@intrinsic
@no_type_check
def _bits(context, number):
    def generated(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generated


@intrinsic
@no_type_check
def _number(context, bits):
    def generated(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generated


@njit(nogil=True, inline="always")
@no_type_check
def exponential(x):
    """e^x within two units of the last place, for x between -700 and 700; below, as at -700."""
    x = x if x > -700.0 else -700.0
    shifted = x * _PER_LN2 + _NEAREST
    whole = shifted - _NEAREST
    r = (x - whole * _LN2_HIGH) - whole * _LN2_LOW
    p = ((((((_C13 * r + _C12) * r + _C11) * r + _C10) * r + _C9) * r + _C8) * r + _C7) * r + _C6
    p = (((((p * r + _C5) * r + _C4) * r + _C3) * r + _C2) * r + _C1) * r + _C0
    return p * _number((_bits(shifted) + 1023) << 52)
