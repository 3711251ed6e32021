"""What a submitter is told at once: everything that is wrong with a submission, before it is queued."""

from __future__ import annotations

from pathlib import Path

from braincast.board.board import Board
from braincast.board.tasks import task_row
from braincast.forecasts.submissions.declaration import Submission
from braincast.forecasts.submissions.opening import required
from braincast.forecasts.submissions.validation import validate
from braincast.tasks.kinds import card_of_json


def checked(board: Board, task: str, path: Path) -> Submission:
    """What a valid submission to a task of the board declares; the first problem of another is raised."""
    with board.reading() as session:
        card = card_of_json(task_row(session, task).card)
    return required(validate(card, path), path)
