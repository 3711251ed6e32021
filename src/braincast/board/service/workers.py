"""Scoring beside the service: one process that scores what waits, started again when it ends."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_END_S = 10.0
_log = logging.getLogger("braincast.board")


class Workers:
    """`braincast board score BOARD --workers N --stay` for as long as the block lasts; nothing for 0."""

    def __init__(self, board: Path, number: int) -> None:
        words = ["board", "score", str(board), "--workers", str(number), "--stay", "--with-parent", "--quiet", "--json"]
        self._command = [sys.executable, "-m", "braincast", *words]
        self._number = number
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="workers", daemon=True)

    def __enter__(self) -> Workers:
        if self._number:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._number:
            self._thread.join()

    def _keep(self) -> None:
        pause_s = _PAUSE_S
        while not self._over.is_set():
            with subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
                while process.poll() is None and not self._over.wait(0.2):
                    pass
                _end(process)
            if not self._over.is_set():
                _log.warning("the workers ended with status %s; they start again", process.returncode)
                self._over.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and after a while make it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
