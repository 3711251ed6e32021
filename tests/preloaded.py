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
from contextlib import suppress
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


class Started:
    """A command that was forked, asked and killed as a `subprocess.Popen` is; its own group's first process."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], *, one_core: bool) -> None:
        self.args, self.returncode = ["braincast", *words], None
        self._out, self._err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - till they are read
        self._watcher, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = {"words": words, "environment": dict(environment), "folder": str(Path.cwd())}
        with there:
            streams = [self._out.fileno(), self._err.fileno(), there.fileno()]
            socket.send_fds(_server(one_core), [json.dumps(request).encode()], streams)
        self.pid = int(self._watcher.recv(_MESSAGE))

    def poll(self) -> int | None:
        """The exit code, if it has ended."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(timeout=0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; after `timeout` seconds, `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            self._watcher.settimeout(timeout)
            try:
                self.returncode = int(self._watcher.recv(_MESSAGE))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0) from None
            self._watcher.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait, and then both streams."""
        self.wait(timeout)
        with self._out as out, self._err as err:
            return _text(out), _text(err)

    def send_signal(self, number: int) -> None:
        """To this process alone, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run(
    words: Sequence[str], environment: Mapping[str, str], *, one_core: bool, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Run `braincast` to its end; after `timeout_s` it is killed and `subprocess.TimeoutExpired` raised."""
    process = Started(words, environment, one_core=one_core)
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return subprocess.CompletedProcess(process.args, process.wait(), *process.communicate())


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
    """Fork for each request; returns in what was forked, which then is to run the command."""
    for name in _PACKAGES:
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who watch
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, _MESSAGE, 3)
        if not message:
            sys.exit()
        if os.fork() == 0:
            channel.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return _watched(json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _watched(request: dict, descriptors: Sequence[int]) -> None:
    """Fork what runs the command, tell who that is and how it ended; returns in what was forked."""
    *streams, asking = descriptors
    process_id = os.fork()
    if process_id == 0:
        os.close(asking)
        return _become(request, streams)
    os.setsid()
    for stream in streams:
        os.close(stream)
    with socket.socket(fileno=asking) as channel:
        channel.send(str(process_id).encode())
        code = os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1])
        with suppress(ConnectionError):  # nobody asks any more
            channel.send(str(code).encode())
    os._exit(0)


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
