"""What the page of the crab's circuit shows: `python benchmarks/stg.py --write`.

`--table` only writes the tables and the figure again, from the figures recorded last; with the name of a task, or
`conductances`, that part alone is made again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from interval_figure import Row, write_figure
from pages import over_blocks, put_between_markers, rounded, with_interval

import braincast as bc
from braincast.experiments.run import configure, run
from braincast.files import read_json, write_json

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "stg.json"
PAGE = ROOT / "docs" / "findings" / "stg.md"
FIGURE = ROOT / "docs" / "figures" / "stg.svg"
TASKS = ("stg-modulation", "stg-forecast")
CONDUCTANCES = "conductances"
N_STARTS = 2
NOISE_MV = 0.01


def main(arguments: Sequence[str]) -> None:
    """Run everything, or what is named; `--write` keeps the figures and the page."""
    figures = read_json(RESULT) if RESULT.exists() else {}
    if "--table" not in arguments:
        named = [name for name in (*TASKS, CONDUCTANCES) if name in arguments]
        for name in named or (*TASKS, CONDUCTANCES):
            figures[name] = rounded(recovered() if name == CONDUCTANCES else line_up(name))
            print(name, json.dumps(figures[name]), file=sys.stderr, flush=True)
            if "--write" in arguments:
                write_json(RESULT, figures)
    if "--write" in arguments or "--table" in arguments:
        publish(figures)


def line_up(name: str) -> dict[str, Any]:
    """A task's default run."""
    task = bc.load_task(name)
    result = run(task, configure(task.card), n_workers=2)
    document = result.to_dict()
    return {
        "task_hash": task.hash,
        "headline": result.headline,
        "models": {name: _row(found) for name, found in document["models"].items()},
        "drops": document["drops"],
        "intervals": {k: v for k, v in document["intervals"].items() if k not in ("groups", "coverage_by_model")},
        "wiring": [verdict.to_dict()["sentence"] for verdict in result.judged.verdicts],
        "wall_s": result.wall_s,
    }


def recovered() -> list[dict[str, Any]]:
    """Conductances of the cell with seven channels, from starts two to three times off, by the gradient."""
    from braincast.dynamics.conductance import read_circuit, simulate
    from braincast.dynamics.conductance.fitting import fitted

    true = read_circuit("stg-cell")
    clean = simulate(true, duration_ms=6200.0, dt_ms=0.1, integrator="staggered").voltage_mv[25_000:]
    names = [f"{cell}.{key}" for cell, own in true.cells.items() for key, g in own.currents.items() if g > 0]
    found = []
    for seed in range(N_STARTS):
        rng = np.random.default_rng(seed)
        off = np.exp(rng.choice([-1, 1], len(names)) * rng.uniform(np.log(2), np.log(3), len(names)))
        start = true.changed({name: f"x{factor!r}" for name, factor in zip(names, off.tolist(), strict=True)})
        recorded = clean + NOISE_MV * rng.standard_normal(clean.shape)
        began = time.perf_counter()
        fit = fitted(start, recorded, dt_ms=0.1, settle_ms=2000.0)
        share = dict(zip(fit.names, fit.factors, strict=True))
        each = {name: float(share[name] * factor) for name, factor in zip(names, off, strict=True)}
        begun = dict(zip(names, off.tolist(), strict=True))
        found.append({"started": begun, "found": each, "error_mv": fit.error_mv, "s": time.perf_counter() - began})
    return found


