"""The forecast tasks and their line-ups, and models in new subjects: `python benchmarks/forecasts.py --write`.

`--table` only writes the tables and figures of the page again, from the figures recorded last. The recordings of
worm-forecast and zebrafish-regions are found through BRAINCAST_TEST_DATA, unless the cache has them already.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from line_figure import write_lines
from pages import over_blocks, put_between_markers, rounded, with_interval
from threadpoolctl import threadpool_limits

import braincast as bc
from braincast.brain.surrogates import surrogate
from braincast.experiments.run import configure, run
from braincast.files import read_json, write_json
from braincast.scoring.any_task import compare, score
from braincast.tasks.forecasting.build import build
from braincast.tasks.forecasting.declared import DECLARED
from braincast.tasks.forecasting.task import ForecastTask

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "forecasts.json"
FIGURES = ROOT / "docs" / "figures"
PAGE = ROOT / "docs" / "findings" / "forecasting.md"
BROUGHT = ("worm-forecast", "zebrafish-regions")
# What the figures of facts known before were computed with: two frames, ridge towards zero.
SECOND_ORDER = {"ar": {"order": 2}, "var": {"order": 2, "towards": "mean"}}
TRANSFERRED = ("ar", "pooled-linear", "var", "reduced-rank-var", "factor-embedding")
DRAWN = ("mean", "persistence", "var")  # and pooled-linear, or the noise floor where it is known
ALONE, TOGETHER = ("ar", "ar-direct"), ("var", "reduced-rank-var", "factor-embedding")
SURROGATE_SEED = 7


def main(arguments: Sequence[str]) -> None:
    """Run every forecast task; `--write` keeps the figures and the page."""
    if "--table" in arguments:
        publish(read_json(RESULT))
        return
    figures = rounded(
        {
            "tasks": {name: line_up(forecast_task(name)) for name in DECLARED},
            "second_order": second_order(forecast_task("worm-forecast")),
            "transfer": transfer(),
            "independent_phases": independent_phases(),
        }
    )
    print(json.dumps(figures, indent=1))
    if "--write" in arguments:
        write_json(RESULT, figures)
        publish(figures)


def line_up(task: ForecastTask) -> dict[str, Any]:
    """A task's default run."""
    result = run(task, configure(task.card), n_workers=2)
    document = result.to_dict()
    validation = document["validation_absolute_error"]
    models = {name: _scores(found, validation[name]) for name, found in document["models"].items()}
    intervals = document["intervals"]
    return {
        "task_hash": task.hash,
        "in_frames": task.card.dt_s is None,
        "leads": [round(at, 2) for at in task.card.lead_s] or list(range(1, task.card.horizon + 1)),
        "headline": result.headline,
        "best_simple": document["best_simple"]["name"],
        "models": models,
        "noise_floor": list(task.card.noise_floor) or None,
        "intervals": {k: intervals[k] for k in ("n_animals", "n_blocks", "block_frames", "coverage", "flag")},
        "wall_s": result.wall_s,
    }


def second_order(task: ForecastTask) -> dict[str, Any]:
    """Iterated AR and VAR of order 2, with the penalty chosen on validation, beside persistence."""
    made = {name: _forecast(name, task, settings) for name, settings in {**SECOND_ORDER, "persistence": {}}.items()}
    card = score(task, made)
    found = {}
    for name in made:
        mae = card.models[name].metrics["mae"]
        found[name] = {"value": mae.value, "ci": mae.ci, "by_lead": mae.by_lead}
        if name != "persistence":
            pair = compare(card, name, "persistence", "mae")
            found[name]["over_persistence"] = {"value": pair.difference, "ci": pair.ci}
    return found


def transfer() -> dict[str, Any]:
    """The same windows answered by models that learned from the subject's own past, and by models that never saw it."""
    within, held_out = forecast_task("human-forecast"), forecast_task("human-transfer")
    found = {}
    for name in TRANSFERRED:
        own = _forecast(name, within, {}).assign_attrs(task=held_out.name, task_hash=held_out.hash)
        card = score(held_out, {"held out": _forecast(name, held_out, {}), "own past": own})
        drop = compare(card, "held out", "own past", "mae")
        scores = {
            arm: {"value": card.models[arm].metrics["mae"].value, "ci": card.models[arm].metrics["mae"].ci}
            for arm in card.models
        }
        found[name] = {**scores, "drop": {"value": drop.difference, "ci": drop.ci}}
    return found


def independent_phases() -> dict[str, Any]:
    """synthetic-linear as it is, and with the phases of every neuron drawn independently: who gains from the others?"""
    dataset = bc.load_dataset("synthetic-linear")
    ((name, specimen),) = dataset.specimens.items()
    ((recorded, recording),) = specimen.recordings.items()
    found = {}
    for kind, own in {"as it is": recording, "independent phases": surrogate(recording, seed=SURROGATE_SEED)}.items():
        changed = type(specimen)(name, specimen.species, recordings={recorded: own})
        brain = type(dataset)(dataset.card, {name: changed})
        task = ForecastTask(
            build(brain, "phases", DECLARED["synthetic-linear"].design), lambda brain=brain: brain.specimens
        )
        card = score(task, {model: _forecast(model, task, {}) for model in (*ALONE, *TOGETHER)})
        found[kind] = {
            model: {"value": card.models[model].metrics["mae"].value, "ci": card.models[model].metrics["mae"].ci}
            for model in (*ALONE, *TOGETHER)
        }
        best_alone = min(ALONE, key=lambda model, card=card: card.models[model].metrics["mae"].value)
        for model in TOGETHER:
            pair = compare(card, model, best_alone, "mae")
            found[kind][model]["over_alone"] = {"value": pair.difference, "ci": pair.ci}
    return found


