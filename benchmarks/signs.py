"""Can the sign of an edge be told? `python benchmarks/signs.py --write`.

`--table` only writes the table and the figure of the page again, from the figures recorded last.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from interval_figure import Row, write_figure
from pages import put_between_markers, rounded

import braincast as bc
from braincast.experiments.signs import compare_signs
from braincast.files import read_json, write_json
from braincast.tasks.worm_signs import signed_circuit, signs_question

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "signs.json"
FIGURE = ROOT / "docs" / "figures" / "signs.svg"
PAGE = ROOT / "docs" / "findings" / "signs.md"
EVIDENCE = {
    "predicted": "literature",
    "transmitter-rule": "transmitter",
    "receptors": "expression",
    "learned-transmitter": "responses",
    "learned-responder": "responses",
    "learned-regression": "responses, expression",
}


def main(arguments: Sequence[str]) -> None:
    """Score every answerer, print the figures, and with `--write` keep figures, table and picture."""
    if "--table" in arguments:
        publish(read_json(RESULT))
        return
    dataset, task = bc.load_dataset("worm-atlas"), bc.load_task("worm-perturbation")
    question = signs_question(dataset)
    scores = compare_signs(question, signed_circuit(dataset), task)
    figures = {
        "question": question.name,
        "question_hash": question.hash,
        "n_edges": len(question.edges),
        "n_permutations": question.n_permutations,
        "n_resamples": question.n_resamples,
        "answerers": rounded({name: score.to_dict() for name, score in scores.items()}),
    }
    print(json.dumps(figures, indent=1))
    if "--write" in arguments:
        write_json(RESULT, figures)
        publish(figures)


def publish(figures: dict[str, Any]) -> None:
    """Put table and picture into the page."""
    draw(figures)
    put_between_markers(PAGE, table(figures))


def table(figures: dict[str, Any]) -> str:
    """The table of the page."""
    lines = [
        "| answerer | evidence | edges | agreement | shuffled | p | balanced accuracy, 95 % interval | AUROC | p |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, score in figures["answerers"].items():
        agreement, balanced, auroc = (score["measures"][key] for key in ("agreement", "balanced_accuracy", "auroc"))
        shuffled = f"{100 * agreement['null_mean']:.1f} ± {100 * agreement['null_sd']:.1f} %"
        lower, upper = balanced["ci"]
        lines.append(
            f"| `{name}` | {EVIDENCE[name]} | {score['n']} | {100 * agreement['value']:.1f} % | {shuffled} | "
            f"{agreement['p']:.2f} | {balanced['value']:.3f} ({lower:.2f} to {upper:.2f}) | {auroc['value']:.3f} | "
            f"{auroc['p']:.2f} |"
        )
    return "\n".join(lines)


def draw(figures: dict[str, Any]) -> None:
    """The picture of the page: balanced accuracy with its interval, and the middle 95 % of the null at its ends."""
    rows = []
    for name, score in figures["answerers"].items():
        found = score["measures"]["balanced_accuracy"]
        ends = tuple(found["null_mean"] + side * 1.96 * found["null_sd"] for side in (-1, 1))
        rows.append(Row(f"{name} ({score['n']} edges)", found["value"], tuple(found["ci"]), ends))
    title = "Signs of edges: answers (dots) and where shuffled signs lie (rings: mean ± 1.96 SD)"
    write_figure(FIGURE, title, "balanced accuracy, with 95 % interval", rows)


if __name__ == "__main__":
    main(sys.argv[1:])
