"""How long a step of training takes on the wiring of a whole fly: `python benchmarks/graph_speed.py --write`.

The equations of `rate-network` on a made-up wiring with heavy-tailed degrees; one whole step (a path of four steps,
squared errors, the gradient in the gain, the power, each edge's deviation and each neuron's parameters, Adam), in a
process of its own for each way to add up what arrives: ours, JAX's sparse matrix (BCOO), and a masked full matrix
where that fits. `--table` only writes the section of the page again.
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
from pages import put_between_markers

from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "graph_speed.json", HERE.parent / "docs" / "concepts" / "graph-networks.md"
FLY = (138_639, 15_000_000)  # neurons and edges of the adult fly (Dorkenwald et al. 2024, Nature 634:124)
SMALL = (5_000, 540_971)  # in proportion
SIZES = {"whole fly": FLY, "5,000 neurons": SMALL}
WAYS = {"whole fly": ("ours", "BCOO"), "5,000 neurons": ("ours", "full")}
N_WINDOWS = (1, 8)
N_STEPS, N_RUNS, SEED = 4, 2, 0


def main(arguments: Sequence[str]) -> None:
    """Measure and write, or with `--table` write once more what was recorded; `--child` measures one."""
    if "--child" in arguments:
        print(json.dumps(_measured(arguments[1], int(arguments[2]), Path(arguments[3]))))
        return
    if "--table" not in arguments:
        _measure()
    text = table(read_json(RESULT))
    print(text)
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, text, "speed")


def table(figures: dict[str, Any]) -> str:
    """One row for each size, number of windows and way."""
    lines = [
        "| wiring | windows | what arrives is added up by | CPU time | over ours | wall time | memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for size, of_windows in figures["sizes"].items():
        for n, rows in of_windows.items():
            for way, row in rows.items():
                times = f"{row['cpu_s']:.2f} s | {row['cpu_s'] / rows['ours']['cpu_s']:.1f} | {row['wall_s']:.2f} s"
                lines.append(f"| {size} | {n} | {NAMES[way]} | {times} | {row['peak_bytes'] / 1e9:.1f} GB |")
    about = figures["about"]
    note = (
        f"One step of training (a path of {about['steps']} steps, in float32), the least of {about['runs']} after one "
        f"that does not count;\nJAX {about['jax']}, {about['cores']} cores. Memory is the most that the process ever "
        f"had. Other programs ran on the machine\n(load {about['load']:.0f} at the end): wall times show it, CPU times "
        "less."
    )
    return "\n".join([*lines, "", note])


NAMES = {
    "ours": "loops that XLA calls (ours)",
    "BCOO": "`jax.experimental.sparse.BCOO`",
    "full": "a masked full matrix",
}


def _measure() -> None:
    """All of them, each recorded when it is known."""
    import jax

    about = {"steps": N_STEPS, "runs": N_RUNS, "jax": jax.__version__, "cores": os.cpu_count()}
    figures: dict[str, Any] = {"about": about, "sizes": {}}
    for size, numbers in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            wiring = Path(folder) / "wiring.npz"
            np.savez(wiring, **made_wiring(*numbers))
            for n in N_WINDOWS:
                rows = figures["sizes"].setdefault(size, {}).setdefault(str(n), {})
                for way in WAYS[size]:
                    rows[way] = _in_a_process(way, n, wiring)
                    about["load"] = round(os.getloadavg()[0], 1)
                    write_json(RESULT, figures)


def made_wiring(n_neurons: int, n_edges: int) -> dict[str, np.ndarray]:
    """Different pairs, with degrees and numbers of synapses as heavy-tailed as a fly's, sorted by the end."""
    rng = np.random.default_rng(SEED)
    out_of, into = (rng.pareto(2.0, n_neurons) + 0.5 for _ in range(2))
    ends = [np.searchsorted(np.cumsum(p) / p.sum(), rng.random(n_edges + n_edges // 4)) for p in (into, out_of)]
    keys = np.unique(np.minimum(ends[0], n_neurons - 1) * n_neurons + np.minimum(ends[1], n_neurons - 1))
    kept = np.ones(len(keys), bool)
    kept[rng.choice(len(keys), len(keys) - n_edges, replace=False)] = False
    post, pre = np.divmod(keys[kept], n_neurons)
    weight = np.ceil(rng.pareto(1.5, n_edges) + 1e-6).astype(np.float32)
    sign = np.where(rng.random(n_neurons) < 0.3, -1, 1).astype(np.int8)[pre]
    start = np.searchsorted(post, np.arange(n_neurons + 1))
    return {"pre": pre.astype(np.int32), "post": post.astype(np.int32), "start": start.astype(np.int32),
            "weight": weight, "sign": sign}  # fmt: skip


def _in_a_process(way: str, n_windows: int, wiring: Path) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__).resolve()), "--child", way, str(n_windows), str(wiring)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    print(way, n_windows, done.stdout.strip(), file=sys.stderr, flush=True)
    return json.loads(done.stdout.splitlines()[-1])


def _measured(way: str, n_windows: int, path: Path) -> dict[str, float]:
    import jax

    step, state, wiring = _prepared(way, n_windows, path)
    began = time.perf_counter()
    state, loss = jax.block_until_ready(step(state, wiring))
    first_s, walls, cpus = time.perf_counter() - began, [], []
    for _ in range(N_RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        state, loss = jax.block_until_ready(step(state, wiring))
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024
    found = {"cpu_s": min(cpus), "wall_s": min(walls), "first_s": first_s, "loss": float(loss)}
    return {**{name: float(f"{value:.4g}") for name, value in found.items()}, "peak_bytes": peak}


def _prepared(way: str, n_windows: int, path: Path) -> Any:
    """One step of training, the state before it, and the wiring as arrays that programs are given."""
    import jax
    import jax.numpy as jnp
    import optax

    from braincast.models.connectome.networks.neurons import Neurons
    from braincast.models.connectome.networks.rate_network import Couplings, RateEquations, Rates

    wiring = {name: jnp.asarray(values) for name, values in np.load(path).items()}
    n_neurons = len(wiring["start"]) - 1
    logs = jnp.log(wiring.pop("weight"))
    wiring |= _of_pairs(wiring, logs, n_neurons) if way == "full" else {"logs": logs, "sign": wiring["sign"]}
    usual = float(jnp.exp(0.5 * logs).sum()) / n_neurons
    keys = jax.random.split(jax.random.key(SEED), 3)
    wiring["target"] = jax.random.normal(keys[0], (n_windows, N_STEPS, n_neurons))
    wiring["begin"] = jax.random.normal(keys[1], (n_windows, n_neurons))
    lag = jnp.asarray(3.0)
    equations = RateEquations(Neurons.begun(tuple(range(n_neurons))), None, None, None, lag, None, "tanh", 1)
    deviation = jnp.zeros(wiring["logs"].shape, jnp.float32)
    trained = {"equations": equations, "gain": jnp.zeros(()), "power": jnp.asarray(0.5), "deviation": deviation}
    # Each its own, as a step uses up what it is given.
    trained = jax.tree.map(lambda leaf: jnp.array(leaf, jnp.float32), trained)
    rules = optax.adam(1e-3)

    def loss(trained, wiring):
        strength = jnp.exp(trained["gain"] + trained["power"] * wiring["logs"] + trained["deviation"]) / usual
        coupling = _coupling(way, wiring, wiring["sign"] * strength, n_neurons)
        ways, drive = Couplings(coupling, None, None), jnp.zeros((N_STEPS, n_neurons))

        def of_window(rate, target):
            found = trained["equations"].path(ways, Rates(rate, rate, rate), drive)
            return ((found.rate - target) ** 2).mean()

        return jax.vmap(of_window)(wiring["begin"], wiring["target"]).mean()

    def step(state, wiring):
        trained, memory = state
        found, gradient = jax.value_and_grad(loss)(trained, wiring)
        change, memory = rules.update(gradient, memory, trained)
        return (optax.apply_updates(trained, change), memory), found

    return jax.jit(step, donate_argnums=0), (trained, rules.init(trained)), wiring


def _of_pairs(wiring: dict[str, Any], logs: Any, n_neurons: int) -> dict[str, Any]:
    """Logs of weights and signs of all pairs [post, pre], with sign 0 where there is no edge."""
    import jax.numpy as jnp

    empty, place = jnp.zeros((n_neurons, n_neurons), jnp.float32), (wiring["post"], wiring["pre"])
    return {"logs": empty.at[place].set(logs), "sign": empty.at[place].set(wiring["sign"].astype(jnp.float32))}


def _coupling(way: str, wiring: dict[str, Any], weight: Any, n_neurons: int) -> Any:
    import jax.numpy as jnp
    from jax.experimental.sparse import BCOO

    from braincast.models.connectome.networks.coupling import Coupling
    from braincast.models.connectome.networks.graph import Graph

    if way == "full":
        return Coupling(None, None, weight)
    if way == "BCOO":
        place = jnp.stack([wiring["post"], wiring["pre"]], axis=1)
        return _Sparse(BCOO((weight, place), shape=(n_neurons,) * 2, indices_sorted=True, unique_indices=True))
    none = wiring["pre"][:0]
    ends = wiring["pre"], wiring["post"], wiring["start"]
    return Coupling(Graph(*ends, none, weight, none, weight[:0], n_neurons), weight, None)


class _Sparse:
    """A sparse matrix in the place of a coupling."""

    graph = None

    def __init__(self, matrix: Any) -> None:
        self.matrix = matrix

    def __call__(self, values: Any) -> Any:
        return self.matrix @ values


if __name__ == "__main__":
    main(sys.argv[1:])
