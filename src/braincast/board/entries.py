"""Entries of a board: received, described, withdrawn by their authors, hidden by moderators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from braincast.board.audit import audit
from braincast.board.board import Board
from braincast.board.schema import AuthorRow, EntryRow, JobRow, TaskRow
from braincast.board.storage import submission_name
from braincast.board.tasks import task_row
from braincast.errors import BraincastError
from braincast.files import canonical_json, sha256_of_file, write_zip
from braincast.forecasts.submissions.texts import flaw_of_text

# Baselines are fitted by whoever hosts the board, and stand for no author.
HOUSE = "braincast"
LARGEST_NUMBER = 2**31 - 1
_LONGEST_NAME = 254  # of an e-mail address, which stands for who gave no name


@dataclass(frozen=True)
class Kept:
    """A submission whose bytes the board has."""

    digest: str
    n_bytes: int


def receive(
    board: Board, task: str, path: Path, *, author: str, contact: str = "", model: str = "", **given: Any
) -> int:
    """Keep a submission (zip archive or folder) and queue it to be scored; the entry's number.

    What is in it is looked at only by whoever scores it. The same bytes of the same author are the same entry. E804 for
    an unknown task, E603 for too many bytes, E807 when no try is left on a hidden task. `given` is as in `enter`.
    """
    with _archive(board, path) as archive:
        kept = _measured(board, path, archive)
        with board.reading() as session:  # before anything is written
            known = _known(session, task_row(session, task), author, kept)
        if known is not None:
            return known
        _put(board, archive, kept)
    with board.writing() as session:
        return enter(
            session, board, task_row(session, task), kept, author=author, contact=contact, model=model, **given
        )


def keep(board: Board, path: Path) -> Kept:
    """Keep the bytes of a submission, to be entered later."""
    with _archive(board, path) as archive:
        kept = _measured(board, path, archive)
        _put(board, archive, kept)
    return kept


def enter(
    session: Session,
    board: Board,
    task: TaskRow,
    kept: Kept,
    *,
    author: str,
    contact: str = "",
    role: str = "model",
    model: str = "",
    cost: dict[str, Any] | None = None,
) -> int:
    """Make an entry of bytes that the board has, and queue it, in a transaction; the number of an old one if it is."""
    who = author_row(session, board, author, contact)  # from here on the author's entries change nowhere else
    known = _known(session, task, author, kept)
    if known is not None:
        return known
    if role == "model":
        _require_try(session, board, task, who)
    entry = EntryRow(
        task=task,
        author=who,
        role=role,
        model=model,
        submission_hash=kept.digest,
        n_bytes=kept.n_bytes,
        cost=None if cost is None else canonical_json(cost),
        submitted_at=board.stamp(),
    )
    session.add_all([entry, JobRow(entry=entry, queued_at=entry.submitted_at)])
    session.flush()
    audit(session, board, author, "submit", f"entry {entry.id}", task=task.name, sha256=kept.digest)
    return entry.id


def author_row(session: Session, board: Board, name: str, contact: str = "") -> AuthorRow:
    """The account of this name, made where there is none; held until the transaction ends.

    E607, E608 for a name that pages could not show.
    """
    named = select(AuthorRow).where(AuthorRow.name == name).with_for_update()
    found = session.scalar(named)
    if found is None:
        flaw = flaw_of_text(name, most=_LONGEST_NAME, is_name=True)
        if flaw is not None:
            raise BraincastError(flaw.code, "author", flaw.what, flaw.fix)
        with suppress(IntegrityError), session.begin_nested():  # another writer may make it at the same moment
            session.add(AuthorRow(name=name, contact=contact, created_at=board.stamp()))
        found = session.scalars(named).one()
    return found


def entry_row(session: Session, number: int) -> EntryRow:
    """An entry by its number, E804 for another."""
    found = session.get(EntryRow, number) if 0 < number <= LARGEST_NUMBER else None
    if found is None:
        raise BraincastError(
            "E804", f"entry {number}", "the board has no such entry", "braincast board export lists all"
        )
    return found


def entered(board: Board, task: str, author: str, role: str = "model") -> dict[str, int]:
    """An author's entries to a task by model."""
    own = (TaskRow.name == task, AuthorRow.name == author, EntryRow.role == role)
    with board.reading() as session:
        rows = session.execute(select(EntryRow.model, EntryRow.id).join(TaskRow).join(AuthorRow).where(*own))
        return dict(rows.tuples().all())


