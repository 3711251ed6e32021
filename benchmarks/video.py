"""What a U-Net over a whole larval zebrafish costs: `python benchmarks/video.py --write`.

One step of training and one forecast of 71,721 neurons that lie at random in a box of a larval brain's size, 4 frames
in and 32 out, for several numbers of voxels, each in a process of its own with one thread. `--write` measures all, or
the numbers of voxels given after it while the others stay as they were recorded; `--table` only writes the section of
the page again.
"""

from __future__ import annotations

import json
import os
import resource
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
RESULT, PAGE = HERE / "results" / "video.json", HERE.parent / "docs" / "findings" / "video.md"
N_NEURONS, CONTEXT, HORIZON, BATCH = 71_721, 4, 32, 2  # neurons as in ZAPBench (Lueckmann et al. 2025)
BOX_UM = (800.0, 500.0, 300.0)
VOXELS = (32_768, 131_072, 262_144)
SETTINGS = {"width": 16, "halvings": 2, "blocks": 1, "batch": BATCH}
N_RUNS, SEED = 3, 0


def main(arguments: Sequence[str]) -> None:
    """Measure and write, or with `--table` write once more what was recorded; `--child` measures one."""
    if "--child" in arguments:
        print(json.dumps(measured(int(arguments[1]))))
        return
    if "--table" not in arguments:
        for n_voxels in [n for n in VOXELS if str(n) in arguments] or VOXELS:
            _record(n_voxels)
    figures = read_json(RESULT)
    print(table(figures))
    put_between_markers(PAGE, table(figures), "video")


def table(figures: dict[str, Any]) -> str:
    """One row for each number of voxels."""
    lines = [
        "| voxels | grid | edge | neurons that share | parameters | step, 2 windows | forecast | peak memory |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for n_voxels, row in sorted(figures.items(), key=lambda item: int(item[0])):
        lines.append(
            f"| {int(n_voxels):,} | {' × '.join(map(str, row['shape']))} | {row['edge_um']:.1f} µm | "
            f"{row['sharing']:.0%} | {row['parameters']:,} | {row['step_s']:.1f} s | {row['forecast_s']:.1f} s | "
            f"{row['peak_gb']:.1f} GB |"
        )
    return "\n".join(lines)


def measured(n_voxels: int) -> dict[str, Any]:
    """Processor seconds of a step and of a forecast, compiled before; memory of the whole process at its peak."""
    import jax
    import jax.numpy as jnp

    from braincast.models.blackbox.networks.answers import forecast_many
    from braincast.models.blackbox.networks.parameters import n_numbers
    from braincast.models.blackbox.sizes import Sizes
    from braincast.models.blackbox.unet import UNetForecaster
    from braincast.tasks.forecasting.examples import Batch, Seen
    from braincast.training.gradient.layout import layout_on
    from braincast.training.gradient.rules import Rules
    from braincast.training.gradient.update import Given, state_of, update

    rng = np.random.default_rng(SEED)
    model = UNetForecaster(rng.uniform(0, BOX_UM, size=(N_NEURONS, 3)))
    settings = {**model.candidates[0], **SETTINGS, "voxels": n_voxels / N_NEURONS}
    network: Any = model.init(Sizes(CONTEXT, HORIZON, N_NEURONS), settings, key=jax.random.key(SEED))
    rules, n_parameters, grid = Rules.of(settings), n_numbers(network), network.grid
    layout = layout_on(jax.devices("cpu"), batch=BATCH, n_neurons=N_NEURONS, n_parameters=n_parameters)
    seen = Seen(rng.standard_normal((BATCH, CONTEXT, N_NEURONS), np.float32), np.zeros(BATCH, np.int32))
    batch = layout.batch(Batch(seen, rng.standard_normal((BATCH, HORIZON, N_NEURONS), np.float32)))
    one = jax.tree.map(lambda values: values[:1], seen)
    forecast_s = _took(lambda: forecast_many(network, one))
    state, number, chance = layout.placed(state_of(network, rules)), 0, jax.random.key(SEED)

    def step() -> Any:
        nonlocal state, number
        state, *said = update(Given(rules, layout, batch, jnp.asarray(number), chance), state)
        number += 1
        return said

    step_s = _took(step)
    told = {"shape": list(grid.shape), "edge_um": grid.edge_um, "sharing": grid.sharing, "parameters": n_parameters}
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return {**told, "step_s": step_s, "forecast_s": forecast_s, "peak_gb": peak_gb}


def _took(work: Callable[[], Any]) -> float:
    """The median of a few runs, after one that compiles."""
    import jax

    seconds = []
    for _ in range(1 + N_RUNS):
        began = time.process_time()
        jax.block_until_ready(work())
        seconds.append(time.process_time() - began)
    return median(seconds[1:])


def _record(n_voxels: int) -> None:
    """Measure one number of voxels and keep it beside what was recorded."""
    environment = {**os.environ, "PJRT_NPROC": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--child", str(n_voxels)]
    printed = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
    figures = read_json(RESULT) if RESULT.exists() else {}
    figures[str(n_voxels)] = rounded(json.loads(printed))
    write_json(RESULT, figures)


if __name__ == "__main__":
    main(sys.argv[1:])
