"""The spiking engine against Brian2 in C++: the same spikes, and how long they take.

`BRIAN2_PYTHON=…/bin/python python benchmarks/spiking_speed.py --write`, where that interpreter belongs to an
environment with `pip install brian2 'numpy<2.3' pyarrow`. Both get the same made-up wiring of a whole fly's size in the
layout of the published files, and the same kicks. `--growth` measures how time grows with neurons, edges and spikes,
`--trials` what a second core gives to thirty trials; both need no Brian2. `--table` writes the page once more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fly_loading import write_published
from line_figure import write_lines
from pages import put_between_markers

from braincast.brain.connectome import Connectome
from braincast.datasets.synthetic.fly import synthetic_fly
from braincast.dynamics.spiking import FLY, Network, Poisson, Schedule, Spikes, simulate
from braincast.dynamics.spiking.drive import trial_key
from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "spiking_speed.json", HERE.parent / "docs" / "concepts" / "spiking.md"
FIGURE = HERE.parent / "docs" / "figures" / "spiking_growth.svg"
SEED, RATE_HZ, DURATION_S, N_REPEATS = 0, 150.0, 1.0, 3
# What is driven: neurons, and by what factor counts of synapses are raised (and rounded), so that spikes are recruited.
REGIMES = {
    "10,000 spikes/s": (53, 1.0),
    "17,000 spikes/s (as the published sugar stimulus)": (90, 1.0),
    "100,000 spikes/s": (540, 1.0),
    "1,000,000 spikes/s": (5_500, 1.0),
    "strongly recurrent": (540, 2.0),
}
GROWTH = {
    "neurons": [
        (25_000, 2_700_000, 540),
        (50_000, 5_400_000, 540),
        (100_000, 10_900_000, 540),
        (200_000, 21_800_000, 540),
    ],
    "edges": [(138_639, n_edges, 540) for n_edges in (2_000_000, 4_000_000, 8_000_000, 15_100_000)],
    "spikes": [(138_639, 15_100_000, n_driven) for n_driven in (54, 540, 2_750, 5_500)],
}


def main(arguments: Sequence[str]) -> None:
    """Measure what is asked for and write the page, or with `--table` write once more what was recorded."""
    if "--child" in arguments:
        print(json.dumps(_measured(Path(arguments[1]))))
        return
    figures = read_json(RESULT) if RESULT.exists() else {}
    parts = {"--growth": _growth, "--trials": _trials, "--peer": _against_brian2}
    chosen = [name for name in parts if name in arguments] or list(parts)
    for name in [] if "--table" in arguments else chosen:
        parts[name](figures)
    if not {"regimes", "trials", "growth"} <= set(figures):
        return
    for part, text in tables(figures).items():
        print(text)
        if "--write" in arguments or "--table" in arguments:
            put_between_markers(PAGE, text, part)
    _draw(figures["growth"])


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """What stands in the parts of the page."""
    return {"speed": _speed(figures), "trials": _thirty(figures["trials"])}


def _speed(figures: dict[str, Any]) -> str:
    """One row for each regime."""
    lines = [
        "| regime | spikes | recruited | the same as Brian2's | ours, main loop | Brian2, main loop | ratio | "
        "ours, whole command | Brian2, whole script | ratio | memory running, with loading | Brian2 |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in figures["regimes"].items():
        ours, peer = row["ours"], row["brian2"]
        same = "all" if row["same"] == row["spikes"] else f"{row['same']:,}"
        lines.append(
            f"| {name} | {row['spikes']:,} | {row['recruited']:,} | {same} | {1000 * ours['loop_s']:.1f} ms | "
            f"{peer['loop_s']:.2f} s | **{peer['loop_s'] / ours['loop_s']:.3g}** | {ours['total_s']:.1f} s | "
            f"{peer['total_s']:.1f} s | {peer['total_s'] / ours['total_s']:.1f} | "
            f"{ours['running_mb']:.0f} MB, {ours['peak_mb']:.0f} MB | {peer['peak_mb']:.0f} MB |"
        )
    about = figures["about"]
    note = (
        f"One simulated second, one thread; main loop: the median of {N_REPEATS} of ours, one of Brian2 "
        f"{about['brian2']}, on the same machine in one run\n({about['cores']} cores, load {about['load']:.1f} at the "
        "end). Spikes are the same where neuron and step of 0.1 ms agree."
    )
    return "\n".join([*lines, "", note])


def _thirty(row: dict[str, Any]) -> str:
    """Thirty trials on one thread and on two."""
    same = "the same" if row["same"] else "NOT the same"
    return (
        f"Thirty trials of one second at {row['spikes'] / 30:,.0f} spikes each take {row['one_s']:.2f} s on one thread "
        f"and {row['two_s']:.2f} s on two\n({row['one_s'] / row['two_s']:.2f} times faster); their files are {same} "
        "byte for byte."
    )


def _against_brian2(figures: dict[str, Any]) -> None:
    fly = synthetic_fly(seed=SEED)
    figures["regimes"] = {}
    for name, (n_driven, factor) in REGIMES.items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            _write_question(folder, fly, n_driven, factor)
            ours = json.loads(_printed([sys.executable, __file__, "--child", folder]))
            peer = json.loads(_printed([os.environ["BRIAN2_PYTHON"], HERE / "brian2_spikes.py", folder, DURATION_S]))
            figures["regimes"][name] = {**_compared(folder), "ours": ours, "brian2": peer}
        print(name, figures["regimes"][name], file=sys.stderr, flush=True)
        figures["about"] = {"brian2": peer.pop("version"), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
        write_json(RESULT, figures)


def _write_question(folder: Path, fly: Connectome, n_driven: int, factor: float) -> None:
    """Edges in the published layout and as plain arrays, and kicks for the command line and for Brian2."""
    import pandas as pd

    fly = fly.with_edges(fly.edges.assign(weight=np.rint(factor * fly.edges["weight"])))
    pre, post, count = (column.astype(np.int32) for column in Network.from_connectome(fly).edges())
    np.savez(folder / "edges.npz", pre=pre, post=post, count=count, n_neurons=fly.n_neurons)
    (folder / "wiring").mkdir()
    write_published(fly, folder / "wiring")
    driven = np.sort(np.random.default_rng(SEED).choice(fly.n_neurons, n_driven, replace=False))
    n_steps = round(DURATION_S / FLY.dt_s)
    kicks = Poisson(driven, RATE_HZ).kicks(0, n_steps, FLY.dt_s, trial_key(SEED, 0))
    np.savez(folder / "kicks.npz", neuron=kicks.neuron, step=kicks.step)
    pd.DataFrame({"neuron": kicks.neuron, "time_s": kicks.step / 10_000}).to_parquet(folder / "kicks.parquet")


def _measured(folder: Path) -> dict[str, float]:
    """Times and memory of the engine within this process, and of the command line from its start to its end."""
    edges = np.load(folder / "edges.npz")
    network = Network.from_edges(edges["pre"], edges["post"], edges["count"], int(edges["n_neurons"]))
    del edges
    kicks = np.load(folder / "kicks.npz")
    drives = [Schedule(kicks["neuron"], kicks["step"] * FLY.dt_s)]
    loops = []
    for _ in range(N_REPEATS):
        spikes = simulate(network, drives, duration_s=DURATION_S, seed=SEED, n_threads=1)
        loops.append(spikes.outlay.wall_s)
        running_mb = _memory_mb("VmRSS")
    spikes.save(folder / "ours.parquet")
    began = time.perf_counter()
    command = [sys.executable, "-m", "braincast", "simulate", "fly", "--data", folder / "wiring", "--input-spikes"]
    options = ["--duration", DURATION_S, "--seed", SEED, "--out", folder / "out", "--json", "--quiet"]
    told = json.loads(_printed([*command, folder / "kicks.parquet", *options]))
    total_s = time.perf_counter() - began
    parts = {name: told[name] for name in ("load_s", "compile_s", "wall_s")}
    return {"loop_s": float(np.median(loops)), "running_mb": running_mb, "total_s": total_s,
            "peak_mb": told["peak_memory_mb"], "command": parts}  # fmt: skip


def _compared(folder: Path) -> dict[str, int]:
    """Spikes of ours, those at neurons that nobody drives, and those that Brian2 has too."""
    ours, peer = Spikes.load(folder / "ours.parquet"), np.load(folder / "brian2.npz")
    driven = np.load(folder / "kicks.npz")["neuron"]
    keys = [found.astype(np.int64) for found in (ours.step, peer["step"])]
    numbered = [key * ours.n_neurons + neuron for key, neuron in zip(keys, (ours.neuron, peer["neuron"]), strict=True)]
    same = len(np.intersect1d(*numbered, assume_unique=True))
    return {"spikes": len(ours), "spikes_brian2": len(peer["step"]), "same": same,
            "recruited": int((~np.isin(ours.neuron, driven)).sum())}  # fmt: skip


def _trials(figures: dict[str, Any]) -> None:
    network = Network.from_connectome(synthetic_fly(seed=SEED))
    driven = np.sort(np.random.default_rng(SEED).choice(network.n_neurons, 540, replace=False))
    with tempfile.TemporaryDirectory() as temporary:
        paths = [Path(temporary) / f"{n_threads}.parquet" for n_threads in (1, 2)]
        found = [
            simulate(
                network, [Poisson(driven, RATE_HZ)], duration_s=1.0, n_trials=30, seed=SEED, n_threads=n, into=path
            )
            for n, path in enumerate(paths, 1)
        ]
        same = paths[0].read_bytes() == paths[1].read_bytes()
        one_s, two_s = (spikes.outlay.wall_s for spikes in found)
        figures["trials"] = {"spikes": len(found[0]), "one_s": one_s, "two_s": two_s, "same": same}
    write_json(RESULT, figures)


def _growth(figures: dict[str, Any]) -> None:
    figures["growth"] = {}
    for what, sizes in GROWTH.items():
        rows = []
        for n_neurons, n_edges, n_driven in sizes:
            network = Network.from_connectome(synthetic_fly(n_neurons=n_neurons, n_edges=n_edges, seed=SEED))
            driven = np.sort(np.random.default_rng(SEED).choice(n_neurons, n_driven, replace=False))
            runs = [
                simulate(network, [Poisson(driven, RATE_HZ)], duration_s=DURATION_S, seed=SEED, n_threads=1)
                for _ in range(N_REPEATS)
            ]
            loop_s = float(np.median([run.outlay.wall_s for run in runs]))
            reached = int(np.diff(network.start[0])[runs[0].neuron].sum())
            rows.append(
                {"neurons": n_neurons, "edges": n_edges, "spikes": len(runs[0]), "events": reached, "loop_s": loop_s}
            )
            print(what, rows[-1], file=sys.stderr, flush=True)
        figures["growth"][what] = rows
        write_json(RESULT, figures)


def _draw(growth: dict[str, Any]) -> None:
    """Milliseconds over each size as a share of its largest, one line for each."""
    shares = [0.25, 0.5, 1.0]
    series = {}
    for what, rows in growth.items():
        share = [row[what] / rows[-1][what] for row in rows]
        series[f"more {what}"] = np.interp(shares, share, [row["loop_s"] for row in rows]).tolist()
    write_lines(FIGURE, "Seconds of computing for a simulated second", shares, series, "share of the largest size")


def _memory_mb(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1]) / 1024


def _printed(command: Sequence[object]) -> str:
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
