"""All forecasters on three tasks, networks with three seeds: `python benchmarks/networks.py --write`.

Forecasts are kept in the cache as they come, and a stopped run goes on from there; `--fit a,b` makes only those
of these models and scores nothing. `--table` writes the page again from the figures recorded last. The recordings of
worm-forecast and zebrafish-regions are found through BRAINCAST_TEST_DATA.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from forecasts import forecast_task
from pages import over_blocks, put_between_markers, rounded, with_interval

from braincast.datasets.cache import home
from braincast.experiments.entrants import Entrant
from braincast.experiments.folder import RunFolder
from braincast.experiments.jobs import Job, mean_cost, run_job
from braincast.files import read_json, write_json
from braincast.models.interface import Learner
from braincast.models.registry import load_model, model_names
from braincast.scoring.any_task import compare, score
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.task import ForecastTask

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "networks.json", HERE.parent / "docs" / "findings" / "networks.md"
TASKS = ("human-forecast", "worm-forecast", "zebrafish-regions")
SEEDS = (0, 1, 2)
# A network whose answers are made in several ways: which head, and how many of it.
HEADED, HEADED_TASKS = "gru", ("human-forecast", "worm-forecast")
HEADS = {
    "members from validation errors": {},
    "gaussian": {"head": "gaussian"},
    "quantiles": {"head": "quantiles"},
    "three networks": {"ensemble": 3},
    "three networks, quantiles": {"head": "quantiles", "ensemble": 3},
}


@dataclass(frozen=True)
class Row:
    """A row of a table: a model with some settings fixed, and its seeds."""

    name: str
    model: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def is_learned(self) -> bool:
        return isinstance(load_model(self.model), Learner)

    @property
    def seeds(self) -> tuple[int, ...]:
        return SEEDS if load_model(self.model).card.stochastic else (0,)


def main(arguments: Sequence[str]) -> None:
    """Make what is missing, score it, and with `--write` keep the figures and the page."""
    if "--table" not in arguments:
        chosen = arguments[arguments.index("--fit") + 1].split(",") if "--fit" in arguments else None
        make([(task, row, seed) for task in TASKS for row in rows(task) for seed in row.seeds], chosen)
        if chosen:
            return
    figures = read_json(RESULT) if "--table" in arguments else rounded({name: scored(name) for name in TASKS})
    for text in tables(figures).values():
        print(text)
    if "--write" in arguments:
        write_json(RESULT, figures)
    if {"--write", "--table"} & set(arguments):
        for part, text in tables(figures).items():
            put_between_markers(PAGE, text, part)


def rows(name: str) -> list[Row]:
    """All that is compared on a task: its own line-up and all networks, then one network with other heads."""
    card = forecast_task(name).card
    learners = [model for model in model_names() if isinstance(load_model(model), Learner)]
    networks = [model for model in learners if load_model(model).card.can_answer(card)]
    plain = [Row(model, model) for model in dict.fromkeys([*card.baselines, *card.lineup, *networks])]
    heads = HEADS if name in HEADED_TASKS else {}
    return plain + [Row(f"{HEADED}, {words}", HEADED, own) for words, own in heads.items() if own]


def make(cells: Sequence[tuple[str, Row, int]], chosen: Sequence[str] | None) -> None:
    """Forecast what was not forecast before, in two processes."""
    wanted = [cell for cell in cells if chosen is None or cell[1].model in chosen]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for words in pool.map(_made, wanted):
            print(words, file=sys.stderr, flush=True)


def scored(name: str) -> dict[str, Any]:
    """The scores of all rows of a task on one card."""
    task = forecast_task(name)
    made = {row.name: _kept(task, row) for row in rows(name)}
    learned = {row.name for row in rows(name) if row.is_learned}
    plain = {row.name for row in rows(name) if row.is_learned and not row.settings}
    card = score(task, {name: Contender(forecasts, cost=mean_cost(forecasts)) for name, forecasts in made.items()})
    validation = {name: _mean(forecasts, "validation_loss") for name, forecasts in made.items()}
    closed = {name for name in made if name not in learned}
    chosen = min(closed, key=lambda name: validation[name])
    best = min(closed, key=lambda name: card.models[name].metrics["mae"].value)
    found = {}
    for name, model in card.models.items():
        mae = model.metrics["mae"]
        found[name] = {
            "is_learned": name in learned,
            "validation": validation[name],
            "value": mae.value,
            "ci": mae.ci,
            "seeds": list(model.replicates),
            "by_lead": mae.by_lead,
            "crps": model.metrics["crps"].value,
            "coverage": model.metrics["coverage"].value,
            "parameters": model.cost.parameters,
            "fit_s": model.cost.fit_s,
            **{f"minus_{key}": _difference(card, name, other) for key, other in (("chosen", chosen), ("best", best))},
        }
    told = {key: card.intervals[key] for key in ("n_animals", "n_blocks", "block_frames", "coverage", "flag")}
    leaders = {"chosen": chosen, "best": best, "headline": min(plain, key=lambda name: validation[name])}
    return {"task_hash": task.hash, **leaders, "intervals": told, "rows": found}


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The tables of the page, by the part of it where they stand."""
    heads = "\n\n".join(f"`{name}`:\n\n{_heads_table(figures[name])}" for name in HEADED_TASKS)
    return {**{name: _table(found) for name, found in figures.items()}, "heads": heads, "verdict": _verdict(figures)}


