"""How many different circuits make a pyloric rhythm: `python benchmarks/degeneracy.py --write`.

Searches, records what was found and how long it took, and looks at a sample once more in float64 with the scheme of
first order. `--table` only writes the page and the figure once more.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from conductance_map import write_map
from pages import put_between_markers

from braincast.dynamics.conductance import read_circuit, simulate_spikes
from braincast.dynamics.rhythm import analysis_of
from braincast.experiments.degeneracy import (
    ConductanceSets,
    Effort,
    Found,
    all_differ,
    degenerate_circuits,
    fold_differences,
    parameters,
)
from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "degeneracy.json", HERE.parent / "docs" / "findings" / "degeneracy.md"
FIGURE = HERE.parent / "docs" / "figures" / "degeneracy.svg"
N_TRIED, SEED, N_AGAIN = 2048, 0, 32
CELLS = ("AB/PD", "LP", "PY")
# Of crabs: period (mean ± sd), and within what two circuits count as having one rhythm here.
ANIMALS_MS, NEAR_PERIOD, NEAR_PHASE = (1510.0, 280.0), 0.01, 0.03


def main(arguments: Sequence[str]) -> None:
    """Search and write what was found, or with `--table` write once more what was recorded."""
    if "--table" not in arguments:
        circuit, effort = read_circuit("pyloric"), Effort()
        cpu = time.process_time()
        found = degenerate_circuits(circuit, n_tried=N_TRIED, seed=SEED, effort=effort)
        spent = time.process_time() - cpu
        write_json(RESULT, _recorded(found, spent, _again(found, effort)))
    figures = read_json(RESULT)
    values, text = np.array(figures["solutions"]["conductances"]), table(figures)
    print(text)
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, text)
        title = f"The conductances of {len(values)} circuits that make a pyloric rhythm"
        write_map(FIGURE, title, figures["names"], values, np.array(figures["solutions"]["period_ms"]) / 1e3)


def table(figures: Mapping[str, Any]) -> str:
    """What stands on the page: what was counted, and two circuits of one rhythm."""
    values = np.array(figures["solutions"]["conductances"])
    return f"{_counts(figures, values)}\n\n{_pair(figures, values)}"


def _again(found: Found, effort: Effort) -> dict[str, Any]:
    """A sample of the circuits in float64, by exponential Euler at half the step."""
    sample = found.sets.taken(np.linspace(0, len(found.sets) - 1, min(N_AGAIN, len(found.sets))).astype(int))
    options: dict[str, Any] = {"duration_ms": effort.duration_ms, "dt_ms": effort.dt_ms / 2, "dtype": np.float64}
    spikes = simulate_spikes(sample.circuit, parameters(sample), integrator="exponential-euler", **options)
    classes = [analysis_of(s, from_ms=effort.settle_ms, to_ms=effort.duration_ms)["class"] for s in spikes]
    return {"n": len(classes), "same": classes.count("pyloric")}


def _recorded(found: Found, cpu_s: float, again: Mapping[str, Any]) -> dict[str, Any]:
    counts = {name: getattr(found, name) for name in ("n_tried", "n_screened", "n_different", "n_full")}
    each = {
        "period_ms": [round(rhythm["period_ms"], 1) for rhythm in found.rhythms],
        "duty": [[round(rhythm["duty"][cell], 3) for cell in CELLS] for rhythm in found.rhythms],
        "start": [[round(rhythm["phase"][cell]["start"], 3) for cell in CELLS[1:]] for rhythm in found.rhythms],
        "conductances": found.sets.values.tolist(),
    }
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "load": os.getloadavg()[2]}
    times = {"wall_s": round(found.wall_s, 1), "cpu_s": round(cpu_s, 1)}
    return {
        **counts,
        "n_half": len(found.sets),
        "again": again,
        **times,
        **machine,
        "names": found.sets.names,
        "solutions": each,
    }


def _counts(figures: Mapping[str, Any], values: np.ndarray) -> str:
    period = np.array(figures["solutions"]["period_ms"])
    assert all_differ(values)
    mean, sd = ANIMALS_MS
    like = (np.abs(period - mean) <= sd).sum()
    cores, load, cpu_s = figures["cores"], figures["load"], figures["cpu_s"]
    took = f"{figures['wall_s'] / 60:.1f} minutes on {cores} cores (load {load:.1f}); {cpu_s:,.0f} s of one core"
    again = f"{figures['again']['same']} of {figures['again']['n']}"
    rows = [
        ("sets of conductances tried", figures["n_tried"]),
        ("pyloric for 8 s at a step of 0.1 ms", figures["n_screened"]),
        ("of these, any two of which differ 2-fold in at least 3 conductances", figures["n_different"]),
        ("of these, pyloric for 15 s at a step of 0.05 ms", figures["n_full"]),
        ("of these, pyloric at 0.025 ms too: **the solutions**", f"**{figures['n_half']}**"),
        ("solutions with a period of 1.51 ± 0.28 s, as in crabs", int(like)),
        ("least and greatest period, s", f"{period.min() / 1e3:.2f} to {period.max() / 1e3:.2f}"),
        ("what goes with the period most (rank correlation)", _with_period(figures, values)),
        ("of a sample, pyloric in float64 by exponential Euler too", again),
        ("time", took),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {what} | {value} |" for what, value in rows)])


def _with_period(figures: Mapping[str, Any], values: np.ndarray, n: int = 3) -> str:
    """The conductances of largest rank correlation with the period, over circuits that have them."""
    period, found = np.array(figures["solutions"]["period_ms"]), {}
    for name, own in zip(figures["names"], values.T, strict=True):
        there = own > 0
        if there.sum() >= len(own) / 2:
            ranks = [np.argsort(np.argsort(each[there])) for each in (own, period)]
            found[name] = float(np.corrcoef(*ranks)[0, 1])
    most = sorted(found.items(), key=lambda each: -abs(each[1]))[:n]
    return ", ".join(f"{name} {value:+.2f}" for name, value in most)


def _pair(figures: Mapping[str, Any], values: np.ndarray) -> str:
    """The two most different circuits among those of one period and phases."""
    one, other, n = _most_different(figures, values)
    period, start = figures["solutions"]["period_ms"], figures["solutions"]["start"]
    lines = [
        f"The two that differ most among those of one rhythm (periods within {NEAR_PERIOD:.0%}, phases within",
        f"{NEAR_PHASE:g}): {n} conductances differ at least 2-fold. The six that differ most (mS/cm², synapses in nS):",
        "",
        "| | period, ms | LP, PY start | " + " | ".join(_widest(figures, values, one, other)) + " |",
        "|---" * (3 + len(_widest(figures, values, one, other))) + "|",
    ]
    for name, row in (("one", one), ("other", other)):
        told = [f"{values[row, figures['names'].index(column)]:.3g}" for column in _widest(figures, values, one, other)]
        phases = ", ".join(f"{phase:.2f}" for phase in start[row])
        lines.append(f"| {name} | {period[row]:,.0f} | {phases} | {' | '.join(told)} |")
    return "\n".join(lines)


def _most_different(figures: Mapping[str, Any], values: np.ndarray) -> tuple[int, int, int]:
    period, start = np.array(figures["solutions"]["period_ms"]), np.array(figures["solutions"]["start"])
    best = (0, 0, -1)
    for row in range(1, len(values)):
        n = fold_differences(values[:row], values[row])
        near = (np.abs(period[:row] / period[row] - 1) <= NEAR_PERIOD) & (
            np.abs(start[:row] - start[row]) <= NEAR_PHASE
        ).all(axis=1)
        n = np.where(near, n, -1)
        if n.max() > best[2]:
            best = (int(n.argmax()), row, int(n.max()))
    return best


def _widest(figures: Mapping[str, Any], values: np.ndarray, one: int, other: int, n: int = 6) -> list[str]:
    """The conductances that differ most between two circuits."""
    both = (values[one] > 0) & (values[other] > 0)
    fold = np.abs(np.log(np.where(both, values[one], 1) / np.where(both, values[other], 1)))
    return [figures["names"][column] for column in np.argsort(-fold)[:n]]


def solutions(circuit: Any) -> ConductanceSets:
    """The recorded solutions, to go on with."""
    return ConductanceSets(circuit, np.array(read_json(RESULT)["solutions"]["conductances"]))


if __name__ == "__main__":
    main(sys.argv[1:])
