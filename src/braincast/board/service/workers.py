"""Scoring beside the service: processes that score what waits, and end when the service does, however that ends."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_END_S = 10.0
_log = logging.getLogger("braincast.board")


class Workers:
    """So many of `braincast board score BOARD --stay` for as long as the block lasts; each is replaced when it ends."""

    def __init__(self, board: Path, number: int) -> None:
        words = ["board", "score", str(board), "--stay", "--with-parent", str(os.getpid()), "--quiet", "--json"]
        self._command = [sys.executable, "-P", "-m", "braincast", *words]
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._keep, name=f"worker-{place}") for place in range(number)]

    def __enter__(self) -> Workers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _keep(self) -> None:
        pause_s = _PAUSE_S
        while not self._over.is_set():
            began_s = time.monotonic()
            with subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
                while process.poll() is None and not self._over.wait(0.2):
                    pass
                _end(process)
            if not self._over.is_set():
                _log.warning("a worker ended with status %s; another one starts", process.returncode)
                lasted = time.monotonic() - began_s > _LONGEST_PAUSE_S
                pause_s = _PAUSE_S if lasted else min(2 * pause_s, _LONGEST_PAUSE_S)
                self._over.wait(pause_s)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and after a while make it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
