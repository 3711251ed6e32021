"""A submission arrives whole or goes on where it stopped."""

from __future__ import annotations

import os

import pytest
from made_boards import made_board
from service_running import TASK, announced, bearer, serving


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    return made_board(tmp_path_factory.mktemp("uploads") / "board")


@pytest.fixture(scope="module")
def client(board):
    with serving(board) as client:
        client.headers.update(bearer(board, "ada"))
        yield client


def test_a_submission_in_three_pieces_becomes_an_entry(client):
    content = os.urandom(3_000_000)
    begun = client.post("/uploads", json=announced(content))
    assert begun.status_code == 201 and begun.json()["offset"] == 0
    place = f"/uploads/{begun.json()['id']}"
    for start in (0, 1_000_000, 2_000_000):
        assert client.head(place).headers["Upload-Offset"] == str(start)
        sent = client.patch(place, content=content[start : start + 1_000_000], headers={"Upload-Offset": str(start)})
        assert sent.status_code == 200, sent.text
    done = client.post(f"{place}/complete")
    assert done.status_code == 202, done.text
    assert client.post(f"{place}/complete").json() == done.json()
    told = client.get(done.json()["url"].removeprefix("/api/v1")).json()
    assert told["status"] == "queued" and told["task"] == TASK
