"""A board that a real web server serves on a free port of this machine, and people who write to it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from made_boards import made_card

from braincast.board.board import Board
from braincast.board.service.app import make_app
from braincast.board.service.limits import STANDARD, ServiceLimits
from braincast.board.service.publication import Publish
from braincast.board.service.server import Server
from braincast.board.service.tokens import create_token

TASK = made_card().name


@contextmanager
def serving(
    board: Board, limits: ServiceLimits = STANDARD, publish: Publish | None = None, port: int = 0
) -> Iterator[httpx.Client]:
    """A client of the board's API, without a token."""
    server = Server(make_app(board, limits, publish), "127.0.0.1", port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        with httpx.Client(base_url=f"{server.url}/api/v1", timeout=120) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def bearer(board: Board, author: str, **chosen) -> dict[str, str]:
    """The header of a new token."""
    return {"Authorization": f"Bearer {create_token(board, author, **chosen)['token']}"}


def announced(content: bytes, task: str = TASK) -> dict:
    """What begins an upload of these bytes."""
    return {"task": task, "length": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def code_of(response: httpx.Response) -> str:
    """The code of an error, whose answer has the one shape that errors have."""
    document = response.json()
    assert set(document) == {"error"} and set(document["error"]) == {"code", "where", "what", "fix"}
    return document["error"]["code"]
