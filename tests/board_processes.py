"""The processes of a board as its host starts them, and what may happen to these: killed, locked out."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_END_S = 20.0


def begun(*words: object, **environment: str) -> subprocess.Popen[str]:
    """`braincast` with these words, in a process group of its own; what it says on standard error comes through."""
    return subprocess.Popen(
        [sys.executable, "-m", "braincast", *map(str, words)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def worker(board: Path, *words: str) -> subprocess.Popen[str]:
    """A worker that waits for entries."""
    return begun("board", "score", board, "--stay", "--quiet", "--json", *words)


def ended(process: subprocess.Popen[str]) -> int:
    """The exit status of a process that ends by itself."""
    process.communicate()
    return process.returncode


def killed(process: subprocess.Popen[str]) -> None:
    """SIGKILL for a process and all that it started in its group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(_END_S)
    if process.stdout is not None:
        process.stdout.close()


class Service:
    """`braincast serve` without workers, at the address that it got when it first started."""

    def __init__(self, board: Path) -> None:
        self._board, self._port = board, 0
        self.start()

    def start(self) -> None:
        """Begin, and wait until requests are answered."""
        self.process = begun("serve", self._board, "--port", self._port, "--workers", 0, "--json")
        assert self.process.stdout is not None
        self.url = str(json.loads(self.process.stdout.readline())["url"])
        self._port = int(self.url.rsplit(":", 1)[-1])

    def kill(self) -> None:
        """As the kernel does it when memory is short."""
        killed(self.process)


@contextmanager
def locked(board: Path) -> Iterator[None]:
    """A block in which somebody else holds the right to write the board's database."""
    connection = sqlite3.connect(board / "board.db", isolation_level=None, timeout=60, check_same_thread=False)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()
