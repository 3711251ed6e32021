"""`braincast submit` and `validate`: answers that travel."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from braincast.cli.options import Data, Force, Json, Offline, Quiet, TaskName
from braincast.cli.session import print_json, session
from braincast.errors import EXIT_INPUT, BraincastError

if TYPE_CHECKING:
    from braincast.forecasts.submissions.validation import Validation
    from braincast.tasks.kinds import AnyCard

app = typer.Typer(help="Pack a submission.", no_args_is_help=True, rich_markup_mode=None)

Forecasts = Annotated[
    list[Path],
    typer.Argument(metavar="RUN|FORECAST...", help="Forecasts of one model: its seeds and nulls; or a fit's folder."),
]


@app.callback()
def submitting() -> None:
    """Pack a submission."""


@app.command("template")
def template(json_: Json = False) -> None:
    """Print a submission.toml to be filled in. What packing knows by itself may be left out."""
    from braincast.forecasts.submissions.declaration import TEMPLATE

    if json_:
        print_json({"template": TEMPLATE})
    else:
        typer.echo(TEMPLATE, nl=False)


@app.command("pack")
def pack(
    forecasts: Forecasts,
    out: Annotated[Path, typer.Option("--out", metavar="SUBMISSION", help="A new folder, or a file NAME.zip.")],
    about: Annotated[
        Path | None, typer.Option("--about", metavar="FILE", help="Who, what, which licence (submit template).")
    ] = None,
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Pack forecasts of one model and say who made them. What would not be accepted is not written."""
    from braincast.forecasts.submissions.pack import pack as pack_stores
    from braincast.forecasts.submissions.pack import read_about

    given = read_about(about)
    with session(quiet=quiet, offline=offline), TemporaryDirectory() as scratch:
        card, stores = _stores(forecasts, given.get("task"), Path(scratch), data)
        found = pack_stores(card, stores, given, out, force=force)
    if not found.valid:
        _refuse(found, json_)
    if json_:
        print_json({"task": card.name, **found.to_dict(), "files": {"submission": str(out)}})
    else:
        typer.echo(f"{out}")


def validate(
    task: TaskName,
    submission: Annotated[Path, typer.Argument(metavar="SUBMISSION", help="A folder or a zip archive.")],
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """List everything that is wrong with a submission. Each with its place and remedy; nothing in it is trusted."""
    from braincast.forecasts.submissions.validation import validate as validate_submission
    from braincast.tasks.effects import asked

    question = asked(task)
    with session(quiet=quiet):
        found = validate_submission(question, submission)
    if not found.valid:
        _refuse(found, json_)
    if json_:
        print_json(found.to_dict())
    else:
        typer.echo(f"{submission} is a valid submission to {question.name}")


def _refuse(found: Validation, json_: bool) -> NoReturn:
    """Show every problem: as the document, or as a line each on standard error."""
    if json_:
        print_json(found.to_dict())
    else:
        sys.stderr.write("".join(f"{problem}\n" for problem in found.problems))
    raise typer.Exit(EXIT_INPUT)


def _stores(paths: list[Path], task_name: Any, scratch: Path, data: Path | None) -> tuple[AnyCard, list[Path]]:
    """The task that the forecasts answer, and their stores; a fit is made to forecast into `scratch` first.

    Stores that do not say their task are those of the task that is named.
    """
    from braincast.files import MANIFEST, sha256_of_file
    from braincast.forecasts.answering import save_answers
    from braincast.forecasts.store import load_forecast
    from braincast.tasks.registry import load_task, task_card
    from braincast.training.checkpoint import is_fit, load_fit, read_fit_record, task_of_fit

    stores = []
    for number, path in enumerate(paths):
        if is_fit(path):
            own = task_of_fit(path, load_task(read_fit_record(path)["task"], data=data))
            source = sha256_of_file(path / MANIFEST)
            path = save_answers(load_fit(path, own), own.cases("test"), scratch / str(number), source=source)
        stores.append(path)
    named = load_forecast(stores[0]).attrs.get("task", task_name)
    if not isinstance(named, str):
        fix = "Name the task in the file for --about"
        raise BraincastError("E215", str(stores[0]), "it does not say which task it answers", fix)
    return task_card(named), stores
