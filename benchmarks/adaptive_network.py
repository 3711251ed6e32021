"""20,000 adaptive cells in the proportions of CA1 for a second, against Brian2 in C++: the same spikes, time, memory.

`BRIAN2_PYTHON=…/bin/python python benchmarks/adaptive_network.py --write`, where that interpreter belongs to an
environment with `pip install brian2 'numpy<2.3'`. Both get the same edges and the same kicks. `--table` writes the page
once more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers

from braincast.dynamics.spiking import Spikes
from braincast.dynamics.spiking.adaptive import POPULATIONS, UNIT_NS, hippocampus, simulate_adaptive, sizes
from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "adaptive_network.json", HERE.parent / "docs" / "findings" / "adaptive-network.md"
N_CELLS, DURATION_S, SEED, N_REPEATS = 20_000, 1.0, 0, 3


def main(arguments: Sequence[str]) -> None:
    """Measure and write the page, or with `--table` write once more what was recorded."""
    if "--child" in arguments:
        print(json.dumps(_measured(Path(arguments[1]))))
        return
    if "--table" not in arguments:
        write_json(RESULT, _figures())
    text = table(read_json(RESULT))
    print(text)
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, text)


def table(figures: dict[str, Any]) -> str:
    """One row for each engine, one for each kind of cell."""
    ours, peer, same = figures["ours"], figures["brian2"], figures["same"]
    all_same = same["both"] == same["ours"] == same["brian2"]
    agree = "all" if all_same else f"{same['both']:,}; the first difference is at {same['first_difference_s']:.4f} s"
    describing = f"{peer['describe_s']:.1f} s to describe it, {peer['build_s']:.0f} s to compile"
    rows = [
        f"| braincast | {same['ours']:,} | {ours['loop_s']:.2f} s | {ours['cpu_s']:.2f} s | {ours['build_s']:.1f} s to "
        f"draw the network | {ours['running_mb']:.0f} MB | {ours['peak_mb']:.0f} MB |",
        f"| Brian2 {peer['version']} | {same['brian2']:,} | {peer['loop_s']:.2f} s | {peer['cpu_s']:.2f} s | "
        f"{describing} | {peer['engine_mb']:.0f} MB | {peer['peak_mb']:.0f} MB |",
    ]
    asked = (
        f"{figures['cells']:,} cells, {figures['edges']:,} edges, {figures['kicks']:,} kicks, "
        f"{figures['duration_s']:g} s in steps of 0.1 ms, float64, one thread each, on the\nsame machine in one go "
        f"({figures['cores']} cores, load {figures['load']:.1f} at the end, so that seconds of computing say more than "
        f"those of the\nclock; ours are the median of {N_REPEATS} runs, Brian2's hold the making of its synapses)."
    )
    ratio = peer["cpu_s"] / ours["cpu_s"]
    said = f"Spikes that agree in cell and step: **{agree}**. Brian2 computes **{ratio:.2g} times** as long."
    cells = [f"| {name} | {row['cells']:,} | {row['rate_hz']:.2f} |" for name, row in figures["kinds"].items()]
    return "\n".join(
        [
            "| engine | spikes | main loop | computing | before it | memory running | at most, with what is before |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            asked,
            "",
            said,
            "",
            "| cells | number | Hz |",
            "|---|---|---|",
            *cells,
        ]
    )


def _figures() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        asked = _write_question(folder)
        ours = json.loads(_printed([sys.executable, __file__, "--child", folder]))
        script = HERE / "brian2_adaptive.py"
        peer = json.loads(_printed([os.environ["BRIAN2_PYTHON"], script, folder, DURATION_S]))
        told = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
        return {**asked, **told, **_compared(folder), "ours": ours, "brian2": peer}


def _write_question(folder: Path) -> dict[str, Any]:
    """The network and its kicks as plain arrays."""
    network = hippocampus(N_CELLS, seed=SEED)
    wiring = network.wiring
    pre, post, count = wiring.edges()
    delay = np.repeat(wiring.delay_steps, np.diff(wiring.start, axis=1).sum(axis=1))
    kinds = np.array([astuple(kind) for kind in network.kinds])
    arrays = {"pre": pre.astype(np.int32), "post": post.astype(np.int32), "weight_ns": count * UNIT_NS}
    np.savez(
        folder / "network.npz", kinds=kinds, kind=network.kind, delay_step=delay, kick_ns=network.kick_ns, **arrays
    )
    kicks = network.kicks(0, round(DURATION_S / network.dt_s), SEED)
    np.savez(folder / "kicks.npz", cell=kicks.neuron, step=kicks.step)
    return {"cells": N_CELLS, "edges": wiring.n_edges, "kicks": len(kicks.step), "duration_s": DURATION_S, "seed": SEED}


def _measured(folder: Path) -> dict[str, float]:
    """Times and memory of the engine within this process."""
    began = time.perf_counter()
    network = hippocampus(N_CELLS, seed=SEED)
    build_s, loops, computing = time.perf_counter() - began, [], []
    for _ in range(N_REPEATS):
        began = time.process_time()
        spikes = simulate_adaptive(network, duration_s=DURATION_S, seed=SEED)
        computing.append(time.process_time() - began)
        loops.append(spikes.outlay.wall_s)
    spikes.save(folder / "ours.parquet")
    memory = {"running_mb": _memory_mb("VmRSS"), "peak_mb": _memory_mb("VmHWM")}
    times = {"loop_s": float(np.median(loops)), "cpu_s": float(np.median(computing))}
    return {**times, "build_s": build_s, "compile_s": spikes.outlay.compile_s, **memory}


def _compared(folder: Path) -> dict[str, Any]:
    """Spikes of either engine and of both, when they first differ, and the rate of each kind of cell."""
    ours, peer = Spikes.load(folder / "ours.parquet"), np.load(folder / "brian2.npz")
    mine = ours.step.astype(np.int64) * N_CELLS + ours.neuron
    theirs = peer["step"].astype(np.int64) * N_CELLS + peer["cell"]
    apart = np.setxor1d(mine, theirs)
    first_s = float(apart.min() // N_CELLS * ours.dt_s) if len(apart) else None
    both = len(np.intersect1d(mine, theirs))
    same = {"ours": len(mine), "brian2": len(theirs), "both": both, "first_difference_s": first_s}
    ends = np.cumsum(list(sizes(N_CELLS).values()))
    parts = np.split(ours.counts()[0], ends[:-1])
    kinds = {
        name: {"cells": len(part), "rate_hz": float(part.mean() / DURATION_S)}
        for name, part in zip(POPULATIONS, parts, strict=True)
    }
    return {"same": same, "kinds": kinds}


def _memory_mb(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1]) / 1024


def _printed(command: Sequence[object]) -> str:
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
