"""Ask the processor for memory before it is needed: most of a spike's cost is waiting for the neurons it reaches."""

from __future__ import annotations

from typing import no_type_check

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_TO_WRITE, _KEEP, _DATA = 1, 3, 1  # arguments of llvm.prefetch (LLVM language reference)


@intrinsic
@no_type_check
def prefetch(context, address):
    """Fetch the line of memory at an address; any address is allowed, and nothing else changes."""

    def generated(context, builder, signature, arguments):
        pointer, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [pointer], kind)
        place = builder.inttoptr(arguments[0], pointer)
        builder.call(function, [place, *(ir.Constant(number, value) for value in (_TO_WRITE, _KEEP, _DATA))])
        return context.get_dummy_value()

    return types.void(types.uint64), generated
