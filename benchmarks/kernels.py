"""worm-kernels with its own input and with a short one: `python benchmarks/kernels.py --write`.

`--table` only writes the tables and the figure of the page again, from the figures recorded last.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from line_figure import write_lines
from pages import put_between_markers, rounded, with_interval

import braincast as bc
from braincast.experiments.run import configure, run
from braincast.files import read_json, write_json
from braincast.tasks.task import Task
from braincast.tasks.truth import open_truth

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "kernels.json"
FIGURE = ROOT / "docs" / "figures" / "kernels.svg"
PAGE = ROOT / "docs" / "findings" / "kernels.md"
MODELS = ("course-regression", "responder-course", "mean-course")
METRICS = {
    "r2": "R²",
    "correlation": "correlation",
    "course_correlation": "mean correlation of a course",
    "mae": "mean absolute error",
}
SHORT_PULSE_S = 1.0
SHORT_DRAWS = 3


def main(arguments: Sequence[str]) -> None:
    """Run the task with all its nulls, and once more with a short pulse and few of them; `--write` keeps the page."""
    if "--table" in arguments:
        publish(read_json(RESULT))
        return
    task = bc.load_task("worm-kernels")
    short_card = task.card.model_copy(update={"name": "worm-kernels-short", "pulse_s": SHORT_PULSE_S})
    short = Task(short_card, lambda: task.specimen)
    pulses = {f"{task.card.pulse_s:g} s": _figures(task, None), f"{SHORT_PULSE_S:g} s": _figures(short, SHORT_DRAWS)}
    figures = rounded({"task_hash": task.hash, "lead_s": list(task.card.lead_s), "pulses": pulses})
    print(json.dumps(figures, indent=1))
    if "--write" in arguments:
        write_json(RESULT, figures)
        publish(figures)


def publish(figures: dict[str, Any]) -> None:
    """Put tables and picture into the page."""
    draw(figures)
    for part, text in tables(figures).items():
        put_between_markers(PAGE, text, part)


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The tables of the page, by the part of it where they stand."""
    own = next(iter(figures["pulses"].values()))
    return {"models": _model_table(own), "wirings": _wiring_table(own), "pulses": _pulse_table(figures["pulses"])}


def draw(figures: dict[str, Any]) -> None:
    """The picture of the page: R² of the models at each lead."""
    own = next(iter(figures["pulses"].values()))
    by_lead = {name: own["models"][name]["r2_by_lead"] for name in MODELS}
    write_lines(FIGURE, "R² of the course at each lead, over pairs (worm-kernels)", figures["lead_s"], by_lead)


def _model_table(own: dict[str, Any]) -> str:
    lines = [f"| model | {' | '.join(METRICS.values())} | R² where q < 0.05 |", "|---|" + "---|" * (len(METRICS) + 1)]
    for name in MODELS:
        model = own["models"][name]
        cells = " | ".join(with_interval(model[key]) for key in (*METRICS, "r2_significant"))
        lines.append(f"| {name} | {cells} |")
    return "\n".join(lines)


def _wiring_table(own: dict[str, Any]) -> str:
    lines = [
        f"> {own['sentence']}",
        "",
        "| wiring | draws | R² | lead of the true one, 95 % interval | p |",
        "|---|---|---|---|---|",
    ]
    for arm in own["arms"]:
        p = "–" if arm["p"] is None else f"{arm['p']:.3f}"
        lines.append(
            f"| {arm['arm']} | {arm['n_draws']} | {arm['r2']:.3f} | {with_interval(arm['lead'], '+.4f')} | {p} |"
        )
    return "\n".join(lines)


def _pulse_table(pulses: dict[str, Any]) -> str:
    lines = [
        f"| input | pairs | {' | '.join(f'R² of {name}' for name in MODELS)} | lead over identity-permuted wirings |",
        "|---|---|" + "---|" * (len(MODELS) + 1),
    ]
    for pulse, found in pulses.items():
        scores = " | ".join(f"{found['models'][name]['r2']['value']:.3f}" for name in MODELS)
        lead = next(arm["lead"] for arm in found["arms"] if arm["arm"] == "identity-permuted")
        lines.append(f"| {pulse} | {found['pairs']:,} | {scores} | {with_interval(lead, '+.4f')} |")
    return "\n".join(lines)


def _figures(task: Task, n_draws: int | None) -> dict[str, Any]:
    result = run(task, configure(task.card, n_draws=n_draws), n_workers=2)
    (verdict,) = result.judged.verdicts
    truth = open_truth(task)
    return {
        "pairs": int(truth.measured[:, 0].sum()),
        "mean_course": np.nanmean(truth.targets["course"], axis=(0, 2)).tolist(),
        "models": {name: _model(result.judged.scorecard.models[name], task) for name in MODELS},
        "answer": verdict.answer,
        "sentence": verdict.sentence,
        "arms": [
            {
                "arm": arm.arm,
                "n_draws": arm.n_draws,
                "r2": arm.value,
                "lead": {"value": arm.difference, "ci": arm.ci},
                "p": arm.p,
            }
            for arm in verdict.arms
        ],
    }


def _model(score: Any, task: Task) -> dict[str, Any]:
    significant = score.groups["responses"]["q < 0.05"]
    return {
        **{key: {"value": score.metrics[key].value, "ci": score.metrics[key].ci} for key in task.card.metric_keys},
        "r2_by_lead": list(score.metrics["r2"].by_lead),
        "r2_significant": {"value": significant.value, "ci": significant.ci, "n": significant.n},
    }


if __name__ == "__main__":
    main(sys.argv[1:])
