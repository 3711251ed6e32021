"""Several workers at once, as processes: one that is killed takes none of the others with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

from sqlalchemy import func, select

from braincast import progress
from braincast.board.board import Board
from braincast.board.queue import waiting
from braincast.board.schema import EntryRow
from braincast.board.worker import work


def score_all(board: Board, n_workers: int, *, stay: bool = False) -> dict[str, int]:
    """Score what waits, with as many workers; how many entries of each status came of it.

    With `stay`, workers wait for more, and this one never ends by itself.
    """
    with board.reading() as session:
        n_waiting, _ = waiting(session)
    before = _statuses(board)
    others = [start_worker(board, stay=stay) for _ in range(min(n_workers, n_waiting if not stay else n_workers) - 1)]
    try:
        with progress.step("scoring", None if stay else n_waiting) as advance:
            work(board, stay=lambda: stay, done=lambda _: advance(1))
        for other in others:
            other.wait()
    finally:
        for other in others:
            other.terminate()
    after = _statuses(board)
    return {status: n for status, n in (after - before).items() if status in ("scored", "refused", "failed")}


def start_worker(board: Board, *, stay: bool) -> subprocess.Popen[bytes]:
    """A worker as a process of its own."""
    own = ["--with-parent", str(os.getpid()), *(["--stay"] if stay else [])]
    words = ["board", "score", str(board.root), "--quiet", "--json", *own]
    return subprocess.Popen([sys.executable, "-P", "-m", "braincast", *words], stdout=subprocess.DEVNULL)


def _statuses(board: Board) -> Counter[str]:
    with board.reading() as session:
        rows = session.execute(select(EntryRow.status, func.count()).group_by(EntryRow.status))
        return Counter(dict(rows.tuples().all()))
