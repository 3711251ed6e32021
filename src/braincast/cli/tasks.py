"""`braincast task new`: a task of one's own; `task files`: any task as plain files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Data, Force, Json, Offline, Out, Quiet, TaskName
from braincast.cli.session import console, print_json, session
from braincast.errors import BraincastError

if TYPE_CHECKING:
    from braincast.tasks.forecasting.card import ForecastCard

# Kind, context, horizon, stride, gap, conditions and animals held out, and frames where none of them is asked for.
_AS_LIKE = ("forecast", None, None, 1, None, None, False, False)

app = typer.Typer(help="Make tasks, or take them along.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def tasks() -> None:
    """Make tasks, or take them along."""


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="The task's name: lower-case letters, digits and hyphens.")],
    dataset: Annotated[str, typer.Option("--dataset", metavar="N", help="A dataset (braincast list datasets).")],
    kind: Annotated[
        str, typer.Option("--kind", metavar="K", help="The kind of task: forecast, rollout or imputation.")
    ] = "forecast",
    context: Annotated[int | None, typer.Option("--context", min=1, help="Frames that a model sees.")] = None,
    horizon: Annotated[int | None, typer.Option("--horizon", min=1, help="Frames to forecast.")] = None,
    stride: Annotated[int, typer.Option("--stride", min=1, help="Frames from one window to the next.")] = 1,
    gap: Annotated[
        int | None, typer.Option("--gap", min=0, help="Frames left out between splits; the horizon without it.")
    ] = None,
    hold_out: Annotated[
        list[str] | None, typer.Option("--hold-out", metavar="C", help="A condition that is tested but not learned.")
    ] = None,
    hold_out_animals: Annotated[
        bool, typer.Option("--hold-out-animals", help="Ask about each animal a model that learned from the others.")
    ] = False,
    like: Annotated[
        str | None, typer.Option("--like", metavar="TASK", help="The windows of that task, on this dataset.")
    ] = None,
    frames: Annotated[bool, typer.Option("--frames", help="Count frames, whatever the times between them.")] = False,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Make a task of recordings. Forecast, rollout or imputation; blocked splits with gaps, floors, a line-up."""
    from braincast.datasets.registry import load_dataset
    from braincast.progress import step
    from braincast.tasks.forecasting.build import DEFAULT_HORIZON, Design, build
    from braincast.tasks.forecasting.hiding import asked_of
    from braincast.tasks.imputation.build import USUAL_WINDOW, build_imputation
    from braincast.tasks.registry import add_task, forecast_card, free_name
    from braincast.tasks.rollouts.build import USUAL_CONTEXT, build_usual_rollout

    makers = {"forecast": build, "rollout": build_usual_rollout, "imputation": build_imputation}
    if kind not in makers:
        fix = "Forecast, rollout and imputation tasks can be made of any dataset with recordings"
        raise BraincastError("E305", "--kind", f"tasks of kind {kind!r} cannot be made here", fix)
    free_name(name, force=force)
    if like is not None and (kind, context, horizon, stride, gap, hold_out, hold_out_animals, frames) != _AS_LIKE:
        what, fix = f"the windows are those of {like}, which no other option can change", "Leave --like or these out"
        raise BraincastError("E305", "--like", what, fix)
    usual_gap = {"rollout": USUAL_CONTEXT, "imputation": horizon or USUAL_WINDOW}.get(kind, horizon or DEFAULT_HORIZON)
    design = Design(
        context=context,
        horizon=horizon,
        stride=stride,
        gap=usual_gap if gap is None else gap,
        in_frames=frames,
        held_out=tuple(hold_out or ()),
        held_out_animals=hold_out_animals,
    )
    with session(quiet=quiet, offline=offline), step(f"Making {name}"):
        loaded = load_dataset(dataset, offline=offline or None)
        card = makers[kind](loaded, name, design) if like is None else asked_of(forecast_card(like), loaded, name)
        path = add_task(card, force=force)
    if json_:
        print_json({**card.to_show(), "files": {"task": str(path)}})
        return
    from braincast.reports.terminal import show_table

    show_table(f"Task {name}", ("", ""), list(_facts(card).items()), console())
    typer.echo(f"Next: braincast run {name}")


