"""No network for a process: on Linux the kernel refuses every socket but those between processes of this machine.

A filter of system calls (seccomp, https://docs.kernel.org/userspace-api/seccomp_filter.html) needs no privileges and
holds for every thread and child, for good. It knows x86-64 and 64-bit ARM; elsewhere nothing is forbidden here.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from typing import NamedTuple


class _Machine(NamedTuple):
    """How the kernel numbers things: <linux/audit.h> and <asm/unistd.h>."""

    audit: int
    seccomp: int
    socket: int


_MACHINES = {"x86_64": _Machine(0xC000003E, 317, 41), "aarch64": _Machine(0xC00000B7, 277, 198)}
# Rings take orders for sockets, too: io_uring_setup, the same number everywhere.
_RING = 425
_SET_FILTER, _ALL_THREADS = 1, 1
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
# Offsets in struct seccomp_data, and the family of sockets between processes of a machine.
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _UNIX = 0, 4, 16, 1
# Instructions of a filter: load a word, jump where equal or not less, return.
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
# Numbers of x86's other way to call (x32) begin here; nothing calls so.
_OTHER_CALLS = 0x40000000


def forbid_networks() -> bool:
    """Refuse (EPERM) sockets to networks from now on; whether the kernel does. To be called without new privileges."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    program = b"".join(_program(machine))
    buffer = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    call = ctypes.CDLL(None, use_errno=True).syscall
    arguments = (machine.seccomp, _SET_FILTER, _ALL_THREADS, described)
    return call(*arguments) == 0


def _program(machine: _Machine) -> list[bytes]:
    """Every jump says how many instructions are left out where it holds, and where it does not."""
    refuse = 9
    return [
        _step(_LOAD, 0, 0, _ARCHITECTURE),
        _step(_EQUAL, 0, refuse - 2, machine.audit),
        _step(_LOAD, 0, 0, _NUMBER),
        _step(_AT_LEAST, refuse - 4, 0, _OTHER_CALLS),
        _step(_EQUAL, refuse - 5, 0, _RING),
        _step(_EQUAL, 0, 2, machine.socket),
        _step(_LOAD, 0, 0, _FIRST_ARGUMENT),
        _step(_EQUAL, 0, 1, _UNIX),
        _step(_RETURN, 0, 0, _ALLOW),
        _step(_RETURN, 0, 0, _REFUSE),
    ]


def _step(code: int, if_so: int, if_not: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_so, if_not, value)
