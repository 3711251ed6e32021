"""Cables against closed forms and against NEURON: Rallpack 1 and 3 (Bhalla, Bilitch & Bower 1992, TINS 15:453).

`python benchmarks/cable_accuracy.py --write` needs `pip install 'braincast[morphology]'`; with NEURON_PYTHON naming an
interpreter of an environment with `pip install neuron`, NEURON's traces are made anew, else those recorded are taken.
`--table` writes the page once more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers

from braincast.files import read_json, write_json, write_text

HERE = Path(__file__).parent
RESULT, NEURON = HERE / "results" / "cable_accuracy.json", HERE / "results" / "rallpack3_neuron.json"
PAGE = HERE.parent / "docs" / "concepts" / "cable.md"
CABLES = HERE.parent / "examples" / "cables"
FINE_MS, EVERY_MS, DURATION_MS = 0.001, 0.1, 250.0
STEPS_MS = {
    "passive": {"crank-nicolson": (0.1, 0.05, 0.025), "implicit-euler": (0.1, 0.05, 0.025)},
    "axon": {"crank-nicolson": (0.025, 0.0125, 0.00625, 0.003125), "implicit-euler": (0.025, 0.0125, 0.00625)},
}
SCHEMES = {"crank-nicolson": "Crank–Nicolson", "implicit-euler": "implicit Euler"}
ENDS_UM = (0.5, 999.5)  # the middles of the first and the last compartment
TITLES = {"passive": "Rallpack 1, against the closed form", "axon": "Rallpack 3, against NEURON"}


def main(arguments: Sequence[str]) -> None:
    """Measure and write, or with `--table` write once more what was recorded."""
    if "--table" not in arguments:
        if "NEURON_PYTHON" in os.environ:
            _run_neuron()
        write_json(RESULT, measured())
    figures = read_json(RESULT)
    for part, text in tables(figures).items():
        print(text)
        if "--write" in arguments or "--table" in arguments:
            put_between_markers(PAGE, text, part)


def sealed_cable_mv(time_ms: np.ndarray, at_um: float) -> np.ndarray:
    """Rallpack 1's voltage: 0.1 nA from time 0 into the end at 0 of a cable of 1 mm × 1 µm that is sealed at both ends.

    A cosine series in space, each term of which relaxes by itself, about its sum at rest, cosh(L - X) / sinh(L).
    """
    membrane, axial, capacitance, radius, length = 4.0, 1.0, 0.01, 0.5e-6, 1e-3  # Ω m², Ω m, F/m², m, m
    space = np.sqrt(radius / 2 * membrane / axial)
    tau_ms, long, at = 1e3 * membrane * capacitance, length / space, at_um * 1e-6 / space
    endless_mv = 0.1e-9 * axial * space / (np.pi * radius**2) * 1e3  # what 0.1 nA does to a cable without end
    order = np.arange(1, 4_000)[:, None]
    faster = 1 + (order * np.pi / long) ** 2
    terms = 2 * np.cos(order * np.pi * at / long) / faster * np.exp(-faster * time_ms / tau_ms)
    missing = (np.exp(-time_ms / tau_ms) + terms.sum(axis=0)) / long
    return -65 + endless_mv * (np.cosh(long - at) / np.sinh(long) - missing)


def relative_rms(found_mv: np.ndarray, reference_mv: np.ndarray) -> float:
    """Root of the mean square difference at the same times, over the range of the reference's voltages.

    Spikes are not shifted onto each other: one that comes too late counts with all that it then differs.
    """
    return float(np.sqrt(np.mean((found_mv - reference_mv) ** 2)) / np.ptp(reference_mv))


def measured() -> dict[str, Any]:
    """Errors at both ends for each step and scheme."""
    from braincast.dynamics.cable import Cable, Injection, read_swc
    from braincast.dynamics.conductance import read_circuit

    found: dict[str, Any] = {}
    for name, schemes in STEPS_MS.items():
        cable = Cable.of(read_swc(CABLES / "axon.swc"), read_circuit(CABLES / f"{name}.toml"), longest_um=1.0)
        rows = []
        for scheme, steps_ms in schemes.items():
            for dt_ms in steps_ms:
                asked = {"record": [1, 3], "duration_ms": DURATION_MS, "dt_ms": dt_ms, "scheme": scheme}
                began = time.process_time()
                run = cable.simulate(**asked, injections=[Injection(1, 0.1)])
                errors = [100 * relative_rms(*pair) for pair in _pairs(name, run, dt_ms)]
                rows.append({"scheme": scheme, "dt_ms": dt_ms, "percent": errors, "late_ms": _late(name, run, dt_ms)})
                print(name, rows[-1], round(time.process_time() - began, 1), "s", file=sys.stderr, flush=True)
        found[name] = rows
    return {**found, "neuron": {key: read_json(NEURON)[key] for key in ("dt_ms", "neuron")}}


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """What stands in the parts of the page."""
    return {"rallpack1": _table(figures, "passive"), "rallpack3": _table(figures, "axon")}


def _table(figures: dict[str, Any], name: str) -> str:
    late = name == "axon"
    lines = [
        f"| {TITLES[name]}: scheme | step | RMS error at the near end | at the far end |"
        + (" latest spike is off by |" if late else ""),
        "|---|---|---|---|" + ("---|" if late else ""),
    ]
    for row in figures[name]:
        near, far = ("below 0.001 %" if error < 1e-3 else f"{error:.2g} %" for error in row["percent"])
        spike = f" {_two_digits(1e3 * row['late_ms'])} µs |" if late else ""
        lines.append(f"| {SCHEMES[row['scheme']]} | {row['dt_ms']:g} ms | {near} | {far} |{spike}")
    return "\n".join(lines)


def _two_digits(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:,.0f}"


def _pairs(name: str, run: Any, dt_ms: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """What was found and what it should be, at both ends."""
    if name == "passive":
        return [(run.voltage_mv[:, k], sealed_cable_mv(run.time_ms, at)) for k, at in enumerate(ENDS_UM)]
    reference, every = read_json(NEURON), round(EVERY_MS / dt_ms)
    return [(run.voltage_mv[::every, k], np.array(reference[end])) for k, end in enumerate(("near", "far"))]


def _late(name: str, run: Any, dt_ms: float) -> float | None:
    """By how many ms the spike time that is furthest off differs from NEURON's; none where the numbers differ."""
    if name == "passive":
        return None
    from braincast.dynamics.conductance.crossings import upward_crossings

    reference, worst = read_json(NEURON), 0.0
    for k, spikes_ms in enumerate(reference["spikes_ms"]):
        trace, at = upward_crossings(run.voltage_mv, 0.0)
        mine = at[trace == k] * dt_ms
        if len(mine) != len(spikes_ms):
            return None
        worst = max(worst, float(np.abs(mine - spikes_ms).max()))
    return worst


def _run_neuron() -> None:
    """NEURON's traces, and its spike times from samples of 0.01 ms."""
    from braincast.dynamics.conductance.crossings import upward_crossings

    command = [os.environ["NEURON_PYTHON"], HERE / "neuron_axon.py", FINE_MS, 0.01, DURATION_MS]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    trace, at = upward_crossings(np.array([told["near"], told["far"]]).T, 0.0)
    spikes = [np.round(at[trace == k] * 0.01, 5).tolist() for k in (0, 1)]
    every = round(EVERY_MS / 0.01)
    traces = {end: told[end][::every] for end in ("near", "far")}
    document = {**told, **traces, "every_ms": EVERY_MS, "spikes_ms": spikes}
    write_text(NEURON, json.dumps(document, allow_nan=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