@app.command("files")
def files(
    task: TaskName,
    out: Out = None,
    nulls: Annotated[int, typer.Option("--nulls", min=0, max=1_000, metavar="N", help="Draws of each null.")] = 3,
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Write a task as plain files. What is asked, what may be learned from; for models that do without braincast."""
    from braincast.datasets.cache import home
    from braincast.datasets.registry import dataset_card
    from braincast.experiments.folder import numbered_folder
    from braincast.progress import step
    from braincast.tasks.plain.folder import write_task
    from braincast.tasks.registry import load_task

    with session(quiet=quiet, offline=offline):
        opened = load_task(task, data=data)
        path = out or numbered_folder(home() / "tasks-as-files", task)
        with step(f"Writing {task}"):
            write_task(opened, dataset_card(opened.card.dataset), path, n_null_draws=nulls, force=force)
    if json_:
        print_json({"task": opened.name, "task_hash": opened.hash, "files": {"task": str(path)}})
        return
    typer.echo(f"{path}")


@app.command("hide")
def hide(
    task: TaskName,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A new folder.")],
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Part a brain into a public dataset and a hidden truth. Only a board is to know the frames after test windows."""
    import numpy as np

    from braincast.files import new_folder
    from braincast.tasks.forecasting.hiding import parted
    from braincast.tasks.registry import forecast_card, load_task

    card = forecast_card(task)
    with session(quiet=quiet, offline=offline), new_folder(out, force=force) as folder:
        found = parted(load_task(task, data=data))  # pyright: ignore[reportArgumentType]  its card is a ForecastCard
        found.public.save(folder / "public")
        cases, neurons = np.array([case.id for case in card.cases]), np.array(card.neurons)
        np.savez(folder / "truth.npz", activity=found.truth, case=cases, neuron=neurons)
    files = {"public": str(out / "public"), "truth": str(out / "truth.npz")}
    if json_:
        print_json({"task": task, "files": files})
        return
    typer.echo(f"{files['public']} is what everybody may have. Next: braincast data add {files['public']} --name NAME")
    typer.echo(f"{files['truth']} is for braincast board add-task --hidden, and nobody else")


@app.command("windows")
def windows(
    task: TaskName,
    out: Out = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """List every window of a forecast task. Recording, condition, split, first frame to forecast; needs no data."""
    from braincast.files import require_free, write_text
    from braincast.tasks.forecasting.card import Window
    from braincast.tasks.registry import forecast_card

    card = forecast_card(task)
    if json_:
        listed = [window._asdict() for window in card.windows]
        print_json({"task": task, "windows_hash": card.windows_hash, "windows": listed})
        return
    lines = [list(Window._fields), *card.windows]
    text = "".join(",".join(map(str, line)) + "\n" for line in lines)
    if out is None:
        typer.echo(text, nl=False)
        return
    require_free(out, force=force)
    write_text(out, text)
    typer.echo(f"{out}")


def _facts(card: ForecastCard) -> dict[str, Any]:
    """What a reader checks before running it."""
    step = "frames" if card.dt_s is None else f"{card.dt_s:.4g} s (jitter {card.jitter or 0:.1%})"
    counted = {split: sum(found.values()) for split, found in card.n_windows.items()}
    return {
        "question": card.question,
        "neurons": len(card.neurons),
        "recordings": len(card.recordings),
        "step": step,
        "windows": ", ".join(f"{split} {count:,}" for split, count in counted.items()),
        "conditions": ", ".join(dict.fromkeys(piece.condition for piece in card.pieces)),
        "floors": ", ".join(card.baselines),
        "ceiling": card.ceiling,
        "line-up": ", ".join(card.lineup),
        "hash": card.hash[:12],
    }
