"""`braincast fit` and `forecast`: one model, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
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
    Track,
    parsed_settings,
    task_track,
)
from braincast.cli.planning import outlay_line, outlay_of, show_outlay
from braincast.cli.session import print_json, resumable, session
from braincast.errors import BraincastError

if TYPE_CHECKING:
    from braincast.models.interface import AnyModel
    from braincast.tasks.kinds import AnyTask
    from braincast.training.fit import FittedFolds


def fit(
    task: TaskName,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model's name (braincast list models).")],
    settings: Sets = None,
    seed: Seed = 0,
    out: Out = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep a fit of the same task and model, or go on with its training.")
    ] = False,
    start: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="RUN", help="Begin networks from another fit of the model, of other animals say."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how long this, its forecast and its score would take; do nothing.")
    ] = False,
    data: Data = None,
    track: Track = "open",
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Fit a model to every fold of a task. Settings that are not fixed are chosen on held-out training data."""
    from braincast.datasets.cache import home
    from braincast.experiments.folder import numbered_folder
    from braincast.experiments.large import is_large
    from braincast.files import require_free
    from braincast.models.interface import Learner
    from braincast.models.registry import load_model
    from braincast.tasks.registry import load_task
    from braincast.training.checkpoint import read_fit_record
    from braincast.training.start import start_of

    fixed = parsed_settings(settings or [])
    loaded, opened = load_model(model), load_task(task, data=data, track=task_track(track))
    if dry_run:
        with session(quiet=quiet, offline=offline):
            show_outlay(outlay_of(loaded, opened, fixed), as_json=json_)
        return
    path = out or numbered_folder(home() / "fits", f"{task}-{model}")
    if resume and path.exists():
        record = read_fit_record(path)
        began = None if start is None else start_of(start, loaded).fit
        asked = {"task_hash": opened.hash, "track": opened.track}
        _require_same(record, path, {**asked, "model": model, "seed": seed}, began)
    else:
        require_free(path, force=force)
        place = _unfinished(path, resume, force) if isinstance(loaded, Learner) else nullcontext()
        with session(quiet=quiet, offline=offline), place as folder:
            if is_large(opened.card) and not quiet:
                typer.echo(outlay_line(outlay_of(loaded, opened, fixed)), err=True)
            _fit_into(path, force, loaded, opened, seed=seed, settings=fixed, folder=folder, start=start)
        record = read_fit_record(path)
    if json_:
        print_json({**record, "files": {"run": str(path)}})
    else:
        typer.echo(f"{path}")


def forecast(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A folder made by braincast fit.")],
    out: Out = None,
    float16: Annotated[bool, typer.Option("--float16", help="Round to half precision: half the space.")] = False,
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Forecast the test cases with a fit. What was stopped on the way goes on with the same command."""
    import numpy as np

    from braincast.files import MANIFEST, require_free, sha256_of_file
    from braincast.forecasts.answering import save_answers
    from braincast.tasks.registry import load_task
    from braincast.training.checkpoint import load_fit, read_fit_record

    record = read_fit_record(run)
    path = out or run.with_name(f"{run.name}-forecast.zarr")
    require_free(path, force=force)
    with session(quiet=quiet, offline=offline), resumable("the same command"):
        task = load_task(record["task"], data=data, track=record.get("track", "open"))
        fitted, source = load_fit(run, task), sha256_of_file(run / MANIFEST)
        dtype = np.float16 if float16 else np.float32
        save_answers(fitted, task.cases("test"), path, source=source, force=force, dtype=dtype)
    if json_:
        print_json({"task": task.name, "model": record["model"], "files": {"forecast": str(path)}})
    else:
        typer.echo(f"{path}")


@contextmanager
def _unfinished(path: Path, resume: bool, force: bool) -> Iterator[Path]:
    """The folder beside a fit in which trainings are kept while they run; gone when the block ends well."""
    from braincast.files import lock, remove_leftovers, remove_tree

    folder = path.with_name(f"{path.name}.unfinished")
    with lock(folder):
        if resume:
            remove_leftovers(folder)
        elif folder.exists() and not force:
            what, fix = "a training that was not finished is there", "Add --resume to go on with it, or --force"
            raise BraincastError("E501", str(folder), what, fix)
        else:
            remove_tree(folder)
        yield folder
        remove_tree(folder)


def _fit_into(path: Path, force: bool, model: AnyModel, task: AnyTask, **how: Any) -> None:
    """Fit, and write the fit with its pictures."""
    from braincast.progress import step
    from braincast.training.checkpoint import save_fit
    from braincast.training.fit import fit

    with step(f"Fitting {model.card.name}"):
        fitted = fit(model, task, **how)
    save_fit(fitted, path, force=force, beside=_pictures(fitted))


def _pictures(fitted: FittedFolds) -> dict[str, str]:
    """How trainings by gradient went; nothing for a fit in closed form."""
    from braincast.reports.learning import learning_page

    trainings = {f"fold {n}": choice.metrics for n, choice in enumerate(fitted.choices) if choice.metrics}
    return {"learning.html": learning_page(f"{fitted.model} on {fitted.task.name}", trainings)} if trainings else {}


def _require_same(record: dict[str, Any], path: Path, wanted: dict[str, Any], began: str | None) -> None:
    """E502 for a fit of something else, or one that began from another fit than `began`."""
    held = {"track": "open", **record, "start": (record.get("start") or {}).get("fit")}
    for key, value in {**wanted, "start": began}.items():
        if held.get(key) != value:
            what = f"it holds a fit with {key} {held.get(key)!r}, not {value!r}"
            raise BraincastError("E502", str(path), what, "Choose another --out")
