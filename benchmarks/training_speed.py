"""How long a step of training takes, ours and PyTorch's: `python benchmarks/training_speed.py --write`.

One whole step (forward, backward, clipping, AdamW) on windows that are already in memory, in turn by our engine and by
the same network in PyTorch (`torch_networks.py`, `torch_mixers.py`), in a process of its own for each network and
number of threads. Needs the extra `torch`. `--write` measures all, or the networks named after it while the others stay
as they were recorded, on as many threads as `--threads 1,2` says. `--table` only writes the section of the page again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from pages import put_between_markers, rounded

from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "training_speed.json", HERE.parent / "docs" / "concepts" / "learning.md"
N_WINDOWS, CONTEXT, N_NEURONS, HORIZON = 8, 256, 10_000, 32
N_RUNS, N_WARM, SEED = 9, 1, 0
# Sizes as in ZAPBench (Lueckmann et al. 2025); with and without dropout, for which chance takes a large share.
NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "linear": ("linear", {"weights": "shared", "rescaling": "none"}),
    "tsmixer": ("tsmixer", {"blocks": 2, "hidden": 128, "dropout": 0.3, "rescaling": "none"}),
    "tsmixer without dropout": ("tsmixer", {"blocks": 2, "hidden": 128, "dropout": 0.0, "rescaling": "none"}),
    "time-mix": ("time-mix", {"blocks": 5, "dropout": 0.3, "rescaling": "none"}),
    "time-mix without dropout": ("time-mix", {"blocks": 5, "dropout": 0.0, "rescaling": "none"}),
}
Step = Callable[[], None]


def main(arguments: Sequence[str]) -> None:
    """Measure and write, or with `--table` write once more what was recorded; `--child` measures one."""
    if "--child" in arguments:
        print(json.dumps(_measured(NETWORKS[arguments[1]], int(arguments[2]))))
        return
    if "--table" not in arguments:
        threads = arguments[arguments.index("--threads") + 1].split(",") if "--threads" in arguments else ["1", "2"]
        wanted = [name for name in NETWORKS if name in arguments] or list(NETWORKS)
        for name in wanted:
            for n in threads:
                _record(name, n)
    figures = read_json(RESULT)
    print(table(figures))
    put_between_markers(PAGE, table(figures), "speed")


def table(figures: dict[str, Any]) -> str:
    """One row for each network and number of threads."""
    lines = [
        "| network | threads | ours | PyTorch | PyTorch's time / ours | CPU time, ours | PyTorch | ratio |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in (known for known in NETWORKS if known in figures["networks"]):
        for n, row in sorted(figures["networks"][name].items()):
            wall, cpu = (f"{row[k]['ours']:.2f} s | {row[k]['torch']:.2f} s" for k in ("wall_s", "cpu_s"))
            wall_ratio, cpu_ratio = (f"{row[k]['torch'] / row[k]['ours']:.2f}" for k in ("wall_s", "cpu_s"))
            lines.append(f"| {name} | {n} | {wall} | {wall_ratio} | {cpu} | {cpu_ratio} |")
    about = figures["about"]
    return "\n".join(
        [
            *lines,
            "",
            f"Medians of {about['runs']} steps of each in turn, in float32, after at least one of each that does\n"
            f"not count; JAX {about['jax']}, PyTorch {about['torch']} (eager; torch.compile was not tried), "
            f"{about['cores']} cores.\nOther programs ran on the machine (load {about['load']:.0f} at the end): "
            "wall times show it, CPU times hardly.",
        ]
    )


def _record(name: str, threads: str) -> None:
    """Measure one network on so many threads and keep it beside what was recorded."""
    environment = {**os.environ, "PJRT_NPROC": threads, "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
    command = [sys.executable, __file__, "--child", name, threads]
    printed = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
    figures = read_json(RESULT) if RESULT.exists() else {"networks": {}}
    figures["networks"].setdefault(name, {})[threads] = rounded(json.loads(printed))
    figures["about"] = rounded(_about())
    write_json(RESULT, figures)


def _about() -> dict[str, Any]:
    from importlib.metadata import version

    return {
        "runs": N_RUNS,
        "jax": version("jax"),
        "torch": version("torch"),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def _measured(network: tuple[str, dict[str, Any]], threads: int) -> dict[str, Any]:
    """Median seconds of a step, on the clock and of the processor, ours and PyTorch's in turn."""
    rng = np.random.default_rng(SEED)
    contexts = rng.standard_normal((N_WINDOWS, CONTEXT, N_NEURONS), dtype=np.float32)
    targets = rng.standard_normal((N_WINDOWS, HORIZON, N_NEURONS), dtype=np.float32)
    steps = dict(zip(("ours", "torch"), _steps(network, contexts, targets, threads), strict=True))
    found: dict[str, dict[str, list[float]]] = {kind: {name: [] for name in steps} for kind in ("wall_s", "cpu_s")}
    for run in range(N_WARM + N_RUNS):
        for name, step in steps.items():
            wall, cpu = time.perf_counter(), time.process_time()
            step()
            took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
            for kind, seconds in took.items() if run >= N_WARM else ():
                found[kind][name].append(seconds)
    return {kind: {name: median(seconds) for name, seconds in each.items()} for kind, each in found.items()}


def _steps(
    network: tuple[str, dict[str, Any]], contexts: np.ndarray, targets: np.ndarray, threads: int
) -> tuple[Step, Step]:
    """One step of ours, and one of PyTorch from the same parameters."""
    import jax
    import jax.numpy as jnp

    from braincast.models.blackbox.learning import learned
    from braincast.models.blackbox.networks.parameters import named_arrays
    from braincast.models.blackbox.sizes import Sizes
    from braincast.models.registry import load_model
    from braincast.tasks.forecasting.examples import Batch, Seen
    from braincast.training.gradient.layout import layout_on
    from braincast.training.gradient.rules import Rules
    from braincast.training.gradient.update import Given, state_of, update

    name, own = network
    settings = learned(**own, batch=N_WINDOWS)
    sizes = Sizes(CONTEXT, HORIZON, N_NEURONS)
    begun: Any = load_model(name)
    begun = begun.init(sizes, settings, key=jax.random.key(SEED))
    theirs = _torch_step(named_arrays(begun), settings, contexts, targets, threads)
    rules = Rules.of(settings)
    layout = layout_on(jax.devices("cpu"), batch=N_WINDOWS, n_neurons=N_NEURONS, n_parameters=0)
    batch = layout.batch(Batch(Seen(contexts, np.zeros(N_WINDOWS, np.int32)), targets))
    state, number, chance = layout.placed(state_of(begun, rules)), 0, jax.random.key(SEED)

    def ours() -> None:
        nonlocal state, number
        given = Given(rules, layout, batch, jnp.asarray(number), chance)
        state, *said = update(given, state)
        jax.block_until_ready((state, said))
        number += 1

    return ours, theirs


def _torch_step(
    ours: dict[str, np.ndarray], settings: Any, contexts: np.ndarray, targets: np.ndarray, threads: int
) -> Step:
    import torch
    from torch_mixers import TorchMixer
    from torch_networks import SharedLinear

    torch.set_num_threads(threads)
    is_linear = "weight" in ours
    network = SharedLinear(ours, "none") if is_linear else TorchMixer(ours, "none", settings["dropout"])
    rate, decay = settings["learning_rate"], settings["weight_decay"]
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay)
    windows, truth = torch.from_numpy(contexts), torch.from_numpy(targets)

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        (network(windows) - truth).abs().mean().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), settings["clip"])
        optimiser.step()

    return step


if __name__ == "__main__":
    main(sys.argv[1:])
