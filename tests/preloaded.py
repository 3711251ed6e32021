"""The command `braincast` in processes that start quickly: each is forked from one that has loaded others' packages.

Python, numpy, pandas, zarr, numba and JAX take seconds to load, and most tests of the command line are about a
message or a document. What is forked has loaded nothing of braincast, and has streams, an environment, a session and
an exit code of its own. It shares the seed of string hashes with its siblings.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

# What commands that fit and score load; loading JAX starts no thread of it.
_PACKAGES = (
    *("diffrax", "equinox", "h5py", "jax", "jinja2", "numba", "optax", "pandas", "pooch", "pyarrow.parquet"),
    *("pydantic", "rich.console", "scipy.linalg", "scipy.signal", "scipy.sparse.csgraph", "scipy.stats", "typer"),
    *("xarray", "zarr"),
)
_READ_LATE = ("BRAINCAST_", "MADE_", "TMPDIR")  # what nothing reads before braincast runs
_MESSAGE = 1 << 17


def can_fork(changes: Mapping[str, str]) -> bool:
    """Whether a forked process obeys these variables: what Python or a package reads as it starts comes too late."""
    return sys.platform == "linux" and all(name.startswith(_READ_LATE) for name in changes)


def run(
    words: Sequence[str], environment: Mapping[str, str], *, one_core: bool, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Run `braincast` to its end; after `timeout_s` it is killed and `subprocess.TimeoutExpired` raised."""
    channel = _server(one_core)
    channel.settimeout(None)
    request = {"words": words, "environment": dict(environment), "folder": str(Path.cwd())}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        socket.send_fds(channel, [json.dumps(request).encode()], [out.fileno(), err.fileno()])
        process_id = int(channel.recv(_MESSAGE))
        channel.settimeout(timeout_s)
        try:
            code = int(channel.recv(_MESSAGE))
        except TimeoutError:
            channel.settimeout(None)
            os.killpg(process_id, signal.SIGKILL)
            channel.recv(_MESSAGE)
            raise subprocess.TimeoutExpired(["braincast", *words], timeout_s) from None
        return subprocess.CompletedProcess(["braincast", *words], code, _text(out), _text(err))


def _text(stream) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8").replace("\r\n", "\n")


@cache
def _server(one_core: bool) -> socket.socket:
    """The other end of a process that forks on demand; it ends with this one."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, __file__, str(there.fileno()), str(min(os.sched_getaffinity(0))) if one_core else ""]
    process = subprocess.Popen(
        command,
        pass_fds=[there.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    there.close()
    atexit.register(process.wait)
    atexit.register(here.close)
    return here


def _serve(channel: socket.socket) -> None:
    """Fork for each request and tell how that ended; returns in what was forked, which then is to run the command."""
    for name in _PACKAGES:
        importlib.import_module(name)
    gc.freeze()
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, _MESSAGE, 2)
        if not message:
            sys.exit()
        process_id = os.fork()
        if process_id == 0:
            channel.close()
            return _become(json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        channel.send(str(process_id).encode())
        channel.send(str(os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1])).encode())


def _become(request: dict, descriptors: Sequence[int]) -> None:
    os.setsid()
    for number, descriptor in enumerate(descriptors, start=1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.path[:1] = ["", *request["environment"].get("PYTHONPATH", "").split(os.pathsep)]
    sys.argv[1:] = request["words"]


if __name__ == "__main__":
    if sys.argv[2]:
        os.sched_setaffinity(0, {int(sys.argv[2])})
    _serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module("braincast", run_name="__main__", alter_sys=True)
