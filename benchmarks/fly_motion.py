"""What the page of fly-motion shows: `python benchmarks/fly_motion.py --write` runs the task as it comes.

`--from DOCUMENT` takes what `braincast run fly-motion --json` printed instead; `--table` only writes the table again,
from the figures recorded last.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pages import put_between_markers, rounded

import braincast as bc
from braincast.experiments.run import configure, run
from braincast.files import read_json, write_json

ROOT = Path(__file__).parent.parent
RESULT, PAGE = ROOT / "benchmarks" / "results" / "fly_motion.json", ROOT / "docs" / "findings" / "fly-motion.md"
SHOWN = {
    "direction_selectivity": "selectivity",
    "dsi_t4": "DSI of T4",
    "dsi_t5": "DSI of T5",
    "preferred_direction_error_deg": "directions off by, °",
    "tuning_correlation": "correlation with curves",
    "polarity_beyond_receptors": "polarity",
    "task_error": "flow error, columns/s",
}


def main(arguments: Sequence[str]) -> None:
    """Run and write, or with `--table` write once more what was recorded."""
    if "--table" not in arguments:
        given = [Path(after) for before, after in pairwise(arguments) if before == "--from"]
        write_json(RESULT, rounded(kept(read_json(given[0])) if given else measured()))
    text = table(read_json(RESULT))
    print(text)
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, text)


def measured() -> dict[str, Any]:
    """The default run."""
    task = bc.load_task("fly-motion")
    return kept(run(task, configure(task.card), n_workers=2).to_dict())


def kept(document: dict[str, Any]) -> dict[str, Any]:
    """A run's document without what a report shows beside the figures."""
    of_model = ("role", "of", "metrics", "outside", "replicates", "inside_floor", "cost")
    models = {name: {key: model[key] for key in of_model if key in model} for name, model in document["models"].items()}
    found = {key: document[key] for key in ("task_hash", "comparisons", "published", "floors")}
    return {**found, "models": models}


def table(document: dict[str, Any]) -> str:
    """A row for each model, with 95 % intervals over seeds and cell types."""
    lines = [f"| | seeds | {' | '.join(SHOWN.values())} |", f"|---|--:|{'--:|' * len(SHOWN)}"]
    for name, model in document["models"].items():
        cells = [_cell(model["metrics"][key]) for key in SHOWN]
        lines.append(f"| {name} | {len(model['replicates'])} | {' | '.join(cells)} |")
    each = {name: model["cost"] for name, model in document["models"].items()}
    spent_s = sum(
        (cost["fit_s"] * ("@" not in name) + cost["forecast_s"]) * len(document["models"][name]["replicates"])
        for name, cost in each.items()
    )
    words = "Intervals: 95 %, over seeds and cell types (of the flow: scenes). All fits and answers together took "
    words += f"{spent_s / 120:.0f} minutes on 2 cores that did other work as well; a fit of the network "
    words += (
        f"{each['optic-network']['fit_s']:.0f} s on one of them. The curves that were measured in flies have a DSI of "
    )
    words += f"{document['published']['dsi_t4']:.2f} (T4) and {document['published']['dsi_t5']:.2f} (T5)."
    return "\n".join([*lines, "", words, ""])


def _cell(score: dict[str, Any]) -> str:
    if score["value"] is None:
        return "–"
    interval = "" if score["ci"] is None else f" ({score['ci'][0]:.2f}, {score['ci'][1]:.2f})"
    return f"{score['value']:.2f}{interval}"


if __name__ == "__main__":
    main(sys.argv[1:])
