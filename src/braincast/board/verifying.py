"""Making scores again: to see that they are what was said (`verify`), or because the scorer changed (`rescore`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from braincast.board.audit import audit
from braincast.board.board import Board
from braincast.board.entries import entry_row
from braincast.board.judging import SCORER, Nursery
from braincast.board.queue import requeue
from braincast.board.schema import EntryRow
from braincast.board.storage import samples_name, submission_name
from braincast.board.worker import judge_entry
from braincast.errors import BraincastError
from braincast.files import canonical_json, sha256_of_file


@dataclass(frozen=True)
class Finding:
    """What making a score again showed; `differs` names what is not as it was, nothing where all is."""

    entry: int
    differs: tuple[str, ...]


def scored_entries(board: Board, numbers: Sequence[int] = ()) -> list[int]:
    """The entries that have a score: those named, or all; E815 for one that has none."""
    with board.reading() as session:
        if not numbers:
            return list(session.scalars(select(EntryRow.id).where(EntryRow.status == "scored").order_by(EntryRow.id)))
        for number in numbers:
            if not entry_row(session, number).scores:
                raise BraincastError("E815", f"entry {number}", "it has no score", "Score it: braincast board score")
        return list(numbers)


def verify(board: Board, number: int, nursery: Nursery) -> Finding:
    """Score an entry again from its stored bytes and compare every bit; nothing is changed."""
    with board.reading() as session:
        entry = entry_row(session, number)
        score = entry.scores[-1]
        stored, digest = submission_name(entry.submission_hash), entry.submission_hash
    differs = []
    try:
        with board.files.get(stored) as path:
            differs += [] if sha256_of_file(path) == digest else ["submission"]
        with board.files.get(samples_name(number, score.binding)) as path:
            differs += [] if sha256_of_file(path) == score.samples_hash else ["stored samples"]
    except BraincastError as error:
        return Finding(number, (f"{error.code} {error.where}",))
    if score.scorer != SCORER:
        return Finding(number, (*differs, f"scorer {score.scorer}, now {SCORER}"))
    judged = judge_entry(board, number, nursery)
    if judged.problems:
        return Finding(number, (*differs, f"refused now ({judged.problems[0].code})"))
    made = {
        "forecasts": (judged.forecast_hash, score.forecast_hash),
        "figures": (canonical_json(judged.document), score.document),
        "samples": (judged.samples_hash, score.samples_hash),
    }
    return Finding(number, (*differs, *(what for what, (now, then) in made.items() if now != then)))


def rescore(board: Board, numbers: Sequence[int] = ()) -> list[int]:
    """Queue entries to be scored again: those named, or all whose score is of another scorer or none."""
    with board.writing() as session:
        if numbers:
            rows = [entry_row(session, number) for number in dict.fromkeys(numbers)]
        else:
            every = session.scalars(select(EntryRow).where(EntryRow.status.in_(("scored", "failed")))).all()
            rows = [row for row in every if not row.scores or row.scores[-1].scorer != SCORER]
        for row in rows:
            if row.status == "refused":
                raise BraincastError("E815", f"entry {row.id}", "it was refused", "Its author may submit another")
            requeue(session, board, row)
            audit(session, board, "host", "rescore", f"entry {row.id}")
        return [row.id for row in rows]
