"""A worker: takes entries from the queue, has each scored by a process of its own, and writes what came of it."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from braincast.board import queue
from braincast.board.audit import audit
from braincast.board.board import Board
from braincast.board.judging import SCORER, Judged, Limits, Nursery, Request, judge
from braincast.board.schema import EntryRow, ScoreRow, TaskRow
from braincast.board.storage import samples_name, submission_name
from braincast.board.tasks import truth_path
from braincast.errors import BraincastError
from braincast.files import canonical_json, disk_errors, sha256_of_json, write_bytes

_PAUSE_S, _LONG_PAUSE_S = 0.5, 5.0
# What is wrong with this machine now (its database is held by another, its disk is full), and no entry's fault.
_PASSING = ("E803", "E505")
_log = logging.getLogger("braincast.board")


def work(
    board: Board, *, stay: Callable[[], bool] = lambda: False, done: Callable[[int], object] = lambda _: None
) -> int:
    """Score what waits, the oldest first; how many entries were dealt with.

    When no entry is left, also none that another worker holds, the worker ends; or looks again after a while as long as
    `stay` says so, also when its database is busy or its disk full (else E803, E505). `done` is told each entry that
    was dealt with.
    """
    name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    n_done = 0
    with Nursery() as nursery:
        while True:
            try:
                held = queue.claim(board, name)
                if held is None and not stay() and not _is_any_left(board):
                    return n_done
                if held is not None:
                    score_one(board, held, nursery)
            except BraincastError as error:
                if error.code not in _PASSING or not stay():
                    raise
                _log.warning("%s", error)
                time.sleep(_LONG_PAUSE_S)
                continue
            if held is None:
                time.sleep(_PAUSE_S)
            else:
                n_done += 1
                done(held.entry)


def score_one(board: Board, held: queue.Claim, nursery: Nursery) -> None:
    """Score the entry of a job, and end the job; where this machine cannot (E803, E505), it stays in the queue."""
    try:
        with disk_errors(board.root):
            _score(board, held, nursery)
    except BraincastError as error:
        if error.code in _PASSING:
            with suppress(BraincastError):  # else its time runs out
                queue.put_off(board, held)
        raise
    except BaseException:
        queue.let_go(board, held)
        raise


def _is_any_left(board: Board) -> bool:
    with board.reading() as session:
        return queue.waiting(session)[0] > 0


def _score(board: Board, held: queue.Claim, nursery: Nursery) -> None:
    try:
        with _held(board, held):
            judged = judge_entry(board, held.entry, nursery)
    except BraincastError as error:
        if error.code in _PASSING:
            raise
        with queue.ending(board, held) as own:
            if own is not None:
                queue.fail(own[0], board, own[1], [error])
        return
    _write(board, held, judged)


def judge_entry(board: Board, number: int, nursery: Nursery) -> Judged:
    """What scoring says of an entry, from its stored bytes."""
    with board.reading() as session, ExitStack() as opened:
        entry = session.get_one(EntryRow, number)
        own = opened.enter_context(board.files.get(submission_name(entry.submission_hash)))
        floors = {
            floor.model: str(opened.enter_context(board.files.get(submission_name(floor.submission_hash))))
            for floor in _baselines(session, entry.task)
        }
        truth = truth_path(board, entry.task)
        request = Request(
            card=entry.task.card,
            data=entry.task.data,
            truth=None if truth is None else str(truth),
            submission=str(own),
            baselines=floors,
            own="baseline" if entry.role == "baseline" else "model",
        )
        session.rollback()  # what follows takes long, and needs no view of the database
        scoring = board.settings.scoring
        return judge(request, Limits(memory_bytes=scoring.memory_bytes, seconds=scoring.seconds), nursery)


def binding_of(task: TaskRow, forecast_hash: str) -> str:
    """What a score is bound to: task, truth, forecasts, version of the scorer."""
    return sha256_of_json([task.hash, task.truth_hash, forecast_hash, SCORER])


def _baselines(session: Session, task: TaskRow) -> list[EntryRow]:
    """The task's baselines in the order in which its card has them."""
    own = (EntryRow.task_id == task.id, EntryRow.role == "baseline", EntryRow.visibility == "shown")
    found = {row.model: row for row in session.scalars(select(EntryRow).where(*own))}
    order = json.loads(task.card)["baselines"]
    return [found[name] for name in order if name in found]


@contextmanager
def _held(board: Board, held: queue.Claim) -> Iterator[None]:
    """Keep a job for as long as the block lasts."""
    over = threading.Event()

    def hold() -> None:
        while not over.wait(board.settings.scoring.lease_s / 4):
            try:
                queue.hold_on(board, held)
            except BraincastError:
                continue  # the database is busy; the lease is longer than that

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _write(board: Board, held: queue.Claim, judged: Judged) -> None:
    """End a job with a score or a refusal; samples are kept before the row that names them is."""
    score = None
    if not judged.problems:
        with board.reading() as session:
            task = session.get_one(EntryRow, held.entry).task
            binding = binding_of(task, judged.forecast_hash)
            score = _row(board, task, binding, judged)
        with board.scratch() as scratch:
            write_bytes(scratch / "samples.npz", judged.samples_bytes)
            board.files.put(scratch / "samples.npz", samples_name(held.entry, binding))
    with queue.ending(board, held) as own:
        if own is None:
            return  # another worker was faster
        session, entry = own
        if judged.submission is not None:
            entry.model = judged.submission.model
            entry.declaration = judged.submission.model_dump_json()
        if score is None:
            queue.refuse(session, board, entry, list(judged.problems))
            return
        entry.status, entry.problems, entry.forecast_hash = "scored", None, judged.forecast_hash
        if not _is_added(entry, score):
            what, fix = "scoring again gave other figures", "braincast board verify shows which"
            queue.fail(session, board, entry, [BraincastError("E809", f"entry {entry.id}", what, fix)])
            return
        audit(session, board, "scorer", "score", f"entry {entry.id}", binding=score.binding, scorer=SCORER)


def _is_added(entry: EntryRow, score: ScoreRow) -> bool:
    """Add a score, once: what is bound to the same things has to be the same."""
    known = next((row for row in entry.scores if row.binding == score.binding), None)
    if known is None:
        entry.scores.append(score)
        return True
    return (known.document, known.samples_hash) == (score.document, score.samples_hash)


def _row(board: Board, task: TaskRow, binding: str, judged: Judged) -> ScoreRow:
    return ScoreRow(
        binding=binding,
        task_hash=task.hash,
        truth_hash=task.truth_hash,
        forecast_hash=judged.forecast_hash,
        scorer=SCORER,
        document=canonical_json(judged.document),
        samples_hash=judged.samples_hash,
        scored_at=board.stamp(),
        duration_s=judged.duration_s,
    )
