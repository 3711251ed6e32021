"""`braincast serve` and `board token`: a board on the web, and who may write to it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from braincast.cli.options import BoardPath, Json, Quiet
from braincast.cli.session import Interrupted, print_json

token_app = typer.Typer(help="Tokens of authors.", no_args_is_help=True, rich_markup_mode=None)


def serve(
    board: BoardPath,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=0, help="How many entries are scored at a time.")] = 1,
    site: Annotated[
        Path | None, typer.Option("--site", help="Where the pages are made; BOARD/site without it.")
    ] = None,
    rate: Annotated[float, typer.Option("--rate", min=1, help="Requests a minute of a token.")] = 600,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Serve a board over HTTP. Its pages, an API that takes submissions, workers that score; Ctrl-C ends it."""
    from braincast.board.board import Board
    from braincast.board.service.app import make_app
    from braincast.board.service.limits import ServiceLimits
    from braincast.board.service.server import Server
    from braincast.board.service.workers import Workers

    app = make_app(Board.open(board), ServiceLimits.at_rate(rate), _publish, site)
    with Workers(board, workers):
        try:
            Server(app, host, port, lambda url: _tell(url, json_, quiet)).run()
        except Interrupted:
            return  # asked to end, it ended


def audit(
    board: BoardPath,
    last: Annotated[int | None, typer.Option("--last", min=1, max=2**31 - 1, help="Only so many, the newest.")] = None,
    json_: Json = False,
) -> None:
    """Who did what on a board, and when. Also which tokens were refused."""
    from braincast.board.audit import audited
    from braincast.board.board import Board

    with Board.open(board).reading() as session:
        notes = audited(session, last)
    if json_:
        print_json({"audit": notes})
        return
    for note in notes:
        typer.echo("  ".join(note[key] for key in ("at", "who", "action", "subject")))


def _publish(document: dict[str, Any], folder: Path) -> None:
    from braincast.reports.site.build import build_site

    build_site(document, folder, force=True)


def _tell(url: str, json_: bool, quiet: bool) -> None:
    if json_:
        import json

        print(json.dumps({"url": url}), flush=True)
    elif not quiet:
        print(f"Serving at {url} (Ctrl-C ends it)", flush=True)


@token_app.callback()
def tokens(context: typer.Context, board: BoardPath) -> None:
    """Who may submit to a board over the web."""
    context.obj = board


@token_app.command("create")
def create(
    context: typer.Context,
    author: Annotated[str, typer.Argument(metavar="AUTHOR", help="An account; it is made where there is none.")],
    scopes: Annotated[str, typer.Option("--scopes", help="Among submit, read and moderate.")] = "submit,read",
    days: Annotated[float | None, typer.Option("--days", min=0, help="How long it is valid; for ever without.")] = None,
    label: Annotated[str, typer.Option("--label", help="What it is for.")] = "",
    json_: Json = False,
) -> None:
    """Make a token and show it, this once."""
    from braincast.board.board import Board
    from braincast.board.service.tokens import create_token

    given = [scope.strip() for scope in scopes.split(",")]
    made = create_token(Board.open(context.obj), author, scopes=given, days=days, label=label)
    if json_:
        print_json(made)
    else:
        typer.echo(made["token"])
        sys.stderr.write(f"Token {made['id']} of {author}. It is not kept and cannot be shown again.\n")


@token_app.command("list")
def list_(context: typer.Context, json_: Json = False) -> None:
    """All tokens, without their secrets."""
    from braincast.board.board import Board
    from braincast.board.service.tokens import list_tokens

    found = list_tokens(Board.open(context.obj))
    if json_:
        print_json({"tokens": found})
        return
    for token in found:
        typer.echo(f"{token['id']:>4}  {token['author']}  {','.join(token['scopes'])}  {_state(token)}")


@token_app.command("revoke")
def revoke(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="Its number (board token BOARD list).")],
    json_: Json = False,
) -> None:
    """End a token, at once."""
    from braincast.board.board import Board
    from braincast.board.service.tokens import revoke_token

    found = revoke_token(Board.open(context.obj), number)
    if json_:
        print_json(found)
    else:
        typer.echo(f"Token {number} is revoked")


def _state(token: dict[str, Any]) -> str:
    if token["revoked_at"]:
        return f"revoked {token['revoked_at']}"
    return f"until {token['expires_at']}" if token["expires_at"] else "valid"
