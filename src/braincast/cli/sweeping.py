"""`braincast sweep`: the search for settings of a model on validation data."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import (
    Data,
    Force,
    Json,
    Offline,
    Out,
    Quiet,
    Seed,
    Sets,
    TaskName,
    parsed_pairs,
    parsed_settings,
    parsed_value,
)
from braincast.cli.session import console, print_json, resumable, session
from braincast.errors import BraincastError

if TYPE_CHECKING:
    from braincast.experiments.sweeps.folder import SweepFolder
    from braincast.experiments.sweeps.sweep import SweepResult
    from braincast.models.interface import AnyModel
    from braincast.models.space import Choices, Range
    from braincast.tasks.kinds import AnyTask

_PAGE, _SHOWN = "sweep.html", 5


def sweep(
    task: TaskName,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model's name (braincast list models).")],
    trials: Annotated[int, typer.Option("--trials", metavar="N", help="How many settings are tried.")] = 30,
    settings: Sets = None,
    ranges: Annotated[
        list[str] | None,
        typer.Option("--range", metavar="K=LOW..HIGH|K=A,B", help="Sweep a setting over a range (:log) or values."),
    ] = None,
    seed: Seed = 0,
    out: Out = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a sweep that was stopped, or with more trials.")
    ] = False,
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Search settings of a model. By the error on validation data; test data stay closed."""
    from braincast.datasets.cache import home
    from braincast.experiments.folder import numbered_folder
    from braincast.files import real_path
    from braincast.models.registry import load_model
    from braincast.tasks.registry import load_task

    loaded, opened = load_model(model), load_task(task, data=data)
    asked = {"n_trials": trials, "seed": seed, "space": parsed_space(loaded, ranges or [])}
    asked["settings"] = parsed_settings(settings or [])
    path = real_path(out or numbered_folder(home() / "sweeps", f"{task}-{model}"))
    again = f"the same command with --resume --out {shlex.quote(str(path))}"
    words = [] if data is None else ["--data", str(data)]
    with session(quiet=quiet, offline=offline), resumable(again):
        document = _carry_out(loaded, opened, path, asked, words, resume=resume, force=force)
    if json_:
        print_json(document)
    else:
        _show(document)


def parsed_space(model: AnyModel, ranges: list[str]) -> dict[str, Range | Choices]:
    """What --range asks for; a range is on the scale of the model's card unless it says :log or :linear."""
    from braincast.experiments.sweeps.space import own_space
    from braincast.models.space import Choices, Range

    own = own_space(model)
    space: dict[str, Range | Choices] = {}
    for name, text in parsed_pairs("--range", ranges, "penalty=0.1..10").items():
        ends, colon, scale = text.partition(":")
        if ".." not in ends:
            space[name] = Choices(tuple(parsed_value(value) for value in text.split(",") if value))
            continue
        if colon and scale not in ("log", "linear"):
            raise _not_a_range(name, text)
        card = own.get(name)
        log = scale == "log" if colon else isinstance(card, Range) and card.log
        lower, _, upper = ends.partition("..")
        space[name] = Range(_number(name, text, lower), _number(name, text, upper), log)
    return space


def _number(name: str, text: str, end: str) -> float | int:
    value = parsed_value(end)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _not_a_range(name, text)
    return value


def _not_a_range(name: str, text: str) -> BraincastError:
    fix = "Write for example 1e-4..1e-2:log, 0..0.5:linear, or values as in 16,32,64"
    return BraincastError("E305", f"--range {name}", f"{text!r} is not a range of numbers", fix)


def _carry_out(
    model: AnyModel,
    task: AnyTask,
    path: Path,
    asked: Mapping[str, Any],
    words: list[str],
    *,
    resume: bool,
    force: bool,
) -> dict[str, Any]:
    from braincast.experiments.sweeps.folder import RESULT, reopened, sweep_folder
    from braincast.experiments.sweeps.sweep import begun, sweep
    from braincast.files import read_json

    configuration, n_trials = begun(model, task, **asked), asked["n_trials"]
    with sweep_folder(path, configuration, n_trials, resume=resume, force=force) as folder:
        if folder.is_finished and len(folder.trials()) == n_trials:
            return read_json(folder.path / RESULT)
        reopened(folder)
        return _written(sweep(model, task, folder=folder, **asked), folder, path, words)


def _written(result: SweepResult, folder: SweepFolder, path: Path, words: list[str]) -> dict[str, Any]:
    from braincast.experiments.sweeps.folder import RESULT, TRIALS
    from braincast.files import write_json, write_text
    from braincast.reports.sweep import sweep_page

    names = {"report": _PAGE, "result": RESULT, "trials": TRIALS}
    # Where they will lie; with --force they are written beside the old sweep first.
    files = {**{key: str(path / name) for key, name in names.items()}, "folder": str(path)}
    document = {**result.to_dict(), "command": result.command(*words), "files": files}
    write_json(folder.path / RESULT, document)
    write_text(folder.path / _PAGE, sweep_page(document))
    return document


def _show(document: Mapping[str, Any]) -> None:
    from braincast.reports.terminal import show_table

    names = list(document["space"])
    done = [trial for trial in document["trials"] if trial["validation"] is not None]
    rows = [
        (str(trial["number"]), f"{trial['validation']:.4f}", *(str(trial["settings"][name]) for name in names))
        for trial in sorted(done, key=lambda trial: (trial["validation"], trial["number"]))[:_SHOWN]
    ]
    loss = document["loss"].replace("_", " ")
    failed = len(document["trials"]) - len(done)
    title = f"Best of {len(document['trials'])} trials" + (f", {failed} of which failed" if failed else "")
    show_table(title, ("trial", f"validation {loss}", *names), rows, console())
    typer.echo(f"{document['files']['report']}\n{document['command']}")
