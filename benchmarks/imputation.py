"""Every imputation task with its line-up, and the audit of its models: `python benchmarks/imputation.py --write`.

`--table` only writes the tables and the figure of the page again, from the figures recorded last; with the names of
tasks these alone are run again, with `--verdicts` only what
is said of the wiring. The worm's recording is found through BRAINCAST_TEST_DATA, unless the cache has it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from interval_figure import Row, write_figure
from pages import over_blocks, put_between_markers, rounded, with_interval
from threadpoolctl import threadpool_limits

import braincast as bc
from braincast.experiments.leakage.audit import audit
from braincast.experiments.run import configure, run
from braincast.files import read_json, write_json
from braincast.models.registry import load_model
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.imputation.declared import DECLARED

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "imputation.json"
PAGE = ROOT / "docs" / "findings" / "imputation.md"
FIGURE = ROOT / "docs" / "figures" / "imputation.svg"
BROUGHT = "worm-imputation"
METRICS = ("neuron_r2", "neuron_correlation", "r2", "mae")


def main(arguments: Sequence[str]) -> None:
    """Run the tasks; `--write` keeps the figures and the page."""
    if "--table" in arguments:
        publish(read_json(RESULT))
        return
    figures = read_json(RESULT) if RESULT.exists() else {}
    for name in [name for name in DECLARED if name in arguments] or DECLARED:
        task = imputation_task(name)
        figures[name] = rounded(line_up(task)) if "--verdicts" not in arguments else figures[name]
        figures[name]["wiring"] = verdicts(task)
        print(name, json.dumps(figures[name]), file=sys.stderr, flush=True)
        if "--write" in arguments:
            write_json(RESULT, figures)
    if "--write" in arguments:
        publish(figures)


def imputation_task(name: str) -> ForecastTask:
    """An imputation task by name, its recording brought where it has to be."""
    folder = os.environ.get("BRAINCAST_TEST_DATA")
    task = bc.load_task(name, data=Path(folder) if folder and name == BROUGHT else None)
    if not isinstance(task, ForecastTask):
        raise TypeError(f"{name} is no imputation task")
    return task


def line_up(task: ForecastTask) -> dict[str, Any]:
    """A task's default run, and how many answers moved when what is hidden was made up."""
    result = run(task, configure(task.card))
    document = result.to_dict()
    own = [name for name, found in document["models"].items() if found["of"] is None]
    with threadpool_limits(1):
        # One candidate of each: the others look at the same things.
        moved = {name: len(audit(name, task, settings=load_model(name).candidates[0]).moved) for name in own}
    return {
        "task_hash": task.hash,
        "headline": result.headline,
        "validation": dict(result.validation),
        "models": {name: _row(found) for name, found in document["models"].items()},
        "homologues": document["ceiling"]["homologues"],
        "intervals": {k: v for k, v in document["intervals"].items() if k not in ("groups", "coverage_by_model")},
        "moved": moved,
        "wall_s": result.wall_s,
    }


def verdicts(task: ForecastTask) -> list[str]:
    """What a run says of the wired model alone: as its headline, it gets as many draws of nulls as a verdict needs."""
    with threadpool_limits(1):
        found = run(task, configure(task.card, "neighbours")).judged.verdicts
    return [verdict.to_dict()["sentence"] for verdict in found]


def publish(figures: dict[str, Any]) -> None:
    """Put tables and the picture into the page."""
    for name, text in tables(figures).items():
        put_between_markers(PAGE, text, name)
    rows = []
    for name, found in figures.items():
        rows.append(Row(name))
        for model, own in _ranked(found):
            arms = [row["neuron_r2"]["value"] for row in found["models"].values() if row["of"] == model]
            rows.append(Row(model, own["neuron_r2"]["value"], tuple(own["neuron_r2"]["ci"]), tuple(arms)))
    title = "Hidden neurons: mean R² of neurons (dots), and null wirings (rings)"
    write_figure(FIGURE, title, "mean R² of neurons around their training mean, with 95 % interval", rows)


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The table of each task, with what its intervals are over."""
    return {name: _table(found) for name, found in figures.items()}


def _table(found: dict[str, Any]) -> str:
    lines = [
        "| model | mean R² of neurons (95 %) | share of the homologue bound | mean correlation | pooled R² | MAE | "
        "validation MAE | answers that moved in the audit |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in _ranked(found):
        lines.append(_line(f"`{name}`" + " **(headline)**" * (name == found["headline"]), row, found, name))
        for arm, own in found["models"].items():
            if own["of"] == name:
                lines.append(_line(f"– {arm.partition('@')[2]}", own, found, arm))
    bound = found["homologues"]
    reach = f"{bound['reliability']:.3f} ({bound['reliability_ci'][0]:.3f} to {bound['reliability_ci'][1]:.3f})"
    told = f"{bound['n_pairs']} pairs of homologues correlate by {reach} on average; {bound['share_reliable']:.0%} of "
    told += f"neurons are beyond {bound['least']}. Intervals: {over_blocks(found['intervals'])}"
    return "\n".join([*lines, "", told, *(f"\n{sentence}" for sentence in found["wiring"])])


def _line(shown: str, row: dict[str, Any], found: dict[str, Any], name: str) -> str:
    cells = [shown, with_interval(row["neuron_r2"]), _known(row["ceiling_share"], ".2f")]
    cells += [_known(row[key]["value"], ".3f") for key in METRICS[1:]]
    cells += [_known(found["validation"].get(name), ".3f"), str(found["moved"].get(name, "–"))]
    return f"| {' | '.join(cells)} |"


def _ranked(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    own = [(name, row) for name, row in found["models"].items() if row["of"] is None]
    return sorted(own, key=lambda pair: -pair[1]["neuron_r2"]["value"])


def _row(found: dict[str, Any]) -> dict[str, Any]:
    scores = {key: {k: found["metrics"][key][k] for k in ("value", "ci")} for key in METRICS}
    return {"of": found["of"], "ceiling_share": found["metrics"]["neuron_r2"]["ceiling_share"], **scores}


def _known(value: float | None, spec: str) -> str:
    return "–" if value is None else f"{value:{spec}}"


if __name__ == "__main__":
    main(sys.argv[1:])