def publish(figures: dict[str, Any]) -> None:
    """Put tables and pictures into the page."""
    for part, text in tables(figures).items():
        put_between_markers(PAGE, text, part)
    for name, found in figures["tasks"].items():
        curves = {model: found["models"][model]["by_lead"] for model in DRAWN}
        last = "noise floor" if found["noise_floor"] else "pooled-linear"
        curves[last] = found["noise_floor"] or found["models"][last]["by_lead"]
        title, across = f"Mean absolute error at each lead ({name})", "frames" if found["in_frames"] else "seconds"
        write_lines(FIGURES / f"{name}.svg", title, found["leads"], curves, across)


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The tables of the page, by the part of it where they stand."""
    return {
        **{name: _line_up_table(found) for name, found in figures["tasks"].items()},
        "second-order": _second_order_table(figures["second_order"]),
        "transfer": _transfer_table(figures["transfer"]),
        "phases": _phases_table(figures["independent_phases"]),
    }


def forecast_task(name: str) -> ForecastTask:
    """A forecast task by name, its recording brought where it has to be."""
    folder = os.environ.get("BRAINCAST_TEST_DATA")
    brought = Path(folder) if folder and name in BROUGHT else None
    task = bc.load_task(name, data=brought)
    if not isinstance(task, ForecastTask):
        raise TypeError(f"{name} is no forecast task")
    return task


def _forecast(model: str, task: ForecastTask, settings: dict[str, Any]) -> Any:
    with threadpool_limits(1):
        return bc.fit(model, task, settings=settings).forecast(task.cases())


def _scores(found: dict[str, Any], validation: float) -> dict[str, Any]:
    metrics = found["metrics"]
    return {
        "value": metrics["mae"]["value"],
        "ci": metrics["mae"]["ci"],
        "by_lead": metrics["mae"]["by_lead"],
        "skill": metrics["mae"]["skill"],
        "over_simple": metrics["mae"]["skill_over_simple"],
        "crps": metrics["crps"]["value"],
        "coverage": metrics["coverage"]["value"],
        "validation": validation,
        "fit_s": found["cost"]["fit_s"],
    }


def _line_up_table(found: dict[str, Any]) -> str:
    lines = [
        "| model | validation | MAE, 95 % interval | first lead | last lead | skill over persistence | CRPS | "
        "80 % coverage | fit |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in sorted(found["models"].items(), key=lambda item: item[1]["value"]):
        shown = f"**{name}**" if name == found["headline"] else name
        lines.append(
            f"| {shown} | {row['validation']:.3f} | {with_interval(row)} | {row['by_lead'][0]:.3f} | "
            f"{row['by_lead'][-1]:.3f} | {row['skill']:+.3f} | {row['crps']:.3f} | {row['coverage']:.2f} | "
            f"{row['fit_s']:.1f} s |"
        )
    if found["noise_floor"]:
        floor = found["noise_floor"]
        lines.append(f"| noise floor | | {sum(floor) / len(floor):.3f} | {floor[0]:.3f} | {floor[-1]:.3f} | | | | |")
    return "\n".join([*lines, "", _intervals_sentence(found)])


def _intervals_sentence(found: dict[str, Any]) -> str:
    return (
        f"Bold: best on validation windows. Intervals are over {over_blocks(found['intervals'])} The run took "
        f"{found['wall_s']:.0f} s on 2 cores."
    )


def _second_order_table(found: dict[str, Any]) -> str:
    lines = ["| model | MAE, 95 % interval | first lead | last lead | minus persistence |", "|---|---|---|---|---|"]
    for name, row in found.items():
        lead = with_interval(row["over_persistence"], "+.3f") if "over_persistence" in row else ""
        shown = name if name == "persistence" else f"{name}, order 2"
        lines.append(
            f"| {shown} | {with_interval(row)} | {row['by_lead'][0]:.3f} | {row['by_lead'][-1]:.3f} | {lead} |"
        )
    return "\n".join(lines)


def _transfer_table(found: dict[str, Any]) -> str:
    lines = ["| model | own past | held out | drop, 95 % interval over subjects |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {with_interval(row['own past'])} | {with_interval(row['held out'])} | "
        f"{with_interval(row['drop'], '+.4f')} |"
        for name, row in found.items()
    ]
    return "\n".join(lines)


def _phases_table(found: dict[str, Any]) -> str:
    lines = ["| model | " + " | ".join(f"{kind}: MAE | minus the best single-neuron model" for kind in found) + " |"]
    lines.append("|---|" + "---|---|" * len(found))
    for model in (*ALONE, *TOGETHER):
        cells = []
        for rows in found.values():
            lead = with_interval(rows[model]["over_alone"], "+.3f") if model in TOGETHER else ""
            cells.append(f"{with_interval(rows[model])} | {lead}")
        lines.append(f"| {model} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
