"""The queue of a board: who scores which entry, so that none is lost and none is scored twice.

A worker holds a job for `lease_s` and holds it on while it is at work. What a worker that was killed held is free again
when that time is over. What came of a job is written in one transaction, by whoever holds it then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from braincast.board.audit import audit
from braincast.board.board import Board, as_stamp
from braincast.board.schema import EntryRow, JobRow
from braincast.errors import BraincastError
from braincast.files import canonical_json

# A job whose workers keep dying is given up, so that it does not take the others with it.
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Claim:
    """A job that a worker holds."""

    job: int
    entry: int
    worker: str


def claim(board: Board, worker: str) -> Claim | None:
    """The oldest job that nobody holds; None where there is none."""
    now = board.stamp()
    free = or_(JobRow.lease_until.is_(None), JobRow.lease_until < now)
    oldest = select(JobRow.id).where(free).order_by(JobRow.id).limit(1).with_for_update(skip_locked=True)
    taken = {"worker": worker, "lease_until": _lease(board), "attempts": JobRow.attempts + 1}
    chosen = update(JobRow).where(JobRow.id == oldest.scalar_subquery()).values(taken)
    with board.writing() as session:
        found = session.execute(chosen.returning(JobRow.id, JobRow.entry_id, JobRow.attempts)).first()
        if found is None:
            return None
        job, number, attempts = found
        entry = session.get_one(EntryRow, number)
        if attempts <= MOST_ATTEMPTS:
            entry.status = "scoring"
            return Claim(job, number, worker)
        what = f"scoring was begun {MOST_ATTEMPTS} times and never ended"
        fail(session, board, entry, [BraincastError("E808", f"entry {number}", what, "Look at the workers' machine")])
        session.execute(delete(JobRow).where(JobRow.id == job))
    return claim(board, worker)


def hold_on(board: Board, held: Claim) -> bool:
    """Hold a job for longer; False where another worker has it by now."""
    own = update(JobRow).where(JobRow.id == held.job, JobRow.worker == held.worker)
    with board.writing() as session:
        found = session.execute(own.values(lease_until=_lease(board)).returning(JobRow.id)).first()
    return found is not None


@contextmanager
def ending(board: Board, held: Claim) -> Iterator[tuple[Session, EntryRow] | None]:
    """The transaction in which a job ends: its entry, to be changed by whoever still holds it; None for others."""
    with board.writing() as session:
        job = session.get(JobRow, held.job, with_for_update=True)
        if job is None or (job.worker, job.entry_id) != (held.worker, held.entry):
            yield None
            return
        yield session, session.get_one(EntryRow, held.entry)
        session.delete(job)


def let_go(board: Board, held: Claim) -> None:
    """Give a job back, to be taken at once; it does not count as an attempt."""
    _give_back(board, held, None)


def put_off(board: Board, held: Claim) -> None:
    """Give a job back, to be taken after a while; it does not count as an attempt."""
    _give_back(board, held, _lease(board))


def _give_back(board: Board, held: Claim, free_at: str | None) -> None:
    own = update(JobRow).where(JobRow.id == held.job, JobRow.worker == held.worker)
    free = {"worker": None, "lease_until": free_at, "attempts": JobRow.attempts - 1}
    with board.writing() as session:
        if session.execute(own.values(free).returning(JobRow.id)).first() is not None:
            session.get_one(EntryRow, held.entry).status = "queued"


def refuse(session: Session, board: Board, entry: EntryRow, problems: list[BraincastError]) -> None:
    """An entry that is no valid answer, and why."""
    entry.status, entry.problems = "refused", _plain(problems)
    audit(session, board, "scorer", "refuse", f"entry {entry.id}", codes=sorted({p.code for p in problems}))


def fail(session: Session, board: Board, entry: EntryRow, problems: list[BraincastError]) -> None:
    """An entry that could not be scored, and why: no fault of its author that anybody knows of."""
    entry.status, entry.problems = "failed", _plain(problems)
    audit(session, board, "scorer", "fail", f"entry {entry.id}", codes=[p.code for p in problems])


def requeue(session: Session, board: Board, entry: EntryRow) -> None:
    """Queue an entry again, unless it waits already."""
    if session.scalar(select(JobRow).where(JobRow.entry_id == entry.id)) is None:
        session.add(JobRow(entry=entry, queued_at=board.stamp()))
        entry.status = "queued"


def waiting(session: Session) -> tuple[int, str | None]:
    """How many jobs there are, and since when the oldest waits."""
    n, oldest = session.execute(select(func.count(JobRow.id), func.min(JobRow.queued_at))).one()
    return n, oldest


def _lease(board: Board) -> str:
    return as_stamp(board.now() + timedelta(seconds=board.settings.scoring.lease_s))


def _plain(problems: list[BraincastError]) -> str:
    return canonical_json([problem.to_dict() for problem in problems])
