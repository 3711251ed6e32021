"""A thousand Hodgkin–Huxley cells against Jaxley in float32, and against NEURON and Brian2 in float64.

`python benchmarks/conductance_speed.py --write`, with JAXLEY_PYTHON, NEURON_PYTHON and BRIAN2_PYTHON naming
interpreters of environments with `pip install jaxley`, `neuron` and `brian2 'numpy<2.3'`; simulators without one are
left out. All run in turns on one core of the same machine. `--table` writes the page once more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from conductance_peers import repeated
from pages import put_between_markers, rounded

from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "conductance_speed.json", HERE.parent / "docs" / "concepts" / "circuits.md"
N_CELLS, DURATION_MS, DT_MS = 1_000, 1_000.0, 0.025
LARGEST_DRIVE = 20.0  # µA/cm²; the first cell has none
N_ROUNDS, N_REPEATS = 4, 2
PEERS = {"jaxley": "JAXLEY_PYTHON", "neuron": "NEURON_PYTHON", "brian2": "BRIAN2_PYTHON"}
NAMES = {
    "float32": "braincast, float32",
    "float64": "braincast, float64",
    "jaxley": "Jaxley {version}, float32",
    "neuron": "NEURON {version}, float64",
    "brian2": "Brian2 {version} in C++, float64",
}
AGAINST = {"jaxley": "float32", "neuron": "float64", "brian2": "float64"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}


def main(arguments: Sequence[str]) -> None:
    """Measure and write, or with `--table` write once more what was recorded."""
    if "--child" in arguments:
        print(json.dumps(ours(Path(arguments[-1]), arguments[-2])))
        return
    if "--table" not in arguments:
        write_json(RESULT, rounded(measured()))
    text = table(read_json(RESULT))
    print(text)
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, text, "speed")


def measured() -> dict[str, Any]:
    """Every simulator in turns; of each the least time of all rounds, since what disturbs only adds."""
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        question = {"duration_ms": DURATION_MS, "dt_ms": DT_MS, "n_repeats": N_REPEATS}
        write_json(folder / "question.json", question)
        np.save(folder / "drive.npy", np.linspace(0, LARGEST_DRIVE, N_CELLS))
        for _ in range(N_ROUNDS):
            for name, command in _commands(folder).items():
                environment = {**os.environ, **ONE_THREAD}
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
                told = json.loads(done.stdout.splitlines()[-1])
                row = rows.setdefault(name, {**told, "processor_s": [], "wall_s": []})
                row["processor_s"] += told["processor_s"]
                row["wall_s"] += told["wall_s"]
                print(name, min(row["processor_s"]), file=sys.stderr, flush=True)
    about = {"cores": os.cpu_count(), "load": os.getloadavg()[0], **question, "n_cells": N_CELLS}
    return {"rows": {name: summed_up(row) for name, row in rows.items()}, "about": about} | {"agreement": agreed(rows)}


def ours(folder: Path, dtype: str) -> dict[str, Any]:
    """The engine in this process: from the numbers of the circuits to the spike times of each cell."""
    import jax
    import jax.numpy as jnp

    from braincast.dynamics.conductance import parameters_of, read_circuit, simulate_spikes

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    question = read_json(folder / "question.json")
    drive = jnp.asarray(np.load(folder / "drive.npy"))[:, None]
    squid = read_circuit("hh")
    one = parameters_of(squid)
    batch = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (len(drive), *leaf.shape)), one)._replace(drive=drive)
    times = {"duration_ms": question["duration_ms"], "dt_ms": question["dt_ms"]}

    def simulate() -> list[int]:
        found = simulate_spikes(squid, batch, **times, integrator="staggered", dtype=np.dtype(dtype).type)
        return [len(spikes["axon"]) for spikes in found]

    return {**repeated(question["n_repeats"], simulate), "version": jax.__version__}


def summed_up(row: dict[str, Any]) -> dict[str, Any]:
    """The least processor and wall time, and nanoseconds for each cell and step."""
    steps = N_CELLS * round(DURATION_MS / DT_MS)
    least = min(row["processor_s"])
    told = {key: row[key] for key in ("version", "jax") if key in row}
    return {**told, "processor_s": least, "wall_s": min(row["wall_s"]), "ns": 1e9 * least / steps,
            "all_s": sorted(row["processor_s"]), "spikes": sum(row["spikes"])}  # fmt: skip


def agreed(rows: dict[str, Any]) -> dict[str, Any]:
    """How far the number of spikes of each cell is that of ours in float64."""
    mine = np.array(rows["float64"]["spikes"])
    found = {}
    for name, row in rows.items():
        away = np.abs(np.array(row["spikes"]) - mine)
        found[name] = {"same": int((away == 0).sum()), "within_one": int((away <= 1).sum()), "most": int(away.max())}
    return found


def table(figures: dict[str, Any]) -> str:
    """One row for each simulator."""
    lines = [
        "| simulator | ns for each cell and step | times ours | spikes | cells with as many as ours in float64 | "
        "within one | largest difference |",
        "|---|---|---|---|---|---|---|",
    ]
    rows, about = figures["rows"], figures["about"]
    for name, title in NAMES.items():
        if name not in rows:
            continue
        row, same = rows[name], figures["agreement"][name]
        ratio = f"**{row['ns'] / rows[AGAINST[name]]['ns']:.2f}**" if name in AGAINST else ""
        lines.append(
            f"| {title.format(**row)} | {row['ns']:.1f} | {ratio} | {row['spikes']:,} | {same['same']} | "
            f"{same['within_one']} | {same['most']} |"
        )
    note = (
        f"{about['n_cells']:,} cells, {about['duration_ms']:g} ms in steps of {about['dt_ms']:g} ms, drives from 0 to "
        f"{LARGEST_DRIVE:g} µA/cm². Processor time on one core, without what is compiled or built once:\nthe least of "
        f"{N_ROUNDS} rounds of {about['n_repeats']}, simulators in turns, on a shared machine ({about['cores']} cores, "
        f"load {about['load']:.1f} at the end)."
    )
    return "\n".join([*lines, "", note])


def _commands(folder: Path) -> dict[str, list[str]]:
    here = [sys.executable, str(Path(__file__)), "--child"]
    found = {dtype: [*here, dtype, str(folder)] for dtype in ("float32", "float64")}
    for name, variable in PEERS.items():
        if variable in os.environ:
            found[name] = [os.environ[variable], str(HERE / "conductance_peers.py"), name, str(folder)]
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
