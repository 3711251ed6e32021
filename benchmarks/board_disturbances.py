"""What happens to a board while it is used: workers and service are killed, its database is held by somebody else."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy import select

from braincast.board.board import Board
from braincast.board.schema import JobRow

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from board_processes import Service, killed, locked, worker

# Seconds between two of a kind, and how long a lock is held.
SERVICE_S, LOCK_S, HELD_S = (2.0, 15.0), (15.0, 40.0), 6.0
# A worker is killed in the midst of one of so many entries after it began, up to so many seconds into it.
N_BEGUN, INTO_S = 14, 1.5
_LOOK_S = 0.1


@dataclass
class Happened:
    """How often what happened, and what is still to be seen after it."""

    workers_killed: int = 0
    services_killed: int = 0
    locks: int = 0
    locked_s: float = 0.0
    workers_ended: int = 0
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def disturbed(board: Board, service: Service, n_workers: int, seed: int) -> Iterator[Happened]:
    """A block in which workers run, and everything is disturbed at random moments until `over` is set."""
    happened, ended = Happened(), threading.Event()
    seeds = np.random.SeedSequence(seed).spawn(2 + n_workers)
    rngs = [np.random.default_rng(each) for each in seeds]
    works: list[Callable[[], None]] = [
        lambda: _kill_service(service, happened, rngs[0]),
        lambda: _lock(board.root, happened, rngs[1]),
        *(lambda rng=rng: _keep_worker(board, happened, ended, rng) for rng in rngs[2:]),
    ]
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield happened
    finally:
        happened.over.set()
        ended.set()
        for thread in threads:
            thread.join()


def _keep_worker(board: Board, happened: Happened, ended: threading.Event, rng: np.random.Generator) -> None:
    """One worker after the other: each is killed while it scores, ends because it could not go on, or is the last."""
    while not ended.is_set():
        process, lives = worker(board.root), int(rng.integers(1, N_BEGUN, endpoint=True))
        begun: set[int] = set()
        while process.poll() is None and not ended.is_set():
            begun |= _held_by(board, process.pid)
            if len(begun) >= lives and not happened.over.is_set():
                time.sleep(rng.uniform(0, INTO_S))
                happened.workers_killed += 1
                break
            time.sleep(_LOOK_S)
        else:
            happened.workers_ended += not ended.is_set()
        killed(process)


def _held_by(board: Board, process: int) -> set[int]:
    """The jobs that a worker holds, whose name has the number of its process."""
    with board.reading() as session:
        return set(session.scalars(select(JobRow.id).where(JobRow.worker.contains(f"-{process}-"))))


def _kill_service(service: Service, happened: Happened, rng: np.random.Generator) -> None:
    while not happened.over.wait(rng.uniform(*SERVICE_S)):
        service.kill()
        happened.services_killed += 1
        time.sleep(rng.uniform(0, 2))
        service.start()


def _lock(board: Path, happened: Happened, rng: np.random.Generator) -> None:
    while not happened.over.wait(rng.uniform(*LOCK_S)):
        with locked(board):
            began_s = time.monotonic()
            happened.over.wait(HELD_S)
            happened.locked_s += time.monotonic() - began_s
        happened.locks += 1
