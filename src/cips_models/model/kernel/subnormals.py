"""Numbers too small for full precision, taken as zero while single precision is at work.

Likelihoods of single precision underflow through the subnormal numbers, below 1.2e-38.  Intel's
processors take some hundred cycles for an operation on one of them, which makes the kernel eight
times slower, unless a control register says to take them for zero.  They are far below what single
precision tells beside the largest likelihood of a respondent.  Other families of processors (ARM)
lose little or no time over them, and there nothing is done.

The register belongs to a thread, BLAS called from it included, so it is put back as it was.
"""

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

#: Bits of MXCSR (Intel 64 and IA-32 Architectures, volume 1, 10.2.3): flush results that are
#: subnormal to zero, and take operands that are for zero.
_ZERO_FOR_SUBNORMAL = 1 << 15 | 1 << 6

_X86 = llvm.get_process_triple().startswith(("x86_64", "i386", "i686", "amd64"))


@intrinsic
def subnormals_as_zero(typing: Any) -> Any:
    """Take subnormal numbers for zero; returns the state that was, for :func:`put_back`."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = ir.IntType(32)
        if not _X86:
            return word(0)
        place = builder.alloca(word)
        _call(builder, "llvm.x86.sse.stmxcsr", place)
        before = builder.load(place)
        builder.store(builder.or_(before, word(_ZERO_FOR_SUBNORMAL)), place)
        _call(builder, "llvm.x86.sse.ldmxcsr", place)
        return before

    return types.uint32(), code


@intrinsic
def put_back(typing: Any, before: Any) -> Any:
    """Treat subnormal numbers as before :func:`subnormals_as_zero`, which returned ``before``."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if _X86:
            place = builder.alloca(ir.IntType(32))
            builder.store(arguments[0], place)
            _call(builder, "llvm.x86.sse.ldmxcsr", place)
        return context.get_dummy_value()

    return types.void(types.uint32), code


def _call(builder: Any, name: str, place: Any) -> None:
    pointer = ir.IntType(8).as_pointer()
    function = builder.module.declare_intrinsic(
        name, fnty=ir.FunctionType(ir.VoidType(), [pointer])
    )
    builder.call(function, [builder.bitcast(place, pointer)])
