"""What a board stands: `python benchmarks/board_load.py [--write|--table]`.

20 authors send 200 submissions to a board over HTTP at once, in several ways, while its workers and its service are
killed at random moments and its database is held by somebody else for longer than anybody waits; a backup is taken in
the midst. Then everything is counted: what was told to be accepted, what is on the board, what was scored how often.
Figures go to results/board_load.json and, with `--write`, into docs/guides/board.md; `--table` shows once more what was
recorded. Needs the packages of the `test` extra.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from board_clients import Author, Told
from board_disturbances import disturbed
from pages import put_between_markers, rounded
from sqlalchemy import func, select

from braincast.board.board import Board
from braincast.board.schema import AuditRow, AuthorRow, EntryRow, JobRow, ScoreRow, UploadRow
from braincast.board.service.tokens import create_token
from braincast.board.settings import write_settings
from braincast.files import read_json, write_json
from braincast.forecasts.expected import expected_of
from braincast.tasks.registry import task_card

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "board_load.json", HERE.parent / "docs" / "guides" / "board.md"
sys.path.insert(0, str(HERE.parent / "tests"))

from board_processes import Service, begun, ended  # noqa: E402
from made_submissions import as_zip, made_values, store_files, submission_files  # noqa: E402

TASK, SEED = "synthetic-linear", 10
N_AUTHORS, N_EACH, N_WORKERS, N_VERIFIED = 20, 10, 2, 10
PATIENCE_S = 2.0
N_SCORED_BEFORE_BACKUP = 10
# So many entries are left to be scored in peace.
N_IN_PEACE = 10


def main(argv: Sequence[str] | None = None) -> None:
    """Measure everything, or with `--table` show once more what was recorded."""
    argv = sys.argv[1:] if argv is None else argv
    if "--table" not in argv:
        write_json(RESULT, rounded(measured()))
    text = table(read_json(RESULT))
    if {"--write", "--table"} & set(argv):
        put_between_markers(PAGE, text)
    print(text)


def measured(n_authors: int = N_AUTHORS, n_each: int = N_EACH) -> dict[str, Any]:
    """All figures of one run; an error where anything was lost or dealt with twice."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        board = _board(folder / "board")
        sent = _submissions(folder, n_authors, n_each)
        tokens = {name: create_token(board, name)["token"] for name in sent}
        service, told, began_s = Service(board.root), Told(), time.monotonic()
        try:
            with disturbed(board, service, N_WORKERS, SEED) as happened:
                _send_at_once(
                    [Author(service.url, TASK, name, tokens[name], told) for name in sent], sent, board, folder
                )
                sent_s = time.monotonic()
                _wait(lambda: _n_jobs(board) <= N_IN_PEACE)
                happened.over.set()
                _wait(lambda: _n_jobs(board) == 0)
                drained_s = time.monotonic()
        finally:
            service.kill()
        figures = {
            "machine": {"system": platform.system(), "python": platform.python_version(), "cores": os.cpu_count()},
            "load": {"before": load, "after": os.getloadavg()[0]},
            "submissions": sum(map(len, sent.values())),
            "clients": n_authors,
            "workers": N_WORKERS,
            "requests": dict(sorted(told.statuses.items())),
            "happened": {key: value for key, value in vars(happened).items() if key != "over"},
            "sent_s": sent_s - began_s,
            "drained_s": drained_s - sent_s,
            "wall_s": drained_s - began_s,
            **_counted(board, told),
            "backup": _restored(board, folder),
            "verified": _verified(board),
        }
    return figures


def _board(path: Path) -> Board:
    """A board with a task and its baselines, which waits for its database no longer than is tried here."""
    _run("board", "create", path)
    board = Board.open(path)
    write_settings(path, board.settings.model_copy(update={"patience_s": PATIENCE_S}))
    _run("board", "add-task", path, TASK)
    return Board.open(path)


def _submissions(folder: Path, n_authors: int, n_each: int) -> dict[str, list[Path]]:
    """Made-up forecasts by author; the last one of each second author is that of the one before, to the byte."""
    expected = expected_of(task_card(TASK))
    sent = {}
    for author in range(n_authors):
        paths = []
        for number in range(n_each):
            seed = author * n_each + number
            files = {"seed-0.zarr": store_files(made_values(expected, seed), expected)}
            inside = submission_files(files, expected, model=f"noise-{seed}")
            paths.append(as_zip(inside, folder / f"{seed}.zip"))
        sent[f"author-{author:02}"] = paths
    for first, second in zip(list(sent)[::2], list(sent)[1::2], strict=False):
        sent[second][-1] = sent[first][-1]
    return sent


def _send_at_once(authors: list[Author], sent: dict[str, list[Path]], board: Board, folder: Path) -> None:
    """All authors begin together; in the midst of it a backup is taken."""
    threads = [threading.Thread(target=author.send_all, args=(sent[author.name],)) for author in authors]
    for thread in threads:
        thread.start()
    half = sum(map(len, sent.values())) // 2
    _wait(lambda: _count(board, EntryRow) >= half and _count(board, ScoreRow) >= N_SCORED_BEFORE_BACKUP)
    while ended(begun("board", "backup", board.root, folder / "backup", "--json")) != 0:
        time.sleep(1)
    for thread in threads:
        thread.join()


