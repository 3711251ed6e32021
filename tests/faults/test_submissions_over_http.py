"""All that may be wrong with a submission, sent over HTTP and refused by a worker with the code that it deserves."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from bad_submissions import BAD_SUBMISSIONS
from hostile.entry import Bad
from hostile.good import submission
from hostile.tasks import CARDS, EXPECTED
from made_boards import made_board
from served_boards import bearer, code_of, serving

from braincast.board import worker
from braincast.board.service.limits import ServiceLimits
from braincast.board.tasks import add_task
from braincast.files import write_zip

NO_LIMIT = ServiceLimits(token_requests=1e9, address_requests=1e9, open_uploads=10_000)


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    board = made_board(tmp_path_factory.mktemp("hostile") / "board")
    for card in CARDS.values():
        add_task(board, card, {"name": "made", "redistribute": "yes"})
    return board


def as_sent(bad: Bad, folder: Path) -> bytes | None:
    """The bytes that a client would send; None where nothing that can be sent says what is wrong."""
    folder.mkdir()
    with contextlib.suppress(pytest.skip.Exception):
        made = bad.make(submission(EXPECTED[bad.task]), folder)
        if made.is_file():
            return made.read_bytes()
        if made.is_dir() and not any(path.is_symlink() or not (path.is_file() or path.is_dir()) for path in made.rglob("*")):
            write_zip(made, folder / "sent.zip")
            return (folder / "sent.zip").read_bytes()
    return None


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
            assert told["status"] == "refused" and bad.code in {found["code"] for found in told["problems"]}, (bad, told)
            assert str(board.root) not in str(told), bad
        assert client.get("/board").json()["entries"] == []
    assert list(board.incoming.glob("[!.]*")) == []
