"""A child process that looks at what a stranger sent: how it is started, asked, listened to and ended."""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Protocol, runtime_checkable

from braincast.forecasts.submissions.child import LONGEST_TEXT

_MOST_OUTPUT = 4 << 20
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@runtime_checkable
class Child(Protocol):
    """A process as far as its parent looks at one; `subprocess.Popen` is one."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    returncode: int | None

    def kill(self) -> None:
        """End it at once."""
        ...

    def wait(self) -> int:
        """How it ended."""
        ...


class Watch:
    """Ends a child that has said nothing for too long, or that takes too long in all."""

    def __init__(self, child: Child, silence_s: float | int, in_all_s: float | int = math.inf) -> None:
        self._child, self._silence_s, self.expired = child, silence_s, ""
        self._heard_s = self._began_s = time.monotonic()
        self._in_all_s, self._over = in_all_s, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def restart(self) -> None:
        """Wait from now on."""
        self._heard_s = time.monotonic()

    def _watch(self) -> None:
        while (left_s := min(ends := self._ends()) - time.monotonic()) > 0:
            if self._over.wait(left_s):
                return
        silent = ends[0] <= ends[1]
        self.expired = f"it said nothing for {self._silence_s:g} s" if silent else f"it took {self._in_all_s:g} s"
        self._child.kill()

    def _ends(self) -> tuple[float, float]:
        return self._heard_s + self._silence_s, self._began_s + self._in_all_s

    def reason(self) -> str:
        """Why a child that did not come to its end, and is gone, did not."""
        return self.expired or f"it ended with status {self._child.returncode}"


@contextlib.contextmanager
def child_process(module: str, more: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A child that runs a module of this package, and ends with the block, however that ends.

    It starts where there is nothing to find or overwrite, and knows nearly nothing of this process's environment;
    `more` is added to that.
    """
    with start_child(module, more, stdin=subprocess.PIPE) as child:
        try:
            yield child
        finally:
            child.kill()


def start_child(module: str, more: Mapping[str, str] | None = None, *, stdin: Any) -> subprocess.Popen[bytes]:
    """The same, to be ended by whoever starts it, with a file or socket as its standard input."""
    return subprocess.Popen(
        [sys.executable, "-P", "-B", "-X", "utf8", "-m", module],
        stdin=stdin,
        stdout=subprocess.PIPE if stdin == subprocess.PIPE else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_environment() | dict(more or {}),
        cwd=Path(sys.executable).anchor,
    )


def ask(child: Child, request: dict[str, Any]) -> None:
    """Send the request. A child that died before it read it is noticed by what it does not say."""
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError), child.stdin as stream:
            stream.write(json.dumps(request).encode())


def lines_of(child: Child) -> Iterator[object]:
    """The child's lines as JSON, until it ends or has said more than it may; what is no JSON is a ValueError."""
    left = _MOST_OUTPUT
    while child.stdout is not None and left > 0 and (text := child.stdout.readline(left)):
        left -= len(text)
        yield json.loads(text)


def printable(text: str) -> str:
    """What a child said, on one line and not too long."""
    one_line = " ".join(text[:LONGEST_TEXT].split())
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in one_line)


def _environment() -> dict[str, str]:
    """Nearly nothing: where this package is, and one thread."""
    home = Path(__file__).parents[3]
    given = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if Path(folder).is_absolute()]
    folders = given if home.name.endswith("-packages") else [str(home), *given]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    return kept | threads | {"PYTHONPATH": os.pathsep.join(folders)}
