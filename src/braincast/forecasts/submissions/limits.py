"""What a process that reads a stranger's files may use. On Windows, which has no such limits, nothing is set here."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

from braincast.forecasts.submissions.sockets import forbid_networks

if sys.platform != "win32":
    import resource

LARGEST_MEMORY = 512 << 20
MOST_OPEN_FILES = 64
CPU_S = 10
_PARENT_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38  # <linux/prctl.h>


def confine(
    *,
    memory: int = LARGEST_MEMORY,
    open_files: int = MOST_OPEN_FILES,
    file_bytes: int = 0,
    cpu_s: int = CPU_S,
) -> None:
    """Limit this process: addresses, open files, bytes of a file that it writes, seconds of CPU time; no core.

    On Linux it also ends with its parent, gains no privileges by running a program, and opens no socket to a network.
    macOS does not limit addresses.
    """
    if sys.platform == "win32":
        return
    _lower(resource.RLIMIT_FSIZE, file_bytes)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, open_files)
    allow_cpu(cpu_s)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_AS, memory)
        end_with_parent()
        control = ctypes.CDLL(None).prctl
        control(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        forbid_networks()


def end_with_parent(parent: int | None = None) -> None:
    """On Linux, let this process be killed when its parent ends, however that ends; at once if `parent` has already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if parent not in (None, os.getppid()):
            os.kill(os.getpid(), signal.SIGKILL)


def allow_cpu(seconds: int) -> None:
    """End this process after so many more seconds of CPU time, unless more are allowed before."""
    if sys.platform != "win32":
        used = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (_least(int(used.ru_utime + used.ru_stime) + seconds, hard), hard))


def peak_bytes() -> int | None:
    """Most memory that this process has held at once; None where the system does not tell.

    On Linux not from getrusage: its peak survives exec, and so would be that of the parent.
    """
    status = Path("/proc/self/status")
    if sys.platform == "linux" and status.exists():
        found = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(found[0].split()[1]) << 10 if found else None
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return None


def _lower(kind: int, most: int) -> None:
    """Set a limit for good, unless a lower one holds already."""
    limit = _least(most, resource.getrlimit(kind)[1])
    resource.setrlimit(kind, (limit, limit))


def _least(most: int, hard: int) -> int:
    return most if hard == resource.RLIM_INFINITY else min(most, hard)
