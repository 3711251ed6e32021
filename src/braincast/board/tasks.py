"""The tasks of a board: declared in its database, so that a board does not depend on what a machine knows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from braincast.board.audit import audit
from braincast.board.board import Board
from braincast.board.schema import TaskRow
from braincast.errors import BraincastError, unknown_name
from braincast.files import canonical_json, replacing
from braincast.tasks.kinds import AnyCard


@dataclass(frozen=True)
class Hidden:
    """A truth that only the board has: a file, and the hash that binds scores to what it says."""

    path: Path
    hash: str


def add_task(
    board: Board,
    card: AnyCard,
    dataset: dict[str, Any],
    *,
    data: Path | None = None,
    hidden: Hidden | None = None,
    anatomy: dict[str, Any] | None = None,
    priority: int | None = None,
    reason: str = "",
    then: Callable[[Session, TaskRow], object] = lambda session, row: None,
) -> None:
    """Ask a task on a board. `dataset` is its card, `data` where workers find it, `anatomy` what may be shown of it.

    The same task again changes nothing but its priority, its reason and where its data lie; another version of it, or
    another truth, is E816. `reason` says in plain words why a task has priority. What `then` does is done in the same
    transaction: who answers a task finds its baselines there.
    """
    if hidden is not None:
        _keep_truth(board, hidden)
    row = {
        "hash": card.hash,
        "card": card.model_dump_json(),
        "dataset": canonical_json(dataset),
        "anatomy": None if anatomy is None else canonical_json(anatomy),
        "hidden": hidden is not None,
        "truth_hash": None if hidden is None else hidden.hash,
    }
    with board.writing() as session:
        found = session.scalar(select(TaskRow).where(TaskRow.name == card.name))
        if found is None:
            found = TaskRow(name=card.name, added_at=board.stamp(), **row)
            session.add(found)
        elif (found.hash, found.truth_hash) != (row["hash"], row["truth_hash"]):
            what = f"the board has version {found.hash[:12]} of it, this one is {card.hash[:12]}"
            if found.hash == card.hash:
                what = "the board holds it to another truth"
            raise BraincastError("E816", f"task {card.name}", what, "Make a board or a task of another name")
        found.data, found.priority, found.reason = None if data is None else str(data.resolve()), priority, reason
        audit(session, board, "host", "add-task", card.name, hidden=hidden is not None)
        session.flush()
        then(session, found)


def task_row(session: Session, name: str) -> TaskRow:
    """A task of the board by name, E804 for another."""
    found = session.scalar(select(TaskRow).where(TaskRow.name == name))
    if found is None:
        raise unknown_name("E804", "task on this board", name, session.scalars(select(TaskRow.name)))
    return found


def truth_path(board: Board, row: TaskRow) -> Path | None:
    """Where the hidden truth of a task lies."""
    return None if row.truth_hash is None else board.truths / f"{row.truth_hash}.npz"


def _keep_truth(board: Board, hidden: Hidden) -> None:
    """Copy a truth to where scoring processes alone look; nobody else may read it."""
    board.truths.mkdir(mode=0o700, exist_ok=True)
    with replacing(board.truths / f"{hidden.hash}.npz") as temporary:
        shutil.copyfile(hidden.path, temporary)
        temporary.chmod(0o600)
