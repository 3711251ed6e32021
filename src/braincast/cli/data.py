"""`braincast data get`, `data check` and `data add`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from braincast.cli import adding
from braincast.cli.options import Force, Json, Offline, Quiet
from braincast.cli.session import print_json, session

app = typer.Typer(help="Fetch, check and add data.", no_args_is_help=True, rich_markup_mode=None)


@app.command("get")
def get(
    name: Annotated[str, typer.Argument(help="A dataset's name.")],
    from_: Annotated[Path | None, typer.Option("--from", help="A local copy of the file, or a folder with it.")] = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Fetch a dataset's files into the cache, and check them."""
    from braincast.datasets import registry

    with session(quiet=quiet, offline=offline):
        paths = registry.get(name, from_path=from_, offline=offline or None, force=force)
    if json_:
        print_json({"dataset": name, "files": [str(path) for path in paths]})
    else:
        typer.echo("\n".join(str(path) for path in paths))


@app.command("check")
def check(
    name_or_path: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A dataset, or a folder we saved.")],
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
) -> None:
    """Compare files with their checksums."""
    from braincast.datasets import registry

    with session(quiet=quiet, offline=offline):
        report = registry.check(name_or_path)
    if json_:
        print_json({"name": report.name, "files": report.files})
    else:
        typer.echo(f"{report.name}: {len(report.files)} files are whole")


app.command("add")(adding.add)
