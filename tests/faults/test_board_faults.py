"""Workers and services of a board are killed, its database is held by others, its disk is full: nothing is lost."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from board_processes import Service, killed, locked, worker
from linear_entries import answers_of, linear_task, submitted
from made_boards import made_board, some_bytes
from refusals import refused
from served_boards import TASK, announced, bearer, code_of, serving
from sqlalchemy import select

from braincast.board import entries
from braincast.board.board import Board, utc_now
from braincast.board.judging import Nursery
from braincast.board.queue import waiting
from braincast.board.schema import AuditRow, JobRow, ScoreRow, UploadRow
from braincast.board.settings import Settings
from braincast.board.tasks import add_task
from braincast.board.verifying import verify
from braincast.board.worker import work

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of running processes are of Linux")

CONTENT = os.urandom(2_500_000)


def wait_for(condition) -> None:
    """Until it holds; a test that waits for ever fails by pytest's own limit."""
    while not condition():
        time.sleep(0.005)


def parts(folder) -> list:
    """What was begun there and is not whole."""
    return [path for path in folder.rglob("*") if path.name.endswith((".part", ".old"))]


# --- somebody else holds the database


def test_who_cannot_write_to_a_locked_database_is_told_and_may_come_again(tmp_path):
    board = made_board(tmp_path / "board", clock=utc_now, patience_s=0.2)
    headers = bearer(board, "ada")
    with serving(board) as client:
        with locked(board.root):
            answer = client.post("/uploads", json=announced(CONTENT), headers=headers)
            assert (answer.status_code, code_of(answer)) == (503, "E803") and int(answer.headers["Retry-After"]) > 0
            with refused("E803", "locked"):
                entries.receive(board, TASK, some_bytes(tmp_path / "one.zip"), author="ada")
            assert client.get("/health").status_code == 200 and client.get("/tasks").status_code == 200
        assert client.post("/uploads", json=announced(CONTENT), headers=headers).status_code == 201
    assert entries.receive(board, TASK, tmp_path / "one.zip", author="ada") == 1
    with board.reading() as session:
        assert waiting(session)[0] == 1 and len(session.scalars(select(UploadRow)).all()) == 1


# --- a service that is killed, or whose disk is full


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A board, the process that serves it, and the header of somebody who may write."""
    board = made_board(tmp_path_factory.mktemp("served") / "board", clock=utc_now, patience_s=1.0)
    service = Service(board.root)
    yield board, service, bearer(board, "ada")
    service.kill()


def begin(service, headers, content) -> str:
    begun = httpx.post(f"{service.url}/api/v1/uploads", json=announced(content), headers=headers)
    assert begun.status_code == 201, begun.text
    return f"{service.url}/api/v1/uploads/{begun.json()['id']}"


def send(place, headers, content, offset=0) -> httpx.Response:
    return httpx.patch(place, content=content, headers={**headers, "Upload-Offset": str(offset)}, timeout=120)


def completed(place, headers, content) -> int:
    """Go on from where the service says that the upload is; the entry."""
    offset = int(httpx.head(place, headers=headers).headers["Upload-Offset"])
    assert send(place, headers, content[offset:], offset).json()["offset"] == len(content)
    return httpx.post(f"{place}/complete", headers=headers).json()["entry"]


def is_kept(board, entry, content) -> bool:
    """Whether the board has an entry's bytes, queued once."""
    with board.reading() as session:
        row = entries.entry_row(session, entry)
        n_jobs = len(session.scalars(select(JobRow).where(JobRow.entry_id == entry)).all())
    with board.files.get(f"submissions/{row.submission_hash}.zip") as path:
        return path.read_bytes() == content and n_jobs == 1


@pytest.mark.slow
def test_an_upload_goes_on_at_what_is_on_the_disk_after_its_service_was_killed(served):
    board, service, headers = served
    place = begin(service, headers, CONTENT)
    on_disk = board.incoming / place.rsplit("/", 1)[-1]

    def killed_in_the_middle():
        yield CONTENT[:1_500_000]
        wait_for(lambda: on_disk.stat().st_size > 0)
        service.kill()
        yield CONTENT[1_500_000:]

    with pytest.raises(httpx.TransportError):
        send(place, {**headers, "Content-Length": str(len(CONTENT))}, killed_in_the_middle())
    left = on_disk.stat().st_size
    service.start()
    assert int(httpx.head(place, headers=headers).headers["Upload-Offset"]) == left < len(CONTENT)
    assert is_kept(board, completed(place, headers, CONTENT), CONTENT)


@pytest.mark.slow
def test_a_submission_in_one_request_whose_service_was_killed_counts_no_more_and_is_sent_again(served):
    board, service, headers = served
    content = os.urandom(2_000_000)
    before = {path.name for path in board.incoming.iterdir()}

    def killed_in_the_middle():
        yield content[:1_500_000]
        wait_for(lambda: any(path.stat().st_size for path in board.incoming.iterdir() if path.name not in before))
        service.kill()
        (board.root / ".site.0badcafe.part").mkdir()
        yield content[1_500_000:]

    place, length = f"{service.url}/api/v1/tasks/{TASK}/submissions", {"Content-Length": str(len(content))}
    with pytest.raises(httpx.TransportError):
        httpx.post(place, content=killed_in_the_middle(), headers={**headers, **length}, timeout=120)
    service.start()
    assert {path.name for path in board.incoming.iterdir() if not path.name.endswith(".part")} == before
    assert not (board.root / ".site.0badcafe.part").exists()
    with board.reading() as session:
        assert not session.scalars(select(UploadRow).where(UploadRow.entry_id.is_(None))).all()
    assert is_kept(board, httpx.post(place, content=content, headers=headers, timeout=120).json()["entry"], content)


