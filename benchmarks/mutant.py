"""Extrasynaptic edges against what the mutant unc-31 lost, and how far models carry: `python benchmarks/mutant.py`.

Writes results/mutant.json and docs/unc31.svg.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from figures import Row, forest

import braincast as bc
from braincast.experiments.entrants import contestants
from braincast.experiments.jobs import Job, run_job
from braincast.experiments.mutant import MutantPairs, carried_over, edge_tests, lookups
from braincast.scoring.scorecard import score
from braincast.scoring.scores import Contender
from braincast.tasks.task import Task

HERE = Path(__file__).parent
N_DRAWS = 999


def main() -> None:
    """Test, score, draw, print."""
    left_out, seen = (bc.load_task(f"worm-perturbation-unc31{variant}") for variant in ("", "-seen"))
    pairs = MutantPairs(left_out)
    tests = edge_tests(pairs, n_draws=N_DRAWS)
    forecasts = _forecasts(left_out)
    seen_forecasts = _forecasts(seen)
    figures = {
        "pairs_measured_in_both": int(pairs.both.sum()),
        "edge_tests": [test.to_dict() for test in tests],
        "draws": N_DRAWS,
        "lookups_on_both": lookups(pairs),
        "carried_over": carried_over(pairs, forecasts),
        "left_out": _scores(left_out, forecasts),
        "seen": _scores(seen, seen_forecasts),
        "lookup_model_on_both": carried_over(pairs, {"response-lookup": seen_forecasts["response-lookup"]})[
            "response-lookup"
        ]["mutant"],
    }
    text = json.dumps(_rounded(figures), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    (HERE / "results" / "mutant.json").write_text(text, encoding="utf-8")
    rows = [Row(f"{t.kind}: {t.contrast}", t.value, t.ci, t.null) for t in tests if t.contrast in ("lost", "gained")]
    title = "AUROC of edge weights for pairs lost or gained in unc-31; grey: permuted identities"
    svg = forest(title, rows, (0.42, 0.64), (0.45, 0.5, 0.55, 0.6))
    (HERE.parent / "docs" / "unc31.svg").write_text(svg, encoding="utf-8")
    print(text)


def _forecasts(task: Task) -> dict[str, Any]:
    entrants = contestants(task.card, task.card.lineup, 1)
    return {entrant.name: run_job(task, Job(entrant, 0)) for entrant in entrants}


def _scores(task: Task, forecasts: dict[str, Any]) -> dict[str, Any]:
    scorecard = score(task, {name: Contender((forecast,)) for name, forecast in forecasts.items()})
    metrics = {name: model.metrics["auroc"] for name, model in scorecard.models.items()}
    return {name: {"value": metric.value, "ci": metric.ci} for name, metric in metrics.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    return [_rounded(entry) for entry in value] if isinstance(value, (list, tuple)) else value


if __name__ == "__main__":
    main()
