"""Is it worth learning from other animals? `python benchmarks/animals.py --write`.

`--table` only writes the tables and the figure of the page again, from the figures recorded last. `--seeds 1` and
`--models var,linear` are for a quick look.
Fits are kept in `BRAINCAST_HOME` (or `--folder F`): a run that was stopped goes on with the same command.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from interval_figure import Row, write_figure
from pages import put_between_markers, rounded, with_interval

import braincast as bc
from braincast.datasets.cache import home
from braincast.experiments.animals import ARMS, DIFFERENCES, Fits, Question, compared
from braincast.files import read_json, write_json

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "animals.json"
FIGURE = ROOT / "docs" / "figures" / "animals.svg"
PAGE = ROOT / "docs" / "findings" / "animals.md"
N_SEEDS = 3
# The same steps for all arms; an evaluation every 50, as a single animal's training soon ends.
_BUDGET = {"steps": 800, "every": 50, "patience": 5}
# One candidate each, the one with the least validation error on human-forecast.
MODELS: Mapping[str, Mapping[str, Any]] = {
    "var": {},
    "linear": {"weights": "own", "rescaling": "none", "learning_rate": 0.02, **_BUDGET},
    "embedding": {
        "width": 32,
        "dropout": 0.4,
        "rescaling": "none",
        "learning_rate": 3e-3,
        "weight_decay": 0.1,
        **_BUDGET,
    },
}


def main(arguments: Sequence[str]) -> None:
    """Train and score every arm, print the figures, and with `--write` keep figures, tables and picture."""
    asked = _asked(arguments)
    if asked.table:
        publish(read_json(RESULT))
        return
    question = Question.of(bc.load_task("human-transfer"), bc.load_task("human-forecast"))
    found = {
        model: compared(Fits(question, model, MODELS[model], asked.folder), range(asked.seeds))
        for model in asked.models.split(",")
    }
    figures = rounded(
        {
            "task": question.others.name,
            "task_hash": question.others.hash,
            "n_animals": len(question.others.card.recordings),
            "models": found,
        }
    )
    print(json.dumps(figures, indent=1))
    if asked.write:
        write_json(RESULT, figures)
        publish(figures)


def publish(figures: dict[str, Any]) -> None:
    """Put tables and picture into the page."""
    for part, text in tables(figures).items():
        put_between_markers(PAGE, text, part)
    rows = []
    for model, found in figures["models"].items():
        rows.append(Row(model))
        rows += [Row(f"  {pair}", one["value"], tuple(one["ci"])) for pair, one in found["differences"].items()]
    write_figure(FIGURE, "What learning from other animals changes", "difference of mean absolute errors", rows)


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The tables of the page, by the part of it where they stand."""
    return {
        "errors": _errors(figures["models"]),
        "differences": _differences(figures["models"]),
        "animals": _animals(figures["models"]),
        "how": _how(figures),
    }


def _errors(models: dict[str, Any]) -> str:
    lines = [f"| model | {' | '.join(ARMS)} |", "|---" * (1 + len(ARMS)) + "|"]
    for model, found in models.items():
        cells = [with_interval(found["arms"][arm]) if arm in found["arms"] else "" for arm in ARMS]
        lines.append(f"| `{model}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _differences(models: dict[str, Any]) -> str:
    pairs = [f"{first} − {second}" for first, second in DIFFERENCES]
    lines = [f"| model | {' | '.join(pairs)} |", "|---" * (1 + len(pairs)) + "|"]
    for model, found in models.items():
        each = found["differences"]
        cells = [with_interval(each[pair], "+.4f") if pair in each else "" for pair in pairs]
        lines.append(f"| `{model}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _animals(models: dict[str, Any]) -> str:
    """In how many animals the first arm of a pair is the better one."""
    lines = ["| model | pair | animals in which the first is better |", "|---|---|---|"]
    for model, found in models.items():
        for pair in found["differences"]:
            first, second = (found["arms"][arm]["animals"] for arm in pair.split(" − "))
            n_better = sum(first[animal] < second[animal] for animal in first)
            lines.append(f"| `{model}` | {pair} | {n_better} of {len(first)} |")
    return "\n".join(lines)


def _how(figures: dict[str, Any]) -> str:
    n_seeds = max(len(found["seeds"]) for found in figures["models"].values())
    minutes = sum(
        len(found["seeds"]) * arm["fit_s"] for found in figures["models"].values() for arm in found["arms"].values()
    )
    seeds = "1 seed" if n_seeds == 1 else f"{n_seeds} seeds"
    return (
        f"Networks with {seeds} each. Intervals are over {figures['n_animals']} subjects and blocks of windows within "
        f"them, paired in differences. All fits took {minutes / 60:.0f} minutes on one core."
    )


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--seeds", type=int, default=N_SEEDS)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--folder", type=Path, default=home() / "animals")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