def _counted(board: Board, told: Told) -> dict[str, Any]:
    """What was accepted against what is there."""
    with board.reading() as session:
        own = select(AuthorRow.name, EntryRow.submission_hash, EntryRow.id, EntryRow.status).join(AuthorRow)
        rows = session.execute(own.where(EntryRow.role == "model")).all()
        scores = Counter(session.scalars(select(ScoreRow.entry_id)))
        said = Counter(session.scalars(select(AuditRow.subject).where(AuditRow.action == "score")))
        uploads_left = session.scalar(select(func.count(UploadRow.id)).where(UploadRow.entry_id.is_(None)))
    there = {(name, digest): number for name, digest, number, _ in rows}
    everything = [*there.values(), *_baselines(board)]
    return {
        "accepted": len(told.entries),
        "entries": len(rows),
        "statuses": dict(Counter(status for *_, status in rows)),
        "lost": sum(numbers != {there.get(key)} for key, numbers in told.entries.items()),
        "not_asked_for": sum(key not in told.entries for key in there),
        "unscored": sum(scores[number] == 0 for number in everything),
        "twice": sum(scores[n] > 1 or said[f"entry {n}"] > 1 for n in everything) + len(rows) - len(there),
        "jobs_left": _n_jobs(board),
        "uploads_left": uploads_left,
        "longest_wait_s": max(told.waits_s),
    }


def _baselines(board: Board) -> list[int]:
    with board.reading() as session:
        return list(session.scalars(select(EntryRow.id).where(EntryRow.role == "baseline")))


def _restored(board: Board, folder: Path) -> dict[str, Any]:
    """The backup as a board: how many entries it has, and how many of these are not as they are on the board."""
    _run("board", "restore", folder / "again", folder / "backup")
    told = read_json(folder / "backup" / "backup.json")["rows"]
    columns = (EntryRow.id, EntryRow.author_id, EntryRow.submission_hash, EntryRow.submitted_at)
    scored = (ScoreRow.entry_id, ScoreRow.binding, ScoreRow.document, ScoreRow.samples_hash)
    again = Board.open(folder / "again")
    differ = 0
    for wanted in (columns, scored):
        with board.reading() as now, again.reading() as then:
            differ += len(set(then.execute(select(*wanted)).all()) - set(now.execute(select(*wanted)).all()))
    found = {"entry": _count(again, EntryRow), "score": _count(again, ScoreRow), "job": _count(again, JobRow)}
    differ += sum(found[name] != told[name] for name in found)
    return {"entries": found["entry"], "scores": found["score"], "differ": differ}


def _verified(board: Board) -> dict[str, Any]:
    """Some entries scored once more."""
    with board.reading() as session:
        numbers = list(session.scalars(select(EntryRow.id).where(EntryRow.status == "scored")))
    chosen = np.random.default_rng(SEED).choice(numbers, min(N_VERIFIED, len(numbers)), replace=False)
    told = json.loads(_run("board", "verify", board.root, *sorted(chosen), "--json"))
    return {"entries": told["verified"], "differ": len(told["differing"])}


def table(found: dict[str, Any]) -> str:
    """The table of the page."""
    happened, requests = found["happened"], found["requests"]
    answers = ", ".join(f"{n:,} × {status}" for status, n in requests.items())
    scored = sum(found["statuses"].values()) - sum(n for s, n in found["statuses"].items() if s != "scored")
    rows = [
        ("submissions, from clients at once", f"{found['submissions']}, {found['clients']}"),
        ("requests", answers),
        (
            "workers killed, service killed and started again",
            f"{happened['workers_killed']}, {happened['services_killed']}",
        ),
        ("database held by another", f"{happened['locks']} times, {happened['locked_s']:.0f} s"),
        (
            "all were received after",
            f"{found['sent_s']:.0f} s; none waited longer than {found['longest_wait_s']:.0f} s",
        ),
        ("the queue was empty after", f"{found['wall_s']:.0f} s, {60 * scored / found['wall_s']:.0f} scored a minute"),
        ("entries on the board, scored", f"{found['entries']}, {scored}"),
        ("lost, scored twice, left in the queue", f"{found['lost']}, {found['twice']}, {found['jobs_left']}"),
        ("entries in the backup taken meanwhile, not as on the board", "{entries}, {differ}".format(**found["backup"])),
        ("scored once more, not the same bit for bit", "{entries}, {differ}".format(**found["verified"])),
    ]
    lines = ["| what | how much |", "|---|---|", *(f"| {what} | {how} |" for what, how in rows)]
    machine = found["machine"]
    under = f"load {found['load']['before']:.1f} before and {found['load']['after']:.1f} after"
    where = f"{machine['cores']} cores, {found['workers']} workers; the machine's {under}."
    return "\n".join([*lines, "", where])


def _wait(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.2)


def _n_jobs(board: Board) -> int:
    return _count(board, JobRow)


def _count(board: Board, table: type) -> int:
    with board.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _run(*words: object) -> str:
    """`braincast` to its end."""
    command = [sys.executable, "-m", "braincast", *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
