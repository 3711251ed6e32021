"""What modulators and temperatures do to circuits of one rhythm: `python benchmarks/degenerate_responses.py --write`.

Takes the circuits that `degeneracy.py` recorded. `--table` only writes the page once more.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from degeneracy import solutions
from pages import put_between_markers, rounded

from braincast.dynamics.conductance import Circuit, parameters_of, read_circuit, simulate_spikes, stacked
from braincast.dynamics.rhythm import analysis_of
from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "degenerate_responses.json", HERE.parent / "docs" / "findings" / "degeneracy.md"
CONDITIONS: dict[str, Mapping[str, float]] = {
    "as they are": {},
    "dopamine": {"dopamine": 1.0},
    "serotonin": {"serotonin": 1.0},
    "proctolin": {"proctolin": 1.0},
    "CCAP": {"CCAP": 1.0},
    "7 °C": {"temperature": 7.0},
    "19 °C": {"temperature": 19.0},
    "23 °C": {"temperature": 23.0},
}
DURATION_MS, SETTLE_MS, DT_MS = 15_000.0, 3_000.0, 0.05
WORDS = ("pyloric", "triphasic out of order", "irregular", "silent or tonic", "cannot be told")


def main(arguments: Sequence[str]) -> None:
    """Simulate every circuit in every condition, or with `--table` write once more what was recorded."""
    if "--table" not in arguments:
        began, sets = time.perf_counter(), solutions(read_circuit("pyloric"))
        circuits = [sets.circuit.changed(sets.changes(row)) for row in range(len(sets))]
        with ThreadPoolExecutor() as crew:
            found = dict(zip(CONDITIONS, crew.map(lambda c: _rhythms(circuits, c), CONDITIONS.values()), strict=True))
        write_json(RESULT, rounded({"conditions": found, "wall_s": time.perf_counter() - began}))
    text = table(read_json(RESULT))
    print(text)
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, text, "responses")


def table(figures: Mapping[str, Any]) -> str:
    """What stands on the page: how many keep the rhythm, and by what factors their periods change."""
    before = figures["conditions"]["as they are"]
    lines = ["| | " + " | ".join(WORDS) + " | factor of the period: median | 5 % to 95 % |"]
    lines.append("|---" * (len(WORDS) + 3) + "|")
    for name, after in figures["conditions"].items():
        counts = Counter(_word(each["class"]) for each in after)
        both = [(a["period_ms"], b["period_ms"]) for a, b in zip(after, before, strict=True) if a["class"] == "pyloric"]
        factor = np.array([a / b for a, b in both if b])
        low, middle, high = np.quantile(factor, [0.05, 0.5, 0.95])
        told = " | ".join(str(counts[word]) for word in WORDS)
        lines.append(f"| {name} | {told} | {middle:.2f} | {low:.2f} to {high:.2f} |")
    return "\n".join(lines)


def _rhythms(circuits: Sequence[Circuit], changes: Mapping[str, float]) -> list[dict[str, Any]]:
    """Class and period of each circuit under one condition."""
    changed = [circuit.changed(changes) for circuit in circuits]
    batch = stacked([parameters_of(circuit) for circuit in changed])
    times: dict[str, Any] = {"duration_ms": DURATION_MS, "dt_ms": DT_MS}
    spikes = simulate_spikes(changed[0], batch, **times, integrator="staggered", lenient=True)
    found = [analysis_of(each, from_ms=SETTLE_MS, to_ms=DURATION_MS) for each in spikes]
    return [{"class": each["class"], "period_ms": each["period_ms"]} for each in found]


def _word(found: str | None) -> str:
    return "cannot be told" if found is None else "silent or tonic" if found in ("silent", "tonic") else found


if __name__ == "__main__":
    main(sys.argv[1:])