@contextmanager
def full_disk(process: int, most: int):
    """A block in which a process can make no file longer than this, as on a full disk; the superuser neither."""
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))


@pytest.mark.slow
def test_a_disk_that_fills_while_a_submission_comes_is_told_and_what_came_is_gone_on_with(served):
    board, service, headers = served
    content = os.urandom(700_000)
    place = begin(service, headers, content)
    with full_disk(service.process.pid, 500_000):
        answer = send(place, headers, content)
        assert (answer.status_code, code_of(answer)) == (507, "E505")
        assert 0 <= int(httpx.head(place, headers=headers).headers["Upload-Offset"]) <= 500_000
    assert is_kept(board, completed(place, headers, content), content)


@pytest.mark.slow
def test_a_disk_that_is_full_when_a_submission_is_kept_leaves_no_half_of_it(served):
    board, service, headers = served
    content = os.urandom(600_000)
    place = begin(service, headers, content)
    assert send(place, headers, content).status_code == 200
    with full_disk(service.process.pid, 500_000):
        answer = httpx.post(f"{place}/complete", headers=headers)
        assert (answer.status_code, code_of(answer)) == (507, "E505")
    assert not parts(board.root / "files")
    assert is_kept(board, httpx.post(f"{place}/complete", headers=headers).json()["entry"], content)


@pytest.mark.slow
def test_a_disk_that_is_full_when_the_database_is_written_is_told_and_half_a_transaction_is_none(served):
    board, service, headers = served
    content = os.urandom(1_000)
    with board.reading() as session:
        before = len(session.scalars(select(UploadRow)).all()), len(session.scalars(select(AuditRow)).all())
    with full_disk(service.process.pid, 100):
        answer = httpx.post(f"{service.url}/api/v1/uploads", json=announced(content), headers=headers)
        assert (answer.status_code, code_of(answer)) == (503, "E803")
    with board.reading() as session:
        after = len(session.scalars(select(UploadRow)).all()), len(session.scalars(select(AuditRow)).all())
    assert after == before
    assert is_kept(board, completed(begin(service, headers, content), headers, content), content)


# --- workers that are killed, or whose disk is full


@pytest.fixture
def waits(tmp_path):
    """A board with one entry that waits, whose task is soon scored."""
    task = linear_task()
    board = Board.create(tmp_path / "board", Settings.model_validate({"scoring": {"lease_s": 1}, "patience_s": 0.3}))
    add_task(board, task.card, {"name": "synthetic-linear", "redistribute": "yes"})
    floors = {name: answers_of(task, 0, 0.0) for name in task.card.baselines}
    for name, values in floors.items():
        path = submitted(task, {0: values}, tmp_path / "floor.zip", model=name)
        entries.receive(board, task.name, path, author="braincast", role="baseline", model=name)
    path = submitted(task, {0: answers_of(task, 1)}, tmp_path / "own.zip")
    with board.writing() as session:  # baselines are read beside an entry, scored or not
        session.execute(JobRow.__table__.delete())
    entries.receive(board, task.name, path, author="ada")
    return board


def scored_once(board) -> bool:
    """Whether the last entry has one score, said once, which is the same when it is made again, and nothing waits."""
    with board.reading() as session:
        scores = session.scalars(select(ScoreRow)).all()
        said = session.scalars(select(AuditRow).where(AuditRow.action == "score")).all()
        assert waiting(session)[0] == 0
    [own] = scores
    with Nursery() as nursery:
        assert not verify(board, own.entry_id, nursery).differs
    return len(said) == 1 and entries.describe(board, own.entry_id)["status"] == "scored"


def held(board) -> bool:
    with board.reading() as session:
        return session.scalars(select(JobRow.worker)).first() is not None


@pytest.mark.slow
def test_an_entry_whose_worker_was_killed_is_scored_once_by_the_next(waits):
    first = worker(waits.root)
    wait_for(lambda: held(waits))
    killed(first)
    assert work(waits) == 1  # it waits for the lease to end
    assert scored_once(waits)


@pytest.mark.slow
def test_a_worker_whose_disk_is_full_says_so_and_its_entry_waits_until_there_is_room(waits):
    limit = "import resource, os, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))"
    command = [sys.executable, "-c", f"{limit}; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"]
    command += ["-m", "braincast", "board", "score", str(waits.root), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1) and done.stderr.startswith("E803 ")
    scores = waits.root / "files" / "scores"
    scores.write_text("a file in the place of a folder")
    with refused("E505"):
        work(waits)
    with waits.reading() as session:
        [job] = session.scalars(select(JobRow)).all()
        assert (job.attempts, job.worker) == (0, None) and job.entry.status == "queued"
    scores.unlink()
    assert work(waits) == 1
    assert scored_once(waits)


@pytest.mark.slow
def test_workers_end_with_the_process_that_began_them(tmp_path):
    board = made_board(tmp_path / "board")
    first = worker(board.root, "--workers", "2")
    wait_for(lambda: len(_group(first.pid)) > 1)
    first.kill()
    first.communicate()
    wait_for(lambda: not _group(first.pid))


def _group(number: int) -> list[str]:
    """The processes of a group that have not ended."""
    found = []
    for told in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            state, _, group = told.read_text().rsplit(")", 1)[1].split()[:3]
            found += [told.parent.name] if int(group) == number and state != "Z" else []
    return found
