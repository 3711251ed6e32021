"""What a fit will take, said before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from braincast.cli.session import print_json
from braincast.errors import BraincastError

if TYPE_CHECKING:
    from braincast.experiments.outlay import Outlay
    from braincast.models.interface import AnyModel
    from braincast.tasks.kinds import AnyTask

_GIGABYTE = 1e9


def outlay_of(model: AnyModel, task: AnyTask, settings: dict[str, Any]) -> Outlay:
    """What a fit will take; E306 for a task that does not ask for forecasts."""
    from braincast.experiments.outlay import outlay
    from braincast.progress import step
    from braincast.tasks.forecasting.task import ForecastTask
    from braincast.training.fit import candidates_of

    model.card.require_answer(task.card, task.track)
    if not isinstance(task, ForecastTask):
        what = f"what a fit takes is known beforehand for forecast tasks alone, and it is of the kind {task.card.kind}"
        raise BraincastError(
            "E306", f"task {task.name}", what, f"Ask braincast run {task.name} --dry-run for a rough time"
        )
    with step("Trying a few steps"):
        return outlay(model, task, candidates_of(model, settings))


def outlay_line(found: Outlay) -> str:
    """In words, on one line."""
    fit = "in closed form" if found.fit_s is None else f"at most {_minutes(found.fit_s)}"
    if found.n_trainings > 1 and found.fit_s is not None:
        fit += f" ({found.n_trainings} trainings)"
    memory = "unknown" if found.memory_bytes is None else f"{found.memory_bytes / _GIGABYTE:.1f} GB"
    single, half, compressed = (
        size / _GIGABYTE
        for size in (found.forecast_bytes, found.forecast_bytes_float16, found.forecast_bytes_compressed)
    )
    return (
        f"Plan: fit {fit}; forecast {_minutes(found.forecast_s)}; score {_minutes(found.score_s)}; memory {memory}. "
        f"Disk for the forecast: {single:.1f} GB in float32 (about {compressed:.1f} GB compressed), {half:.1f} GB with "
        "--float16, none where the fit itself is scored (braincast score TASK RUN)."
    )


def show_outlay(found: Outlay, *, as_json: bool) -> None:
    """On standard output."""
    if as_json:
        print_json(found.to_dict())
    else:
        typer.echo(outlay_line(found))


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