def tries_used(session: Session, task: TaskRow, author: AuthorRow) -> int:
    """How often an author has answered a task; what was refused was no try."""
    counted = select(func.count()).select_from(EntryRow)
    own = (EntryRow.task_id == task.id, EntryRow.author_id == author.id, EntryRow.role == "model")
    return session.scalar(counted.where(*own, EntryRow.status != "refused")) or 0


def describe(board: Board, number: int) -> dict[str, Any]:
    """What became of an entry, for its author: also the problems of one that was refused."""
    with board.reading() as session:
        row = entry_row(session, number)
        score = json.loads(row.scores[-1].document) if row.scores and row.visibility == "shown" else None
        if score is not None and row.task.hidden:
            from braincast.board.judging.rounding import rounded

            score = rounded(score)
        return {
            "id": row.id,
            "task": row.task.name,
            "author": row.author.name,
            "model": row.model,
            "status": row.status,
            "visibility": row.visibility,
            "problems": json.loads(row.problems or "[]"),
            "submitted_at": row.submitted_at,
            "score": score,
        }


def contact_of(board: Board, number: int) -> str:
    """How to reach the author of an entry: what its declaration says, or else the account."""
    with board.reading() as session:
        row = entry_row(session, number)
        return json.loads(row.declaration or "{}").get("contact", row.author.contact)


def withdraw(board: Board, number: int, *, by: str, remark: str = "") -> None:
    """Take an entry back: it is named on the board, without figures; E815 for one that is withdrawn or hidden."""
    _change(board, number, by, "withdraw", "withdrawn", ("shown",), remark)


def hide(board: Board, number: int, *, by: str, remark: str = "") -> None:
    """Leave an entry out of everything that is public; `remark` is for moderators."""
    _change(board, number, by, "hide", "hidden", ("shown",), remark)


def show(board: Board, number: int, *, by: str, remark: str = "") -> None:
    """Show an entry that was hidden."""
    _change(board, number, by, "show", "shown", ("hidden",), remark)


def _change(board: Board, number: int, by: str, action: str, wanted: str, from_: tuple[str, ...], remark: str) -> None:
    with board.writing() as session:
        row = entry_row(session, number)
        if row.role == "baseline":
            what = "it is a baseline, beside which the other entries of its task are scored"
            raise BraincastError("E815", f"entry {number}", what, "Baselines stay as long as their task")
        if row.visibility not in from_:
            what, fix = f"it is {row.visibility}", f"Only an entry that is {from_[0]} can be"
            raise BraincastError("E815", f"entry {number}", what, f"{fix} {wanted}")
        row.visibility, row.remark = wanted, remark
        audit(session, board, by, action, f"entry {number}", remark=remark)


def _measured(board: Board, path: Path, archive: Path) -> Kept:
    size = archive.stat().st_size
    if size > board.settings.largest_bytes:
        what = f"{size:,} bytes, of at most {board.settings.largest_bytes:,}"
        raise BraincastError("E603", str(path), what, "Write float32, or chunks that compress better")
    return Kept(sha256_of_file(archive), size)


def _put(board: Board, archive: Path, kept: Kept) -> None:
    if not board.files.exists(submission_name(kept.digest)):
        board.files.put(archive, submission_name(kept.digest))


def _known(session: Session, task: TaskRow, author: str, kept: Kept) -> int | None:
    same = (EntryRow.task_id == task.id, EntryRow.submission_hash == kept.digest, AuthorRow.name == author)
    return session.scalar(select(EntryRow.id).join(AuthorRow).where(*same))


def _require_try(session: Session, board: Board, task: TaskRow, author: AuthorRow) -> None:
    used, most = tries_used(session, task, author), board.settings.tries
    if task.hidden and used >= most:
        what = f"{author.name} has used all {most} tries"
        raise BraincastError("E807", f"task {task.name}", what, "Choose on validation data, before a try is spent")


@contextmanager
def _archive(board: Board, path: Path) -> Iterator[Path]:
    """The submission as one file."""
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise BraincastError("E601", str(path), "there is no such file or folder", "Check the path")
    for file in path.rglob("*"):
        if file.is_symlink():
            raise BraincastError("E213", str(file), "a link would bring in another file", "Put the file itself there")
    with board.scratch() as scratch:
        write_zip(path, scratch / "submission.zip")
        yield scratch / "submission.zip"
