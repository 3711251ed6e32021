"""`braincast run`: the main job."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Data, Force, Json, Offline, Out, Quiet, Track, task_track
from braincast.cli.session import console, print_json, resumable, session

if TYPE_CHECKING:
    from braincast.experiments.run import Configuration
    from braincast.tasks.kinds import AnyCard

DEFAULT_TASK = "worm-perturbation"


def run(
    task: Annotated[str, typer.Argument(metavar="[TASK]", help="A task's name.")] = DEFAULT_TASK,
    models: Annotated[
        str | None, typer.Option("--models", metavar="A,B|all", help="Models instead of the task's own.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Seeds of models that have any randomness.")] = 1,
    data: Data = None,
    track: Track = "open",
    wiring_test: Annotated[bool, typer.Option("--wiring-test", help="All arms, and all draws for all models.")] = False,
    draws: Annotated[int | None, typer.Option("--draws", min=1, help="Draws of each null that decides.")] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Score what an interrupted run has so far, and fit nothing.")
    ] = False,
    keep: Annotated[
        str,
        typer.Option(
            "--keep",
            metavar="float32|float16|nothing",
            help="What to keep of forecasts that take more than a gigabyte each.",
        ),
    ] = "float32",
    out: Out = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Fit the line-up, forecast unseen activity, score it, report. Tests the wiring where models use it."""
    from braincast.experiments.run import configure
    from braincast.files import real_path
    from braincast.tasks.registry import task_card

    card = task_card(task)
    chosen = {"n_seeds": seeds, "wiring_test": wiring_test, "n_draws": draws, "track": task_track(track), "keep": keep}
    configuration = configure(card, models, **chosen)
    if dry_run:
        _show_plan(card, configuration, json_)
        return
    path = real_path(out or _new_place(card))
    again = f"the same command with --out {shlex.quote(str(path))}"  # also for one who gave no --out
    with session(quiet=quiet, offline=offline), resumable(again):
        if partial:
            document = _so_far(card, configuration, data, path)
        else:
            document = _carry_out(card, configuration, data, path, force)
    if json_:
        print_json(document)
        return
    from braincast.reports.terminal import show_result

    show_result(document, console())


def _new_place(card: AnyCard) -> Path:
    from braincast.datasets.cache import home
    from braincast.experiments.folder import numbered_folder

    return numbered_folder(home() / "runs", card.name)


def _carry_out(
    card: AnyCard, configuration: Configuration, data: Path | None, path: Path, force: bool
) -> dict[str, Any]:
    from braincast.datasets.registry import dataset_card
    from braincast.experiments import run as experiment
    from braincast.experiments.folder import run_folder
    from braincast.files import write_json
    from braincast.progress import step
    from braincast.reports.html import write_report
    from braincast.tasks.registry import load_task

    with run_folder(path, configuration.to_dict(), force=force) as folder:
        task = load_task(card.name, data=data, track=configuration.track)
        with step(f"Loading {card.dataset}"):
            task.fetch()
        result = experiment.run(task, configuration, folder=folder, n_workers=n_cores())
        document = result.to_dict()
        names = {"report": "report.html", "scorecard": "scorecard.json"}
        # Where they will lie; with --force they are written beside the old run first.
        document["files"] = {**{key: str(path / name) for key, name in names.items()}, "folder": str(path)}
        write_json(folder.path / names["scorecard"], document)
        made = dataset_card(card.dataset), command_line(), result.judged.exhibits
        write_report(folder.path / names["report"], document, card, *made)
    return document


def _so_far(card: AnyCard, configuration: Configuration, data: Path | None, path: Path) -> dict[str, Any]:
    """The document of an unfinished run, from the forecasts that it has."""
    from braincast.experiments import run as experiment
    from braincast.experiments.folder import unfinished_run
    from braincast.tasks.registry import load_task

    folder = unfinished_run(path, configuration.to_dict())
    task = load_task(card.name, data=data, track=configuration.track)
    return experiment.run(task, configuration, folder=folder, n_workers=n_cores(), partial=True).to_dict()


def _show_plan(card: AnyCard, configuration: Configuration, json_: bool) -> None:
    plan = _plan(card, configuration)
    if json_:
        print_json(plan)
        return
    from braincast.reports.terminal import show_table

    to_fetch, stores = plan["to_fetch"], plan["read_in_place"]
    megabytes = sum(file["bytes"] for file in to_fetch) / 1e6
    shown = {
        **plan,
        "to_bring": ", ".join(f"{name} (--data)" for name in plan["to_bring"]) or "nothing",
        "to_fetch": f"{len(to_fetch)} files, {megabytes:.1f} MB" if to_fetch else "nothing",
        "read_in_place": "; ".join(f"{one['store']} ({one['bytes'] / 1e9:.1f} GB)" for one in stores) or "nothing",
        "estimated_s": _shown_time(plan["estimated_s"]) + (", after the download" if to_fetch else ""),
        "forecasts_bytes": f"{plan['forecasts_bytes'] / 1e6:,.1f} MB at most",
    }
    rows = [(k.replace("_", " "), ", ".join(v) if isinstance(v, list) else str(v)) for k, v in shown.items()]
    show_table("What would be done", ("", ""), rows, console())


def _plan(card: AnyCard, configuration: Configuration) -> dict[str, Any]:
    """What a run would fetch, fit and keep."""
    from braincast.datasets.cache import source_path
    from braincast.datasets.registry import dataset_card
    from braincast.experiments.arms import planned_arms
    from braincast.experiments.entrants import baselines_of
    from braincast.experiments.large import is_large
    from braincast.experiments.run import estimated_s

    data, arms = dataset_card(card.dataset), planned_arms(card, wiring_test=configuration.wiring_test)
    missing = [source for source in data.files if not source_path(source).exists()]
    return {
        "task": card.name,
        "task_hash": card.hash,
        "dataset": card.dataset,
        "to_fetch": [{"file": own.filename, "bytes": own.size_bytes} for own in missing if own.kind != "brought"],
        "to_bring": [source.filename for source in missing if source.kind == "brought"],
        "read_in_place": [{"store": store.url or store.name, "bytes": store.size_bytes} for store in data.stores],
        "models": list(dict.fromkeys([*baselines_of(card, configuration.track), *configuration.models])),
        "nulls": [arm for arm, role in arms.items() if role == "null"],
        "controls": [arm for arm, role in arms.items() if role == "control"],
        "folds": card.n_folds,
        "cases": len(card.cases),
        "estimated_s": None if is_large(card) else round(estimated_s(card, configuration) / n_cores(), 1),
        "forecasts_bytes": _kept_bytes(card, configuration),
    }


def _kept_bytes(card: AnyCard, configuration: Configuration) -> int:
    """Of forecasts in the run's folder, as single numbers and before they are compressed."""
    from braincast.experiments.large import answer_bytes, is_large
    from braincast.experiments.run import n_forecasts

    share = {"float32": 1.0, "float16": 0.5, "nothing": 0.0}[configuration.keep] if is_large(card) else 1.0
    return int(share * answer_bytes(card) * n_forecasts(card, configuration))


def _shown_time(estimated_s: float | None) -> str:
    if estimated_s is None:
        return "not known before a few steps are tried: braincast fit TASK MODEL --dry-run"
    return f"about {estimated_s:.0f} s on {n_cores()} cores"


def n_cores() -> int:
    """Cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def command_line() -> str:
    """The command as typed, without the path of the program."""
    return shlex.join(["braincast", *sys.argv[1:]])