def publish(figures: dict[str, Any]) -> None:
    """Put tables and the picture into the page."""
    for name, text in tables(figures).items():
        put_between_markers(PAGE, text, name)
    rows = []
    for side, title in (("in", "left alone"), ("out", "a modulator applied")):
        rows.append(Row(title))
        for name, own in _ranked(figures["stg-modulation"]):
            group = own["groups"]["distribution"][side]
            arms = [
                found["groups"]["distribution"][side]["value"]
                for found in figures["stg-modulation"]["models"].values()
                if found["of"] == name
            ]
            rows.append(Row(name, group["value"], tuple(group["ci"]), tuple(arms)))
    write_figure(FIGURE, "Mean absolute error (dots), and null wirings (rings)", "mV, with 95 % interval", rows)


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The tables of the page, by the part that they stand in."""
    modulation = figures["stg-modulation"]
    told = {"stg-modulation": _errors(modulation), "rhythm": _rhythm(modulation), "nulls": _nulls(modulation)}
    told |= {name: _plain(figures[name]) for name in ("stg-forecast",) if name in figures}
    return told | {name: _conductances(figures[name]) for name in (CONDUCTANCES,) if name in figures}


def _errors(found: dict[str, Any]) -> str:
    conditions = ("control", "proctolin", "dopamine", "serotonin")
    lines = [
        f"| model | MAE in control | under modulators | out − in | {' | '.join(conditions[1:])} |",
        "|---|---|---|---|---|---|---|",
    ]
    falls = {one["model"]: one for one in found["drops"]}
    for name, row in _ranked(found):
        sides, fall = row["groups"]["distribution"], falls[name]
        lost = f"{fall['difference']:+.2f} ({fall['ci'][0]:+.2f} to {fall['ci'][1]:+.2f})"
        each = [f"{row['groups']['condition'][condition]['value']:.2f}" for condition in conditions[1:]]
        cells = [f"`{name}`{_role(row)}", with_interval(sides["in"], ".2f"), with_interval(sides["out"], ".2f")]
        lines.append("| " + " | ".join([*cells, lost, *each]) + " |")
    return "\n".join([*lines, "", f"Intervals: {over_blocks(found['intervals'])}"])


def _rhythm(found: dict[str, Any]) -> str:
    lines = [
        "| model | error of the period: control | modulated | error of phases (cycles): control | modulated |",
        "|---|---|---|---|---|",
    ]
    for name, row in _ranked(found):
        cells = [f"`{name}`{_role(row)}"]
        for key in ("period_error", "phase_error"):
            cells += [with_interval(row[key]), with_interval(row["outside"][key])]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _nulls(found: dict[str, Any]) -> str:
    lines = ["| model | wiring | MAE in control | under modulators |", "|---|---|---|---|"]
    for name, row in _ranked(found):
        arms = {arm: own for arm, own in found["models"].items() if own["of"] == name}
        for arm, own in ({name: row, **arms} if arms else {}).items():
            wiring = arm.partition("@")[2] or "true"
            sides = own["groups"]["distribution"]
            told = [with_interval(sides[side], ".2f") for side in ("in", "out")]
            lines.append("| " + " | ".join([f"`{name}`", wiring, *told]) + " |")
    return "\n".join([*lines, *(f"\n{sentence}" for sentence in found["wiring"])])


def _plain(found: dict[str, Any]) -> str:
    lines = ["| model | MAE (mV) | at 5 ms | at 25 ms | at 100 ms | r² |", "|---|---|---|---|---|---|"]
    for name, row in _ranked(found):
        leads = [f"{row['mae']['by_lead'][lead]:.2f}" for lead in (0, 4, 19)]
        cells = [f"`{name}`{_role(row)}", with_interval(row["mae"], ".2f"), *leads, f"{row['r2']['value']:.3f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", f"Intervals: {over_blocks(found['intervals'])}"])


def _conductances(found: list[dict[str, Any]]) -> str:
    names = list(found[0]["found"])
    lines = [
        "| start | " + " | ".join(name.rpartition(".")[2] for name in names) + " | furthest off | s |",
        "|---" * (len(names) + 3) + "|",
    ]
    for number, one in enumerate(found):
        each = [f"{one['started'][name]:.2f} → {one['found'][name]:.3f}" for name in names]
        furthest = max(abs(one["found"][name] - 1) for name in names)
        lines.append("| " + " | ".join([str(number + 1), *each, f"{furthest:.1%}", f"{one['s']:.0f}"]) + " |")
    return "\n".join(lines)


def _row(found: dict[str, Any]) -> dict[str, Any]:
    """What of a model's entry the page may show."""
    metrics = {key: {k: own[k] for k in ("value", "ci")} for key, own in found["metrics"].items()}
    metrics["mae"]["by_lead"] = found["metrics"]["mae"]["by_lead"]
    groups = {
        group: {label: {k: own[k] for k in ("value", "ci")} for label, own in labels.items()}
        for group, labels in found["groups"].items()
        if group in ("distribution", "condition")
    }
    told = {"role": found["role"], "of": found["of"], "groups": groups, "cost": found["cost"]}
    return {**told, **metrics, "outside": found.get("outside", {})}


def _ranked(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    own = [(name, row) for name, row in found["models"].items() if row["of"] is None]
    return sorted(own, key=lambda pair: pair[1]["mae"]["value"])


def _role(row: dict[str, Any]) -> str:
    return "" if row["role"] == "model" else f" ({row['role']})"


if __name__ == "__main__":
    main(sys.argv[1:])
