"""`braincast board submit`, and what becomes of an entry: its status, withdrawn, hidden, shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from braincast.cli.options import BoardPath, Json, Offline, Quiet, TaskName
from braincast.cli.session import done, session
from braincast.errors import BraincastError

Entry = Annotated[int, typer.Argument(metavar="ENTRY", help="An entry's number.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it, for the audit log.")]
Remark = Annotated[str, typer.Option("--remark", metavar="TEXT", help="Why, for moderators.")]


def submit(
    board: Annotated[str, typer.Argument(metavar="BOARD", help="The board's folder, or the address of its service.")],
    task: TaskName,
    submission: Annotated[Path, typer.Argument(metavar="SUBMISSION", help="A folder or a zip archive.")],
    author: Annotated[
        str | None, typer.Option("--author", metavar="NAME", help="The account; the declared contact without it.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", metavar="F", help="A file with the token, for an address.")
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
) -> None:
    """Validate a submission and queue it to be scored."""
    from braincast.board.board import Board
    from braincast.board.entries import describe, receive
    from braincast.board.submitting import checked

    with session(quiet=quiet, offline=offline):
        if board.startswith(("http://", "https://")):
            from braincast.board.client import read_token, send
            from braincast.datasets.download import is_offline

            if is_offline(None):
                fix = "Go online, or name the folder of a board"
                raise BraincastError("E401", board, "an address needs the network, and offline was asked for", fix)
            answer = send(board, task, submission, read_token(token_file))
            done(answer, f"entry {answer['entry']} is {answer['status']}: {answer['url']}", json_)
            return
        opened = Board.open(Path(board))
        declared = checked(opened, task, submission)
        who = author or declared.contact
        number = receive(opened, task, submission, author=who, contact=declared.contact, model=declared.model)
        told = describe(opened, number)
    done({"entry": number, **told}, f"entry {number} of {task} is {told['status']}", json_)


def withdraw(board: BoardPath, entry: Entry, by: By = "host", remark: Remark = "", json_: Json = False) -> None:
    """Take an entry back for its author. It is named on the board, without figures."""
    from braincast.board.board import Board
    from braincast.board.entries import withdraw as take_back

    take_back(Board.open(board), entry, by=by, remark=remark)
    done({"entry": entry, "visibility": "withdrawn"}, f"entry {entry} is withdrawn", json_)


def hide(board: BoardPath, entry: Entry, by: By = "host", remark: Remark = "", json_: Json = False) -> None:
    """Leave an entry out of everything public, until `board show`."""
    from braincast.board.board import Board
    from braincast.board.entries import hide as hide_entry

    hide_entry(Board.open(board), entry, by=by, remark=remark)
    done({"entry": entry, "visibility": "hidden"}, f"entry {entry} is hidden", json_)


def show(board: BoardPath, entry: Entry, by: By = "host", remark: Remark = "", json_: Json = False) -> None:
    """Show an entry that was hidden."""
    from braincast.board.board import Board
    from braincast.board.entries import show as show_entry

    show_entry(Board.open(board), entry, by=by, remark=remark)
    done({"entry": entry, "visibility": "shown"}, f"entry {entry} is shown", json_)


def status(board: BoardPath, entry: Entry, json_: Json = False) -> None:
    """What became of an entry, and how to reach its author."""
    from braincast.board.board import Board
    from braincast.board.entries import contact_of, describe

    opened = Board.open(board)
    told = {**describe(opened, entry), "contact": contact_of(opened, entry)}
    lines = [f"entry {entry} of {told['task']} by {told['author']} ({told['contact']}): {told['status']}"]
    lines += [f"{problem['code']} {problem['where']}: {problem['what']}" for problem in told["problems"]]
    done(told, "\n".join(lines), json_)
