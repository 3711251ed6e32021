"""Extrasynaptic edges against what unc-31 lost, and how far models carry: `python benchmarks/mutant.py --write`.

`--table` only writes the tables and the figure of the page again, from the figures recorded last.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from interval_figure import Row, write_figure
from pages import put_between_markers, rounded, with_interval

import braincast as bc
from braincast.experiments.entrants import contestants
from braincast.experiments.jobs import Job, run_job
from braincast.experiments.mutant import MutantPairs, carried_over, edge_tests, lookups
from braincast.files import read_json, write_json
from braincast.scoring.any_task import score
from braincast.scoring.scores import Contender
from braincast.tasks.task import Task

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "mutant.json"
FIGURE = ROOT / "docs" / "figures" / "unc31.svg"
PAGE = ROOT / "docs" / "findings" / "unc31.md"
N_DRAWS = 999
SHOWN = ("lost", "gained", "lost - gained", "lost among responders")
LOOKED_UP = {
    "-q": "-q of the same pair (reference: q knows how often a pair was tried)",
    "mean response": "mean response of the same pair, and so `response-lookup`",
    "responds": "whether the same pair responded",
}


def main(arguments: Sequence[str]) -> None:
    """Test, score, print, and with `--write` keep figures, tables and picture."""
    if "--table" in arguments:
        publish(read_json(RESULT))
        return
    figures = rounded(_figures())
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
    return {"edges": _edge_table(figures), "look-ups": _lookup_table(figures), "models": _model_table(figures)}


def draw(figures: dict[str, Any]) -> None:
    """The picture of the page: what edge weights score for lost and for gained pairs, and the null's middle 95 %."""
    rows = [
        Row(f"{test['kind']}: {test['contrast']}", test["value"], tuple(test["ci"]), tuple(test["null"]))
        for test in figures["edge_tests"]
        if test["contrast"] in ("lost", "gained")
    ]
    title = "Pairs lost or gained in unc-31: edge weights (dots) and permuted identities (rings: middle 95 %)"
    write_figure(FIGURE, title, "AUROC, with 95 % interval", rows)


def _edge_table(figures: dict[str, Any]) -> str:
    tests = {(test["kind"], test["contrast"]): test for test in figures["edge_tests"]}
    lines = ["| edges | pairs | lost | gained | lost - gained | p | lost among responders |", "|" + "---|" * 7]
    for kind in dict.fromkeys(kind for kind, _ in tests):
        lost, gained, between, responders = (tests[(kind, contrast)] for contrast in SHOWN)
        lines.append(
            f"| {kind} | {lost['n_wired']} | {with_interval(lost)} | {with_interval(gained)} | "
            f"{with_interval(between, '+.3f')} | {between['p']:.3f} | {with_interval(responders)} |"
        )
    return "\n".join(lines)


def _lookup_table(figures: dict[str, Any]) -> str:
    lines = [f"| looked up | AUROC on the {figures['pairs_measured_in_both']:,} pairs |", "|---|---|"]
    return "\n".join(
        lines + [f"| {words} | {figures['lookups_on_both'][name]:.3f} |" for name, words in LOOKED_UP.items()]
    )


def _model_table(figures: dict[str, Any]) -> str:
    lines = [
        "| model | wild type | mutant | drop, 95 % interval | mutant, class left out, all pairs "
        "| mutant, class seen, all pairs |",
        "|---|---|---|---|---|---|",
    ]
    carried = {name: found for name, found in figures["carried_over"].items() if name != "constant"}
    for name in sorted(carried, key=lambda name: -carried[name]["mutant"]["value"]):
        before, after, drop = (carried[name][key] for key in ("wild_type", "mutant", "drop"))
        scores = " | ".join(with_interval(figures[variant][name]) for variant in ("left_out", "seen"))
        lines.append(f"| {name} | {before['value']:.3f} | {after['value']:.3f} | {with_interval(drop)} | {scores} |")
    on_both, all_pairs = figures["lookup_model_on_both"], figures["seen"]["response-lookup"]
    lines.append(f"| response-lookup | – | {on_both['value']:.3f} | – | – | {with_interval(all_pairs)} |")
    return "\n".join(lines)


def _figures() -> dict[str, Any]:
    left_out, seen = (bc.load_task(f"worm-perturbation-unc31{variant}") for variant in ("", "-seen"))
    pairs = MutantPairs(left_out)
    forecasts, seen_forecasts = _forecasts(left_out), _forecasts(seen)
    lookup = {"response-lookup": seen_forecasts["response-lookup"]}
    return {
        "task_hash": left_out.hash,
        "pairs_measured_in_both": int(pairs.both.sum()),
        "edge_tests": [test.to_dict() for test in edge_tests(pairs, n_draws=N_DRAWS)],
        "draws": N_DRAWS,
        "lookups_on_both": lookups(pairs),
        "carried_over": carried_over(pairs, forecasts),
        "left_out": _scores(left_out, forecasts),
        "seen": _scores(seen, seen_forecasts),
        "lookup_model_on_both": carried_over(pairs, lookup)["response-lookup"]["mutant"],
    }


def _forecasts(task: Task) -> dict[str, Any]:
    entrants = contestants(task.card, task.card.lineup, 1)
    return {entrant.name: run_job(task, Job(entrant, 0)) for entrant in entrants}


def _scores(task: Task, forecasts: dict[str, Any]) -> dict[str, Any]:
    scorecard = score(task, {name: Contender((forecast,)) for name, forecast in forecasts.items()})
    metrics = {name: model.metrics["auroc"] for name, model in scorecard.models.items()}
    return {name: {"value": metric.value, "ci": metric.ci} for name, metric in metrics.items()}


if __name__ == "__main__":
    main(sys.argv[1:])
