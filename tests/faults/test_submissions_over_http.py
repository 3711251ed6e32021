"""All that may be wrong with a submission, sent over HTTP and refused by a worker with the code that it deserves."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from bad_submissions import BAD_SUBMISSIONS, TOPICS
from hostile.entry import Bad
from hostile.good import submission
from hostile.raw_zip import Entry, archive
from hostile.reader import Reader
from hostile.tasks import CARDS, EXPECTED
from served_boards import bearer, code_of, serving

from braincast.board import worker
from braincast.board.board import Board
from braincast.board.service.limits import ServiceLimits
from braincast.board.settings import Settings
from braincast.board.storage import submission_name
from braincast.board.tasks import add_task

WORKERS, OF_A_TOPIC = 2, 1
NO_LIMIT = ServiceLimits(token_requests=1e9, address_requests=1e9, open_uploads=10_000)


@pytest.fixture
def board(tmp_path):
    board = Board.create(tmp_path / "board", Settings())
    for card in CARDS.values():
        add_task(board, card, {"name": "made", "redistribute": "yes"})
    return board


@pytest.fixture
def reader():
    started = Reader()
    yield started
    started.end()


def as_sent(bad: Bad, folder: Path) -> bytes | None:
    """The bytes that a client would send; None where the bad thing is no file and no folder of plain files."""
    folder.mkdir()
    with contextlib.suppress(pytest.skip.Exception):
        made = bad.make(submission(EXPECTED[bad.task]), folder)
        if made.is_file():
            return made.read_bytes()
        found = sorted(made.rglob("*"))
        if found and all(map(is_plain, found)):
            return archive([entry_of(path, made) for path in found])
    return None


def is_plain(path: Path) -> bool:
    """Whether an archive can say what this is."""
    about = path.lstat()
    return stat.S_ISDIR(about.st_mode) or (stat.S_ISREG(about.st_mode) and about.st_nlink == 1)


def entry_of(path: Path, folder: Path) -> Entry:
    """A file or folder in an archive, by the very bytes of its name."""
    name = os.fsencode(path.relative_to(folder))
    return Entry(name, path.read_bytes()) if path.is_file() else Entry(name + b"/", mode=0o40755)


@pytest.mark.slow
def test_every_bad_submission_that_can_be_sent_arrives_and_is_refused_with_its_code(board, reader, tmp_path):
    sent = dict(all_sent(BAD_SUBMISSIONS, tmp_path))
    assert len(sent) > 400
    with serving(board, NO_LIMIT) as client:
        client.headers.update(bearer(board, "mallory"))
        for bad, content in sent.items():
            entry = entry_of_sent(client, bad, content)
            if entry is not None:
                with board.files.get(submission_name(hashlib.sha256(content).hexdigest())) as kept:
                    answer = reader.answer(bad.task, kept)
                assert bad.code in [code for code, _, _ in answer["problems"]], bad
    assert list(board.incoming.glob("[!.]*")) == []


@pytest.mark.slow
def test_workers_refuse_bad_submissions_of_every_topic_and_say_why_to_their_author_alone(board, tmp_path):
    sample = [bad for topic in TOPICS for bad in [bad for bad in BAD_SUBMISSIONS if bad.topic == topic][:OF_A_TOPIC]]
    with serving(board, NO_LIMIT) as client:
        client.headers.update(bearer(board, "eve"))
        entries = {bad: entry_of_sent(client, bad, content) for bad, content in all_sent(sample, tmp_path)}
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda _: worker.work(board), range(WORKERS)))
        for bad, entry in entries.items():
            if entry is not None:
                told = client.get(f"/entries/{entry}").json()
                assert told["status"] == "refused", (bad, told)
                assert bad.code in [problem["code"] for problem in told["problems"]], (bad, told)
                assert str(board.root) not in str(told)
                assert httpx.get(f"{client.base_url}entries/{entry}").status_code == 404
        assert client.get("/board").json()["entries"] == []


def all_sent(chosen: Iterable[Bad], folder: Path) -> Iterator[tuple[Bad, bytes]]:
    """Bad submissions as a client would send them."""
    for number, bad in enumerate(chosen):
        content = as_sent(bad, folder / str(number))
        if content is not None:
            yield bad, content


def entry_of_sent(client: httpx.Client, bad: Bad, content: bytes) -> int | None:
    """The entry that these bytes become; None where they are refused at once, with the code that they deserve."""
    answer = client.post(f"/tasks/{CARDS[bad.task].name}/submissions", content=content)
    if answer.status_code == 202:
        return answer.json()["entry"]
    assert code_of(answer) == bad.code, bad
    return None
