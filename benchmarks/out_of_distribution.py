"""What models lose where they learned nothing like it: `python benchmarks/out_of_distribution.py --write [PART ...]`.

Parts that are named are run again, the others stay as they were recorded. `--table` only writes the tables and the
figure of the page again, from the figures recorded last.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from interval_figure import Row, write_figure
from pages import put_between_markers, rounded

import braincast as bc
from braincast.datasets.synthetic.novelty import NEW, changing_brain, stimulated_brain
from braincast.experiments.distribution import drops_between, drops_within, made_up
from braincast.files import read_json, write_json
from braincast.models.interface import Settings
from braincast.scoring.forecasting.drops import Drop, Fall
from braincast.tasks.forecasting.build import Design

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "out_of_distribution.json"
MUTANT = ROOT / "benchmarks" / "results" / "mutant.json"
FIGURE = ROOT / "docs" / "figures" / "out-of-distribution.svg"
PAGE = ROOT / "docs" / "findings" / "out-of-distribution.md"
DESIGN = Design(context=16, horizon=8, held_out=(NEW,))
N_NEURONS, N_FRAMES, SEED = 24, 1500, 1
# One network, with settings that are given: what it loses is asked, not how good it could be.
TIDE = {"steps": 300, "learning_rate": 3e-3, "embedding": 32, "dropout": 0.5}
FORECASTERS: Mapping[str, Settings] = {"ar": {}, "pooled-linear": {}, "var": {}, "factor-embedding": {}, "tide": TIDE}
ANIMALS = ("ar", "pooled-linear", "var", "reduced-rank-var", "factor-embedding")
CHANCE = 0.5
TITLES = {
    "condition-same": "A condition like the others",
    "condition-harder": "A condition with twice the noise",
    "condition-law": "A condition under another law",
    "animal": "An animal never seen",
    "strain": "Another strain",
    "stimulus-sum": "Two stimuli that add up",
    "stimulus-own": "Two stimuli that do not",
}

Figures = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Run the parts, print, and with `--write` keep figures, tables and picture."""
    figures = read_json(RESULT) if RESULT.exists() else {}
    if "--table" not in arguments:
        wanted = [part for part in arguments if part in PARTS] or list(PARTS)
        figures = {**figures, **{part: rounded([drop.to_dict() for drop in PARTS[part]()]) for part in wanted}}
        figures = {part: figures[part] for part in PARTS if part in figures}
        print(json.dumps(figures, indent=1))
    if "--write" in arguments:
        write_json(RESULT, figures)
    if "--write" in arguments or "--table" in arguments:
        publish(figures)


def publish(figures: Figures) -> None:
    """Put tables and picture into the page."""
    rows = []
    for part, drops in figures.items():
        rows.append(Row(TITLES[part]))
        for drop in drops:
            over = {skill["over"]: skill for skill in drop["skills"]}
            skill = over.get("persistence") or over.get("chance")
            if skill is not None:
                rows.append(Row(drop["model"], skill["difference"], tuple(skill["ci"])))
    title = "Skill out of distribution less skill in distribution (dots, with 95 % intervals)"
    write_figure(FIGURE, title, "over persistence; of the mutant, over chance", rows)
    for part, text in tables(figures).items():
        put_between_markers(PAGE, text, part)


def tables(figures: Figures) -> dict[str, str]:
    """The tables of the page, by the part of it where they stand."""
    return {part: _table(drops) for part, drops in figures.items()}


def _changing(change: Any) -> tuple[Drop, ...]:
    task = made_up(changing_brain(N_NEURONS, N_FRAMES, change, seed=SEED), f"new-{change}", DESIGN)
    return drops_within(task, FORECASTERS)


def _stimulated(together: Any) -> tuple[Drop, ...]:
    task = made_up(stimulated_brain(N_NEURONS, N_FRAMES, together, seed=SEED), f"stimuli-{together}", DESIGN)
    return drops_within(task, {"stimulus-average": {}, **FORECASTERS})


def _animal() -> tuple[Drop, ...]:
    held_out, seen = bc.load_task("human-transfer"), bc.load_task("human-forecast")
    return drops_between(held_out, seen, {name: {} for name in ANIMALS})


def _strain() -> tuple[Drop, ...]:
    """From the figures of the page on the mutant, where skill is the share of the way from chance to 1."""
    found = read_json(MUTANT)["carried_over"]
    return tuple(
        _of_strain(name, one)
        for name, one in sorted(found.items(), key=lambda item: -item[1]["mutant"]["value"])
        if name != "constant"
    )


def _of_strain(name: str, found: Mapping[str, Any]) -> Drop:
    before, after = found["wild_type"]["value"], found["mutant"]["value"]
    low, high = (-end for end in reversed(found["drop"]["ci"]))
    score = Fall(before, after, after - before, (low, high), None)
    of_skill = [value / (1 - CHANCE) for value in (before - CHANCE, after - CHANCE, after - before, low, high)]
    skill = Fall(*of_skill[:3], (of_skill[3], of_skill[4]), None)
    return Drop(name, "auroc", "strain", score, {"chance": skill})


PARTS: Mapping[str, Callable[[], tuple[Drop, ...]]] = {
    "condition-same": lambda: _changing("nothing"),
    "condition-harder": lambda: _changing("noise"),
    "condition-law": lambda: _changing("law"),
    "animal": _animal,
    "strain": _strain,
    "stimulus-sum": lambda: _stimulated("sum"),
    "stimulus-own": lambda: _stimulated("own"),
}


def _table(drops: Sequence[Mapping[str, Any]]) -> str:
    """Models in the order of their score inside, the baselines among them."""
    over = list(dict.fromkeys(skill["over"] for drop in drops for skill in drop["skills"]))
    over.sort(key=lambda name: name != "persistence")
    sign = -1 if drops[0]["metric"] == "auroc" else 1
    heads = " | ".join(f"skill over {name}: in | out | out − in" for name in over)
    lines = [f"| model | in | out | out − in | {heads} |", "|" + "---|" * (4 + 3 * len(over))]
    for drop in sorted(drops, key=lambda drop: sign * drop["in"]):
        skills = {skill["over"]: skill for skill in drop["skills"]}
        cells = [f"{drop['in']:.3f} | {drop['out']:.3f} | {_change(drop)}"]
        for name in over:
            found = skills.get(name)
            cells.append("| |" if found is None else f"{found['in']:+.3f} | {found['out']:+.3f} | {_change(found)}")
        lines.append(f"| {drop['model']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _change(found: Mapping[str, Any]) -> str:
    value, low, high = (round(number, 3) + 0.0 for number in (found["difference"], *found["ci"]))  # never -0
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})"


if __name__ == "__main__":
    main(sys.argv[1:])
