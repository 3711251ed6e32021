"""`braincast score` and `compare`: forecasts from anywhere, against a task's truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Data, Force, Json, Offline, Out, Quiet, TaskName
from braincast.cli.session import console, print_json, session
from braincast.errors import BraincastError

if TYPE_CHECKING:
    import xarray as xr

    from braincast.tasks.kinds import AnyTask

Forecasts = Annotated[list[Path], typer.Argument(metavar="FORECAST...", help="Folders made by braincast forecast.")]


def score(
    task: TaskName,
    forecasts: Forecasts,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="NAME", help="Skill is against this one.")
    ] = None,
    out: Out = None,
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Score forecasts beside the task's baselines."""
    from braincast.experiments.beside import score_beside_baselines
    from braincast.files import write_json
    from braincast.tasks.registry import load_task

    scorecard = None if out is None else _free(out / "scorecard.json", force)
    with session(quiet=quiet, offline=offline):
        opened = load_task(task, data=data)
        found = _load(opened, forecasts)
        document: dict[str, Any] = score_beside_baselines(opened, found, baseline=baseline).to_dict()
        files: dict[str, Any] = {"forecasts": [str(path) for path in forecasts]}
        document["files"] = files
        if scorecard is not None:
            files["scorecard"] = str(scorecard)
            write_json(scorecard, document)
    if json_:
        print_json(document)
        return
    from braincast.reports.terminal import show_result

    show_result(document, console())


def compare(
    task: TaskName,
    a: Annotated[Path, typer.Argument(metavar="FORECAST", help="The first forecast.")],
    b: Annotated[Path, typer.Argument(metavar="FORECAST", help="The second forecast.")],
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
) -> None:
    """Compare two forecasts on the same resamples, for every metric of the task."""
    from braincast.scoring.any_task import compare as compare_pair
    from braincast.scoring.any_task import score as score_forecasts
    from braincast.tasks.registry import load_task

    with session(quiet=quiet, offline=offline):
        opened = load_task(task, data=data)
        found = _load(opened, [a, b])
        scorecard = score_forecasts(opened, found)
        first, second = found
        pairs = [compare_pair(scorecard, first, second, key).to_dict() for key in opened.card.metric_keys]
    document = {"task": opened.name, "task_hash": opened.hash, "comparisons": pairs}
    if json_:
        print_json(document)
        return
    from braincast.reports.terminal import show_comparison

    show_comparison(document, console())


def _load(task: AnyTask, paths: list[Path]) -> dict[str, xr.DataArray]:
    """Forecasts by name: the model's, or the folder's where two have the same model; each checked against the task."""
    from braincast.forecasts.store import load_forecast

    loaded = [(path, load_forecast(path, task.card)) for path in paths]
    models = [str(forecast.attrs.get("model", path.stem)) for path, forecast in loaded]
    names = [m if models.count(m) == 1 else path.stem for m, (path, _) in zip(models, loaded, strict=True)]
    for name in names:
        if names.count(name) > 1:
            what = f"two forecasts are named {name!r}"
            raise BraincastError("E305", "FORECAST", what, "Give each folder a name of its own")
    return {name: forecast for name, (_, forecast) in zip(names, loaded, strict=True)}


def _free(path: Path, force: bool) -> Path:
    """Refuse an existing output before the work is done, not after it."""
    if path.exists() and not force:
        raise BraincastError("E501", str(path), "this scorecard exists already", "Choose another --out or add --force")
    return path
