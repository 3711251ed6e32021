"""The service needs no hidden truth, and opens none."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

import numpy as np
import pytest
from made_boards import made_board, made_card
from served_boards import TASK, bearer, serving

opened: list[str] | None = None


def note(event, arguments) -> None:
    if opened is not None and event in ("open", "os.listdir", "os.scandir"):
        opened.append(os.fspath(arguments[0]) if isinstance(arguments[0], str | os.PathLike) else str(arguments[0]))


@contextmanager
def watched():
    """Every file that this process opens, and every folder that it looks into, whichever thread does it."""
    global opened
    sys.addaudithook(note)  # it stays as long as the process does
    opened = []
    try:
        yield opened
    finally:
        opened = None


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    folder, card = tmp_path_factory.mktemp("hidden"), made_card()
    truth = np.zeros((len(card.cases), len(card.leads), len(card.neurons)), np.float32)
    np.savez(folder / "truth.npz", activity=truth)
    return made_board(folder / "board", truth=folder / "truth.npz")


def test_the_service_opens_no_hidden_truth_whatever_it_is_asked(board):
    headers = bearer(board, "ada")
    with watched() as files, serving(board, publish=lambda document, folder: None) as client:
        entry = client.post(f"/tasks/{TASK}/submissions", content=b"PK", headers=headers).json()["entry"]
        for path in ("health", "board", "tasks", f"tasks/{TASK}", f"tasks/{TASK}/results", f"entries/{entry}"):
            assert client.get(f"/{path}", headers=headers).status_code == 200
        assert client.get(f"/tasks/{TASK}").json()["hidden"] is True
    assert any(str(board.incoming) in name for name in files)
    assert [name for name in files if "truths" in name] == []
