"""Small boards: a made-up task, and submissions whose bytes nobody looks at until they are scored."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from made_recordings import made_task

from braincast.board.board import Board
from braincast.board.settings import Settings
from braincast.board.tasks import Hidden, add_task
from braincast.tasks.forecasting.card import ForecastCard


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


@cache
def made_card() -> ForecastCard:
    """The declaration of a small forecast task."""
    return made_task().card


def made_board(path: Path, *, clock: Clock | None = None, truth: Path | None = None, **settings: object) -> Board:
    """A board that asks the made-up task, as a hidden one if there is a `truth`."""
    board = Board.create(path, Settings.model_validate(settings), clock=clock or Clock())
    hidden = None if truth is None else Hidden(truth, "f" * 64)
    add_task(board, made_card(), {"name": "made", "redistribute": "yes"}, hidden=hidden)
    return board


def some_bytes(path: Path, text: str = "one") -> Path:
    """A zip archive that holds this text."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("submission.toml", text)
    return path