def _table(found: dict[str, Any]) -> str:
    lines = [
        f"| model | validation | MAE, 95 % interval | seeds | last lead | minus {found['chosen']} | "
        f"minus {found['best']} | numbers | fit |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    plain = {name: row for name, row in found["rows"].items() if "," not in name}
    for name, row in sorted(plain.items(), key=lambda item: item[1]["value"]):
        shown = f"*{name}*" if row["is_learned"] else name
        shown = f"**{shown}**" if name in (found["headline"], found["chosen"]) else shown
        each = f"{min(row['seeds']):.3f} to {max(row['seeds']):.3f}" if len(row["seeds"]) > 1 else ""
        lines.append(
            f"| {shown} | {row['validation']:.3f} | {with_interval(row)} | {each} | {row['by_lead'][-1]:.3f} | "
            f"{_against(row['minus_chosen'])} | {_against(row['minus_best'])} | {row['parameters']:,} | "
            f"{row['fit_s']:.0f} s |"
        )
    return "\n".join([*lines, "", _intervals_sentence(found["intervals"])])


def _heads_table(found: dict[str, Any]) -> str:
    lines = [f"| answers of {HEADED} | MAE, 95 % interval | CRPS | 80 % coverage | fit |", "|---|---|---|---|---|"]
    for words, own in HEADS.items():
        row = found["rows"][f"{HEADED}, {words}" if own else HEADED]
        lines.append(
            f"| {words} | {with_interval(row)} | {row['crps']:.3f} | {row['coverage']:.2f} | {row['fit_s']:.0f} s |"
        )
    return "\n".join(lines)


def _verdict(figures: dict[str, Any]) -> str:
    """For each task, who leads whom, by what rule."""
    lines = []
    for name, found in figures.items():
        lead = found["rows"][found["headline"]]
        ahead = [
            other
            for other, row in found["rows"].items()
            if row["is_learned"] and "," not in other and row["minus_best"] and row["minus_best"]["ci"][1] < 0
        ]
        among = f"networks ahead of it with an interval below 0: {', '.join(sorted(ahead)) or 'none'}"
        lines.append(
            f"- `{name}`: the network with the smallest validation error, {found['headline']}, minus the closed form "
            f"with the smallest validation error, {found['chosen']}: {with_interval(lead['minus_chosen'], '+.3f')}. "
            f"Of all closed forms {found['best']} has the smallest test error; {among}."
        )
    return "\n".join(lines)


def _intervals_sentence(told: dict[str, Any]) -> str:
    return (
        "*Networks* in italics, with the mean over three seeds and the range of the seeds; bold: the smallest "
        f"validation error of each kind. Intervals are over seeds and {over_blocks(told)}"
    )


def _against(difference: dict[str, Any] | None) -> str:
    return with_interval(difference, "+.3f") if difference else ""


def _difference(card: Any, name: str, other: str) -> dict[str, Any] | None:
    if name == other:
        return None
    pair = compare(card, name, other, "mae")
    return {"value": pair.difference, "ci": pair.ci, "p": pair.p}


def _made(cell: tuple[str, Row, int]) -> str:
    name, row, seed = cell
    task, folder = _task(name), _folder(_task(name))
    if folder.stored(task.card, _place(row), seed) is None:
        job = Job(Entrant(row.name, row.model, "model"), seed)
        forecast = run_job(task, job, row.settings)
        folder.store(forecast, _place(row), seed)
    forecast = folder.stored(task.card, _place(row), seed)
    return f"{name} {row.name} {seed}: {forecast.attrs['validation_loss']:.4f}, {forecast.attrs['fit_s']:.0f} s"


@cache
def _task(name: str) -> ForecastTask:
    return forecast_task(name)


def _folder(task: ForecastTask) -> RunFolder:
    return RunFolder(home() / "benchmarks" / "networks" / f"{task.name}-{task.hash[:12]}")


def _place(row: Row) -> str:
    return row.name.replace(", ", "-").replace(" ", "-")


def _kept(task: ForecastTask, row: Row) -> tuple[Any, ...]:
    found = (_folder(task).stored(task.card, _place(row), seed) for seed in row.seeds)
    return tuple(forecast for forecast in found if forecast is not None)


def _mean(forecasts: tuple[Any, ...], key: str) -> float:
    values = [forecast.attrs[key] for forecast in forecasts]
    return float(sum(values) / len(values))


if __name__ == "__main__":
    main(sys.argv[1:])
