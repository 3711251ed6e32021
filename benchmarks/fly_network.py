"""The optic lobe's network against the flyvis package: the same voltages and gradients, time and memory.

`python benchmarks/fly_network.py --write`, with FLYVIS_PYTHON naming an interpreter of an environment with
`pip install flyvis==1.2.0`. Both run in turns on one core. `--table` writes the page once more.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded

from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "fly_network.json", HERE.parent / "docs" / "concepts" / "fly-network.md"
EXTENT, N_MOVIES, N_FRAMES, DT_S = 5, 16, 40, 0.02
N_ROUNDS, N_REPEATS = 3, 3
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}
LEARNED = ("resting", "time_constant_s", "strength")


def main(arguments: Sequence[str]) -> None:
    """Measure and write, or with `--table` write once more what was recorded."""
    if "--child" in arguments:
        print(json.dumps(ours(Path(arguments[-1]))))
        return
    if "--table" not in arguments:
        found = measured()
        write_json(RESULT, {**rounded(found), "agreement": found["agreement"]})
    text = table(read_json(RESULT))
    print(text)
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, text, "speed")


def question() -> dict[str, np.ndarray]:
    """Parameters at which cells are on both sides of their threshold, and textured scenes."""
    import braincast as bc
    from braincast.dynamics.scenes.textured import textured_scenes

    circuit = bc.load_task("fly-motion").structure.circuit
    rng = np.random.default_rng(0)
    counts = np.bincount(circuit.post[circuit.connection], circuit.count, circuit.n_types)
    light = textured_scenes(EXTENT, N_MOVIES, seed=0, duration_s=N_FRAMES * DT_S, dt_s=DT_S).light
    return {
        "cell_types": np.array(circuit.cell_types),
        "pairs": np.array(circuit.cell_types)[np.stack([circuit.pre, circuit.post], axis=1)],
        "resting": rng.normal(0.1, 0.2, circuit.n_types).astype(np.float32),
        "time_constant_s": rng.uniform(0.02, 0.1, circuit.n_types).astype(np.float32),
        "strength": (1.2 / counts[circuit.post] * rng.uniform(0.5, 1.5, circuit.n_connections)).astype(np.float32),
        "light": light.astype(np.float32),
        "extent": np.array(EXTENT),
        "dt_s": np.array(DT_S),
        "n_repeats": np.array(N_REPEATS),
    }


def ours(folder: Path) -> dict[str, Any]:
    """Forward and training step in this process, the answers written beside the question."""
    import jax
    import jax.numpy as jnp

    import braincast as bc
    from braincast.dynamics.lattice.network import Parameters, begin, run
    from braincast.dynamics.lattice.wiring import wiring

    asked = np.load(folder / "question.npz")
    own = wiring(bc.load_task("fly-motion").structure.circuit, int(asked["extent"]))
    parameters = Parameters(*(jnp.asarray(asked[name]) for name in LEARNED))
    light, dt_s = jnp.asarray(asked["light"].transpose(1, 2, 0)), float(asked["dt_s"])
    there = own.is_there[:, :, None]

    @jax.jit
    def forward(parameters: Parameters, light: Any) -> Any:
        return run(own, parameters, begin(own, parameters, N_MOVIES), light, dt_s, lambda voltages: voltages)[1]

    @jax.jit
    def training_step(parameters: Parameters, light: Any) -> Any:
        def loss(parameters: Parameters) -> Any:
            present = jnp.where(there, forward(parameters, light), 0.0)
            return (present**2).sum() / (there.sum() * N_FRAMES * N_MOVIES)

        return jax.value_and_grad(loss)(parameters)

    voltages = np.asarray(forward(parameters, light))
    told = {"forward": _timed(lambda: jax.block_until_ready(forward(parameters, light)))}
    loss, gradient = training_step(parameters, light)
    found = {name: np.asarray(part) for name, part in zip(LEARNED, gradient[: len(LEARNED)], strict=True)}
    told["training"] = _timed(lambda: jax.block_until_ready(training_step(parameters, light)))
    present = np.asarray(own.is_there)
    np.savez(folder / "ours.npz", voltages=voltages[:, present].transpose(2, 0, 1), loss=np.asarray(loss), **found)
    n_edges = int(np.asarray(own.edge_term).size)
    return {**told, "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "n_places": n_edges}


def measured() -> dict[str, Any]:
    """Both in turns; of each the least time of all rounds, since what disturbs only adds."""
    rows: dict[str, list[dict[str, Any]]] = {"braincast": [], "flyvis": []}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        np.savez(folder / "question.npz", **question())
        commands = {
            "flyvis": [os.environ["FLYVIS_PYTHON"], str(HERE / "flyvis_network.py"), str(folder)],
            "braincast": [sys.executable, __file__, "--child", str(folder)],
        }
        for _ in range(N_ROUNDS):
            for name, command in commands.items():
                environment = {**os.environ, **ONE_THREAD}
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
                rows[name].append(json.loads(done.stdout.splitlines()[-1]))
                print(name, rows[name][-1], file=sys.stderr, flush=True)
        agreement = agreed(np.load(folder / "ours.npz"), np.load(folder / "answer.npz"))
    about = {"extent": EXTENT, "n_movies": N_MOVIES, "n_frames": N_FRAMES, "dt_s": DT_S, "load": os.getloadavg()[0]}
    about |= {key: rows["flyvis"][0][key] for key in ("version", "torch", "n_edges")}
    return {"rows": {name: _summed_up(told) for name, told in rows.items()}, "agreement": agreement, "about": about}


def agreed(own: Any, peer: Any) -> dict[str, float]:
    """Largest difference of voltages, and of gradients as a share of the largest one."""
    found = {"voltage": float(np.abs(own["voltages"] - peer["voltages"]).max())}
    found["largest_voltage"] = float(np.abs(peer["voltages"]).max())
    found["loss"] = float(abs(own["loss"] - peer["loss"]) / abs(peer["loss"]))
    for name in LEARNED:
        found[name] = float(np.abs(own[name] - peer[name]).max() / np.abs(peer[name]).max())
    return found


def table(document: dict[str, Any]) -> str:
    """The page's section."""
    rows, about, agreement = document["rows"], document["about"], document["agreement"]
    own, peer = rows["braincast"], rows["flyvis"]
    lines = ["| | flyvis | braincast | ratio |", "|---|--:|--:|--:|"]
    for key, what in (("forward", "forward"), ("training", "training step")):
        a, b = peer[key]["processor_s"], own[key]["processor_s"]
        lines.append(f"| {what}, s | {a:.3f} | {b:.3f} | **{a / b:.1f} times** |")
    a, b = peer["peak_bytes"] / 2**20, own["peak_bytes"] / 2**20
    lines.append(f"| most memory of the process, MiB | {a:,.0f} | {b:,.0f} | {a / b:.1f} times |")
    words = f"flyvis {about['version']} with torch {about['torch']}: {about['n_edges']:,} edges "
    words += f"(extent {about['extent']}), "
    words += (
        f"{about['n_movies']} movies of {about['n_frames']} frames of {1000 * about['dt_s']:g} ms, one core each, in "
    )
    words += "turns, the least processor time of all rounds. "
    words += (
        f"Voltages (up to {agreement['largest_voltage']:.2g}) differ by at most {agreement['voltage']:.1e}, the loss "
    )
    words += (
        f"by {agreement['loss']:.1e} of itself, gradients by {max(agreement[name] for name in LEARNED):.1e} of the "
    )
    words += "largest."
    return "\n".join([*lines, "", words, ""])


def _timed(function: Callable[[], Any]) -> dict[str, list[float]]:
    function()
    processor_s, wall_s = [], []
    for _ in range(N_REPEATS):
        processor, wall = time.process_time(), time.perf_counter()
        function()
        processor_s.append(time.process_time() - processor)
        wall_s.append(time.perf_counter() - wall)
    return {"processor_s": processor_s, "wall_s": wall_s}


def _summed_up(told: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"peak_bytes": max(one["peak_bytes"] for one in told)}
    for key in ("forward", "training"):
        found[key] = {kind: min(min(one[key][kind]) for one in told) for kind in ("processor_s", "wall_s")}
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
