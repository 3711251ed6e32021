"""Scoring processes that start quickly: each is forked from one that has loaded packages, and has seen no submission.

Python, numpy, scipy, zarr and numba take seconds to load, scoring a small task less than one. The process that loads
them (`python -m braincast.board.judging.nursery`) knows nearly nothing of its parent's environment, opens nothing of a
board, and only forks. What is forked hears of its entry through pipes of its own, so that no entry hears of another.
Where processes are not forked safely (Windows, macOS) each starts from the beginning.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import IO

from braincast.forecasts.submissions.process import Child, child_process, start_child

CAN_FORK = sys.platform == "linux"
_HERE, _CHILD = "braincast.board.judging.nursery", "braincast.board.judging.child"
# What scoring a task of any kind loads; nothing of it reads anything yet.
_LOADED = (
    "braincast.board.judging.figures",
    "braincast.datasets.registry",
    "braincast.scoring.forecasting.calibration",
    "h5py",
    "scipy.signal",
    "scipy.stats",
)
# Where compiled code is kept.
_KEPT = ("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR")
_GRACE_S = 2.0
_SIZE = 4


class Nursery:
    """Where scoring processes come from, one at a time. It starts with the first, and anew after one was killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def child(self, environment: Mapping[str, str]) -> Iterator[Child]:
        """A scoring process, which ends with the block; `environment` is added to what it knows."""
        if not CAN_FORK:
            with child_process(_CHILD, {**_kept(), **environment}) as child:
                yield child
            return
        with contextlib.closing(self._forked(environment)) as forked:
            yield forked

    def close(self) -> None:
        """End all that was started: what was forked ends with the process that it came from."""
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._channel = None

    def status(self) -> int | None:
        """How the process that was forked last ended; None where it does not end, or nobody is left to tell."""
        if self._channel is None:
            return None
        self._channel.settimeout(_GRACE_S)
        try:
            told = self._channel.recv(_SIZE)
        except OSError:  # also where it takes too long
            return None
        return int.from_bytes(told, "big", signed=True) if len(told) == _SIZE else None

    def _forked(self, environment: Mapping[str, str]) -> _Forked:
        told = json.dumps(dict(environment)).encode()
        theirs_in, own_out = os.pipe()
        own_in, theirs_out = os.pipe()
        forked = _Forked(self, os.fdopen(own_out, "wb"), os.fdopen(own_in, "rb"))
        try:
            channel = self._opened()
            socket.send_fds(channel, [len(told).to_bytes(_SIZE, "big")], [theirs_in, theirs_out])
            channel.sendall(told)
        except OSError:
            self.close()  # that it does not answer is told as of any child
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        return forked

    def _opened(self) -> socket.socket:
        """The channel to the process that forks, which is started if there is none."""
        if self._channel is None or self._process is None or self._process.poll() is not None:
            self.close()
            self._channel, theirs = socket.socketpair()
            with theirs:
                self._process = start_child(_HERE, _kept(), stdin=theirs)
        self._channel.settimeout(None)
        return self._channel


class _Forked:
    """A forked process, as far as its parent looks at one."""

    def __init__(self, nursery: Nursery, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._nursery, self._streams = nursery, (stdin, stdout)
        self.stdin: IO[bytes] | None = stdin
        self.stdout: IO[bytes] | None = stdout
        self.returncode: int | None = None

    def kill(self) -> None:
        """End it, unless it has ended; with it the process that it came from, so that nothing of it stays."""
        if self.returncode is None:
            status = self._nursery.status()
            self.returncode = -signal.SIGKILL if status is None else status
            if status is None:
                self._nursery.close()

    def wait(self) -> int:
        """How it ended."""
        self.kill()
        return self.returncode or 0

    def close(self) -> None:
        """End it and let its streams go."""
        self.kill()
        for stream in self._streams:
            with contextlib.suppress(OSError):  # what was not sent before it ended
                stream.close()


def _kept() -> dict[str, str]:
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


def main() -> None:
    """Load what scoring needs, then fork whenever standard input, a socket, asks for it."""
    from braincast.forecasts.submissions.limits import end_with_parent

    end_with_parent()
    for name in _LOADED:
        importlib.import_module(name)
    gc.freeze()
    channel = socket.socket(fileno=os.dup(0))
    while True:
        head, pipes, *_ = socket.recv_fds(channel, _SIZE, 2)
        if len(head) < _SIZE:
            return
        told = channel.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
        process = os.fork()
        if process == 0:
            _be_child(json.loads(told), channel, pipes)
        for pipe in pipes:
            os.close(pipe)
        _, status = os.waitpid(process, 0)
        channel.sendall(os.waitstatus_to_exitcode(status).to_bytes(_SIZE, "big", signed=True))


def _be_child(environment: dict[str, str], channel: socket.socket, pipes: list[int]) -> None:
    """Score what the first pipe asks for, say so on the second, and never return."""
    from braincast.board.judging import child

    try:
        channel.close()
        for place, pipe in enumerate(pipes):
            os.dup2(pipe, place)
            os.close(pipe)
        os.environ.update(environment)
        child.main()
    except BaseException:  # noqa: BLE001  what went wrong is told by how it ended
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
