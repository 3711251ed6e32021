"""What a simulation leaves on disk: spikes, neurons, rates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from braincast.brain.arrays import write_arrays
from braincast.brain.folders import write_table
from braincast.experiments.simulation.job import Simulated, described, parameters_of
from braincast.forecasts.submissions.limits import peak_bytes
from braincast.version import VERSION

NAMES = {"spikes": "spikes.parquet", "neurons": "neurons.parquet", "rates": "rates.zarr"}


def write_results(folder: Path, result: Simulated) -> None:
    """`neurons.parquet` (what is known of each, and its rate), and `rates.zarr` with `rate_hz[trial, neuron]`.

    Both are in the order of the row numbers in `spikes.parquet`.
    """
    write_table(folder, "neurons", neurons_with_rates(result))
    rates = result.counts / result.protocol.asked.duration_s
    attributes = {"units": "Hz", "neurons": NAMES["neurons"], **described(result.loaded.wiring)}
    write_arrays(folder / NAMES["rates"], {"rate_hz": (("trial", "neuron"), rates)}, attributes)


def neurons_with_rates(result: Simulated) -> pd.DataFrame:
    """The wiring's table of neurons, with `row`, `driven`, `silenced`, mean rate and its deviation over trials."""
    neurons, n = result.loaded.wiring.connectome.neurons, result.loaded.network.n_neurons
    rates = result.counts / result.protocol.asked.duration_s
    several = result.protocol.asked.n_trials > 1
    rows = np.arange(n)
    return neurons.assign(
        row=rows,
        driven=np.isin(rows, result.protocol.driven),
        silenced=np.isin(rows, result.protocol.silenced),
        rate_hz=rates.mean(axis=0),
        rate_sd_hz=rates.std(axis=0, ddof=1) if several else np.nan,
    )


def document(result: Simulated, path: Path) -> dict[str, Any]:
    """What `braincast simulate fly --json` prints; `path` is where the folder will lie."""
    loaded, asked = result.loaded, result.protocol.asked
    peak = peak_bytes()
    return {
        "neurons": loaded.network.n_neurons,
        "edges": loaded.network.n_edges,
        "synthetic": loaded.wiring.synthetic,
        "spikes": result.n_spikes,
        "spikes_per_s": result.n_spikes / result.protocol.simulated_s,
        "load_s": loaded.load_s,
        "compile_s": loaded.compile_s + result.spikes.outlay.compile_s,
        "wall_s": result.spikes.outlay.wall_s,
        "simulated_s": result.protocol.simulated_s,
        "peak_memory_mb": 0.0 if peak is None else peak / 1e6,
        "braincast": VERSION,
        "wiring": described(loaded.wiring),
        "read_s": loaded.wiring.read_s,
        "edges_left_out": loaded.network.n_left_out,
        "driven": len(result.protocol.driven),
        "silenced": len(result.protocol.silenced),
        "active": int(np.count_nonzero(result.rate_hz)),
        "recruited": len(result.recruited),
        **result.aftermath.to_dict(),
        "asked": asked.to_dict(),
        "parameters": parameters_of(loaded.network),
        "files": {**{kind: str(path / name) for kind, name in NAMES.items()}, "folder": str(path)},
    }
