"""All that may be wrong with a submission, sent over HTTP and refused by a worker with the code that it deserves."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from bad_submissions import BAD_SUBMISSIONS
from hostile.entry import Bad
from hostile.good import submission
from hostile.raw_zip import Entry, archive
from hostile.tasks import CARDS, EXPECTED
from served_boards import bearer, code_of, serving

from braincast.board import worker
from braincast.board.board import Board
from braincast.board.service.limits import ServiceLimits
from braincast.board.settings import Settings
from braincast.board.tasks import add_task

NO_LIMIT = ServiceLimits(token_requests=1e9, address_requests=1e9, open_uploads=10_000)


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    board = Board.create(tmp_path_factory.mktemp("hostile") / "board", Settings())
    for card in CARDS.values():
        add_task(board, card, {"name": "made", "redistribute": "yes"})
    return board


def as_sent(bad: Bad, folder: Path) -> bytes | None:
    """The bytes that a client would send; None where the bad thing is no file and no folder of plain files."""
    folder.mkdir()
    with contextlib.suppress(pytest.skip.Exception):
        made = bad.make(submission(EXPECTED[bad.task]), folder)
        if made.is_file():
            return made.read_bytes()
        found = sorted(made.rglob("*"))
        if found and all(not path.is_symlink() and (path.is_file() or path.is_dir()) for path in found):
            return archive([entry_of(path, made) for path in found])
    return None


def entry_of(path: Path, folder: Path) -> Entry:
    """A file or folder in an archive, by the very bytes of its name."""
    name = os.fsencode(path.relative_to(folder))
    return Entry(name, path.read_bytes()) if path.is_file() else Entry(name + b"/", mode=0o40755)


@pytest.mark.slow
def test_every_bad_submission_that_can_be_sent_is_refused_with_its_code(board, tmp_path):
    sent, entries = {}, {}
    for number, bad in enumerate(BAD_SUBMISSIONS):
        content = as_sent(bad, tmp_path / str(number))
        if content is not None:
            sent[bad] = content
    assert len(sent) > 300
    with serving(board, NO_LIMIT) as client:
        client.headers.update(bearer(board, "mallory"))
        for bad, content in sent.items():
            answer = client.post(f"/tasks/{CARDS[bad.task].name}/submissions", content=content)
            if answer.status_code == 202:
                entries[bad] = answer.json()["entry"]
            else:
                assert code_of(answer) == bad.code, bad
        worker.work(board)
        for bad, entry in entries.items():
            told = client.get(f"/entries/{entry}").json()
            assert told["status"] == "refused", (bad, told)
            assert bad.code in {found["code"] for found in told["problems"]}, (bad, told)
            assert str(board.root) not in str(told), bad
        assert client.get("/board").json()["entries"] == []
    assert list(board.incoming.glob("[!.]*")) == []
