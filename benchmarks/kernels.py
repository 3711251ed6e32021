"""worm-kernels with the default input and with a short one: `python benchmarks/kernels.py`.

Writes results/kernels.json and docs/kernels.svg.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from figures import lines

import braincast as bc
from braincast.experiments.run import configure, run
from braincast.tasks.task import Task
from braincast.tasks.truth import open_truth

HERE = Path(__file__).parent
MODELS = ("mean-course", "responder-course", "course-regression")
SHORT_PULSE_S = 1.0


def main() -> None:
    """Run the task with all its nulls, and once more with a short pulse and few of them."""
    task = bc.load_task("worm-kernels")
    short_card = task.card.model_copy(update={"name": "worm-kernels-short", "pulse_s": SHORT_PULSE_S})
    short = Task(short_card, lambda: task.specimen)
    figures = {"5 s": _figures(task, None), "1 s": _figures(short, 3)}
    text = json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    (HERE / "results" / "kernels.json").write_text(text, encoding="utf-8")
    by_lead = {name: figures["5 s"]["models"][name]["r2_by_lead"] for name in reversed(MODELS)}
    title = "R² of the course at each lead, over pairs (worm-kernels)"
    svg = lines(title, task.card.lead_s, by_lead, (-0.02, 0.0, 0.02, 0.04, 0.06))
    (HERE.parent / "docs" / "kernels.svg").write_text(svg, encoding="utf-8")
    print(text)


def _figures(task: Task, n_draws: int | None) -> dict[str, Any]:
    result = run(task, configure(task.card, n_draws=n_draws), n_workers=2)
    truth = open_truth(task)
    models = {}
    for name in MODELS:
        metrics = result.scorecard.models[name].metrics
        models[name] = {
            **{key: _shown(metrics[key].value, metrics[key].ci) for key in task.card.metric_keys},
            "r2_by_lead": [round(value, 4) for value in metrics["r2"].by_lead],
            "r2_significant": _group(result.scorecard.models[name].groups["responses"]["q < 0.05"]),
        }
    arms = [
        {"arm": arm.arm, "value": round(arm.value, 4), "lead": _shown(arm.difference, arm.ci), "p": arm.p}
        for verdict in result.verdicts
        for arm in verdict.arms
    ]
    n_courses = int(truth.measured[:, 0].sum())
    mean = np.round(np.nanmean(truth.targets["course"], axis=(0, 2)), 3).tolist()
    return {"pairs": n_courses, "mean_course": mean, "models": models, "arms": arms}


def _group(score: Any) -> dict[str, Any]:
    return {**_shown(score.value, score.ci), "n": score.n}


def _shown(value: float, ci: tuple[float, float]) -> dict[str, Any]:
    return {"value": round(value, 4), "ci": [round(end, 4) for end in ci]}


if __name__ == "__main__":
    main()
