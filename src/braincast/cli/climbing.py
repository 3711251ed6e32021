"""`braincast ladder`: how much detail does a model need?"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Data, Force, Json, Offline, Out, Quiet, TaskName
from braincast.cli.session import console, print_json, resumable, session

if TYPE_CHECKING:
    from braincast.tasks.kinds import AnyCard

_PAGE, _RESULT = "ladder.html", "ladder.json"


def ladder(
    task: TaskName,
    rungs: Annotated[str | None, typer.Option("--rungs", metavar="A,B", help="Some rungs instead of all.")] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Seeds of models that have any randomness.")] = 1,
    data: Data = None,
    out: Out = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Find how much detail is enough. Models from a constant to rates on the wiring, on one task."""
    from braincast.datasets.cache import home
    from braincast.experiments.folder import numbered_folder
    from braincast.experiments.ladder import ladder_configuration
    from braincast.files import real_path
    from braincast.tasks.registry import task_card

    card = task_card(task)
    configuration = ladder_configuration(card, rungs, seeds)
    path = real_path(out or numbered_folder(home() / "ladders", card.name))
    again = f"the same command with --out {shlex.quote(str(path))}"
    with session(quiet=quiet, offline=offline), resumable(again):
        document = _carry_out(card, configuration, data, path, force)
    if json_:
        print_json(document)
    else:
        _show(document)


def _carry_out(
    card: AnyCard, configuration: Mapping[str, Any], data: Path | None, path: Path, force: bool
) -> dict[str, Any]:
    from braincast.cli.run import n_cores
    from braincast.experiments.folder import run_folder
    from braincast.experiments.ladder import climb
    from braincast.files import write_json, write_text
    from braincast.progress import step
    from braincast.reports.ladder import ladder_page
    from braincast.tasks.registry import load_task

    with run_folder(path, configuration, force=force) as folder:
        task = load_task(card.name, data=data)
        with step(f"Loading {card.dataset}"):
            task.fetch()
        document = climb(task, configuration, folder=folder, n_workers=n_cores()).to_dict()
        files = {"report": str(path / _PAGE), "result": str(path / _RESULT), "folder": str(path)}
        document["files"] = files
        write_json(folder.path / _RESULT, document)
        write_text(folder.path / _PAGE, ladder_page(document))
    return document


def _show(document: Mapping[str, Any]) -> None:
    from braincast.reports.entries import metric_title
    from braincast.reports.numbers import count, decimal, duration, interval
    from braincast.reports.terminal import show_table

    title = metric_title(document["primary"])
    rows = [
        (
            rung["name"],
            rung["detail"],
            decimal(rung["value"], title.digits),
            interval(rung["difference_ci"], title.digits, signed=True),
            "best" if rung["name"] == document["best"] else "yes" if rung["tied"] else "no",
            count(rung["parameters"]),
            duration(rung["fit_s"]),
        )
        for rung in document["rungs"]
    ]
    columns = ("rung", "what is in it", title.short, "less the best", "tied", "parameters", "fit")
    show_table(document["sentence"], columns, rows, console())
    typer.echo(document["files"]["report"])
