"""How much does it matter whose wiring a model is given? `python benchmarks/whose_wiring.py --write`.

Two panels: neurons that every reconstruction of a brain has, and all 300 for the whole-animal ones. `--table` only
writes the tables and the figure of the page again, from the figures recorded last.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from interval_figure import Row, write_figure
from pages import put_between_markers, rounded

import braincast as bc
from braincast.brain.connectome import Connectome
from braincast.datasets.worm.wiring import repaired
from braincast.experiments.wirings import common_neurons, compare_wirings, task_among
from braincast.files import read_json, write_json

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "whose_wiring.json"
FIGURE = ROOT / "docs" / "figures" / "whose-wiring.svg"
PAGE = ROOT / "docs" / "findings" / "whose-wiring.md"
MODELS = ("connectome-regression", "connectome-propagator", "direct-weights")
METRICS = ("auroc", "auroc_within_fold")
N_DRAWS = 10

WITVLIET = tuple(f"witvliet-{number}" for number in range(1, 9))
ANNOTATIONS = ("white-whole", "white-n2u", "cook-hermaphrodite")  # in the brain all of the animal N2U
BRAINS = (*ANNOTATIONS, "white-jsh", *WITVLIET)
WHOLE = ("merged as given", "merged, repaired", "white-whole", "cook-hermaphrodite")
# What two wirings have in common; the names of a relation are pairs of wirings.
RELATIONS = {
    "one animal, annotated twice": [(a, b) for i, a in enumerate(ANNOTATIONS) for b in ANNOTATIONS[i + 1 :]],
    "two adults": [("witvliet-7", "witvliet-8"), ("white-n2u", "witvliet-7"), ("white-n2u", "witvliet-8")],
    "larva and adult": [
        (f"witvliet-{larva}", adult) for larva in range(1, 7) for adult in ("witvliet-7", "witvliet-8")
    ],
}


def main(arguments: Sequence[str]) -> None:
    """Compute both panels, print a summary, and with `--write` keep figures, tables and picture."""
    if "--table" in arguments:
        publish(read_json(RESULT))
        return
    task = bc.load_task("worm-perturbation")
    wirings = _wirings()
    brains = {name: wirings[name] for name in BRAINS}
    common = common_neurons(list(brains.values()))
    panels = {
        "brain": compare_wirings(task_among(task, common), brains, MODELS, metrics=METRICS, n_draws=N_DRAWS).to_dict(),
        "whole": compare_wirings(
            task, {name: wirings[name] for name in WHOLE}, MODELS, metrics=METRICS, n_draws=N_DRAWS
        ).to_dict(),
    }
    figures = rounded({"n_draws": N_DRAWS, "relations": _relations(panels["brain"]), "panels": panels})
    print(json.dumps(figures["relations"], indent=1))
    if "--write" in arguments:
        write_json(RESULT, figures)
        publish(figures)


def publish(figures: dict[str, Any]) -> None:
    """Put tables and picture into the page."""
    draw(figures)
    put_between_markers(PAGE, tables(figures))


def tables(figures: dict[str, Any]) -> str:
    """The tables of the page: what two wirings of a relation share, and every wiring of both panels."""
    lines = [
        "| two wirings | model | edges in common | forecasts correlate | mean difference | largest, 95 % interval |",
        "|---|---|---|---|---|---|",
    ]
    for row in figures["relations"]:
        if row["metric"] == METRICS[1]:
            largest = row["largest"]
            lines.append(
                f"| {row['relation']} ({row['n_pairs']}) | {row['model']} | {100 * row['jaccard']:.0f} % | "
                f"{row['forecast_correlation']:.2f} | {row['mean_absolute_difference']:.3f} | "
                f"{largest['difference']:+.3f} ({largest['ci'][0]:+.3f} to {largest['ci'][1]:+.3f}) |"
            )
    for panel in figures["panels"].values():
        lines += [
            "",
            f"{panel['n_neurons']} neurons, {panel['n_cases']} stimuli, {panel['n_pairs']:,} measured pairs:",
            "",
        ]
        lines += [
            "| wiring | model | AUROC | within folds | lead over rewired, 95 % interval |",
            "|---|---|---|---|---|",
        ]
        scores = {(s["model"], s["wiring"], s["metric"]): s for s in panel["scores"]}
        for model in MODELS:
            for wiring in dict.fromkeys(s["wiring"] for s in panel["scores"]):
                pooled, within = (scores[(model, wiring, metric)] for metric in METRICS)
                lead = f"{within['lead']:+.3f} ({within['lead_ci'][0]:+.3f} to {within['lead_ci'][1]:+.3f})"
                lines.append(f"| {wiring} | {model} | {pooled['value']:.3f} | {within['value']:.3f} | {lead} |")
    return "\n".join(lines)


def draw(figures: dict[str, Any]) -> None:
    """The picture of the page: AUROC of the regression with every wiring."""
    panels = figures["panels"]
    headings = {
        "whole": f"all {panels['whole']['n_neurons']} neurons",
        "brain": f"{panels['brain']['n_neurons']} neurons that all have",
    }
    rows = []
    for panel, heading in headings.items():
        rows.append(Row(heading))
        for score in panels[panel]["scores"]:
            if score["model"] == MODELS[0] and score["metric"] == METRICS[0]:
                rows.append(Row(score["wiring"], score["value"], tuple(score["ci"]), tuple(score["rewired"])))
    title = "connectome-regression with different wirings (dots) and rewired copies of each (rings)"
    write_figure(FIGURE, title, "pooled AUROC, with 95 % interval", rows)


def _wirings() -> dict[str, Connectome]:
    atlas, connectomes = bc.load_dataset("worm-atlas"), bc.load_dataset("worm-connectomes")
    given = atlas.specimens["wt"].connectome
    mended = repaired(given, atlas.tables["series_edges"], atlas.tables["synapse_signs"])
    # The models at hand use synapses and gap junctions only; other edges would be rewired for nothing.
    merged = {"merged as given": _synaptic(given), "merged, repaired": _synaptic(mended)}
    return merged | {name: specimen.connectome for name, specimen in connectomes.specimens.items()}


def _synaptic(connectome: Connectome) -> Connectome:
    kept = connectome.edges["kind"].isin(["chemical", "electrical"])
    return connectome.with_edges(connectome.edges[kept].reset_index(drop=True))


def _relations(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """For each relation, model and metric: mean likeness of wirings and forecasts, and the largest difference."""
    pairs = {(p["model"], p["metric"], p["a"], p["b"]): p for p in panel["pairs"]}
    alike = {(p["a"], p["b"]): p for p in panel["likeness"]}
    rows = []
    for name, members in RELATIONS.items():
        members = [pair if pair in alike else pair[::-1] for pair in members]
        for model in MODELS:
            for metric in METRICS:
                found = [pairs[(model, metric, *pair)] for pair in members]
                largest = max(found, key=lambda pair: abs(pair["difference"]))
                rows.append(
                    {
                        "relation": name,
                        "model": model,
                        "metric": metric,
                        "n_pairs": len(found),
                        "jaccard": float(np.mean([alike[pair]["jaccard"] for pair in members])),
                        "weight_correlation": float(np.mean([alike[pair]["weight_correlation"] for pair in members])),
                        "forecast_correlation": float(np.mean([pair["forecast_correlation"] for pair in found])),
                        "mean_absolute_difference": float(np.mean([abs(pair["difference"]) for pair in found])),
                        "largest": {key: largest[key] for key in ("a", "b", "difference", "ci")},
                        "intervals_without_zero": sum(p["ci"][0] > 0 or p["ci"][1] < 0 for p in found),
                    }
                )
    return [*rows, *(_rewired(panel, model, metric) for model in MODELS for metric in METRICS)]


def _rewired(panel: dict[str, Any], model: str, metric: str) -> dict[str, Any]:
    """The same for each adult against its rewired copies: the scale for everything else."""
    adults = (*ANNOTATIONS, "witvliet-7", "witvliet-8")
    alike = [p for p in panel["likeness"] if p["b"] == "rewired" and p["a"] in adults]
    found = [s for s in panel["scores"] if (s["model"], s["metric"]) == (model, metric) and s["wiring"] in adults]
    largest = max(found, key=lambda score: abs(score["lead"]))
    return {
        "relation": "adult and its rewired copies",
        "model": model,
        "metric": metric,
        "n_pairs": len(found),
        "jaccard": float(np.mean([p["jaccard"] for p in alike])),
        "weight_correlation": float(np.mean([p["weight_correlation"] for p in alike])),
        "forecast_correlation": float(np.mean([score["rewired_correlation"] for score in found])),
        "mean_absolute_difference": float(np.mean([abs(score["lead"]) for score in found])),
        "largest": {"a": largest["wiring"], "b": "rewired", "difference": largest["lead"], "ci": largest["lead_ci"]},
        "intervals_without_zero": sum(s["lead_ci"][0] > 0 or s["lead_ci"][1] < 0 for s in found),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
