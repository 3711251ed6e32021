"""Can hidden edges and gap junctions be told? `python benchmarks/hidden_edges.py --write`.

`--table` only writes the tables and the figure of the page again, from the figures recorded last; with the names of
questions these alone are answered again. The worm's recording is found through BRAINCAST_TEST_DATA, unless the cache
has it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from interval_figure import Row, write_figure
from pages import put_between_markers, rounded, with_interval
from threadpoolctl import threadpool_limits

import braincast as bc
from braincast.experiments.edges import N_DRAWS, compare_edges
from braincast.files import read_json, write_json
from braincast.models.edges.clues import clues_of
from braincast.scoring.bootstrap import interval, two_sided_p
from braincast.scoring.edges import EdgeScore
from braincast.tasks.edges.declared import DECLARED, SPECIMEN, declare

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "hidden_edges.json"
PAGE = ROOT / "docs" / "findings" / "hidden-edges.md"
FIGURE = ROOT / "docs" / "figures" / "hidden-edges.svg"
CLUES = {
    "degree-product": "visible edges",
    "nearness": "places",
    "co-expression": "expression",
    "innexins": "expression",
    "activity": "activity",
    "partial-activity": "activity",
    "responses": "responses",
    "structural-regression": "visible edges, places",
    "full-regression": "all",
}
_PAIR = ("full-regression", "structural-regression")


def main(arguments: Sequence[str]) -> None:
    """Score every answerer on each question; `--write` keeps figures, tables and picture."""
    if "--table" in arguments:
        publish(read_json(RESULT))
        return
    figures = read_json(RESULT) if RESULT.exists() else {}
    for name in [name for name in DECLARED if name in arguments] or DECLARED:
        figures[name] = rounded(answered(name))
        print(name, json.dumps(figures[name]), file=sys.stderr, flush=True)
    if "--write" in arguments:
        write_json(RESULT, figures)
        publish(figures)


def answered(name: str) -> dict[str, Any]:
    """All answerers of a question, and what clues beside structure add."""
    folder = os.environ.get("BRAINCAST_TEST_DATA")
    atlas = bc.load_dataset("worm-atlas")
    recorded = bc.load_dataset("worm-atanas2023", from_path=Path(folder) if folder else None)
    question, specimen = declare(name, atlas), atlas.specimens[SPECIMEN]
    if specimen.connectome is None:
        raise TypeError("the worm atlas has a connectome")
    clues = clues_of(specimen, next(iter(recorded.specimens.values())), question.neurons)
    with threadpool_limits(1):
        scores = compare_edges(question, specimen.connectome, clues)
    return {
        "question_hash": question.hash,
        "n_pairs": int(question.asked.sum()),
        "n_draws": N_DRAWS,
        "answerers": {answerer: score.to_dict() for answerer, score in scores.items()},
        "added": _added(scores),
    }


def publish(figures: dict[str, Any]) -> None:
    """Put tables and the picture into the page."""
    for name, text in tables(figures).items():
        put_between_markers(PAGE, text, name)
    rows = []
    for name, found in figures.items():
        rows.append(Row(name))
        for answerer, score in found["answerers"].items():
            own = score["measures"]["auroc_within_fold"]
            null = () if own["null_mean"] is None else (own["null_mean"],)
            rows.append(Row(f"{answerer} ({score['n']:,} pairs)", own["value"], tuple(own["ci"]), null))
    title = "Hidden edges: answers (dots), and with identities permuted (rings: mean)"
    write_figure(FIGURE, title, "AUROC within folds, with 95 % interval", rows)


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The table of each question."""
    return {name: _table(found) for name, found in figures.items()}


def _table(found: dict[str, Any]) -> str:
    lines = [
        "| answerer | clue | pairs | wired | AUROC within folds (95 %) | permuted | p | average precision (95 %) | "
        "permuted |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, score in found["answerers"].items():
        area, precision = (score["measures"][key] for key in ("auroc_within_fold", "average_precision"))
        cells = [f"`{name}`", CLUES[name], f"{score['n']:,}", f"{score['share']:.1%}", with_interval(area)]
        cells += [_null(area), "–" if area["p"] is None else f"{area['p']:.2f}", with_interval(precision)]
        lines.append(f"| {' | '.join([*cells, _null(precision)])} |")
    added = found["added"]
    words = f"All clues are ahead of visible edges and places alone by {added['difference']:+.4f} AUROC (paired 95 % "
    words += f"interval {added['ci'][0]:+.4f} to {added['ci'][1]:+.4f}, p = {added['p']:.3f})."
    return "\n".join([*lines, "", words])


def _null(measure: dict[str, Any]) -> str:
    return "–" if measure["null_mean"] is None else f"{measure['null_mean']:.3f} ± {measure['null_sd']:.3f}"


def _added(scores: Mapping[str, EdgeScore]) -> dict[str, Any]:
    first, second = (scores[name].samples["auroc_within_fold"] for name in _PAIR)
    difference = first - second
    return {"difference": float(difference[0]), "ci": interval(difference), "p": two_sided_p(difference)}


if __name__ == "__main__":
    main(sys.argv[1:])
