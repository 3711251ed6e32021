"""`braincast site`: a board as static pages that anyone can host."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from braincast.cli.options import Force, Json
from braincast.cli.session import print_json, session

site_app = typer.Typer(help="A board as static pages.", no_args_is_help=True, rich_markup_mode=None)


@site_app.callback()
def publishing() -> None:
    """A board as static pages."""


@site_app.command("build")
def build(
    board: Annotated[Path, typer.Argument(metavar="BOARD", help="A board, or what board export printed as a file.")],
    out: Annotated[Path, typer.Option("--out", metavar="SITE", help="A new folder.")],
    force: Force = False,
    json_: Json = False,
) -> None:
    """Write the site of a board. Pages that open from disk, load nothing from elsewhere, and can be hosted anywhere."""
    from braincast.reports.site.build import build_site

    with session(quiet=True):
        document = _document(board, out)
        build_site(document, out, force=force)
    if json_:
        n_files = sum(path.is_file() for path in out.rglob("*"))
        print_json(
            {"site": str(out), "tasks": len(document["tasks"]), "entries": len(document["entries"]), "files": n_files}
        )
    else:
        typer.echo(f"{out / 'index.html'}")


def _document(board: Path, out: Path) -> Any:
    from braincast.files import read_json

    if board.is_file():
        return read_json(board)
    from braincast.board.board import Board
    from braincast.board.export import public_document

    opened = Board.open(board)
    opened.require_outside(out)
    return public_document(opened)
