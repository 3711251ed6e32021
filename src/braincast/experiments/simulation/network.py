"""One simulation of a network of adaptive cells in the proportions of CA1."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int

from braincast.brain.folders import write_table
from braincast.dynamics.spiking import Spikes
from braincast.dynamics.spiking.adaptive import POPULATIONS, AdaptiveNetwork, hippocampus, simulate_adaptive
from braincast.forecasts.submissions.limits import peak_bytes
from braincast.progress import step
from braincast.version import VERSION

CITATION = (
    "Bezaire et al. 2016, Interneuronal mechanisms of hippocampal theta oscillations in a full-scale model of the "
    "rodent CA1 circuit, eLife 5:e18566",
    "Ecker et al. 2022, Hippocampal sharp wave-ripples and the associated sequence replay emerge from structured "
    "synaptic interactions in a network model of area CA3, eLife 11:e71850",
    "Brette & Gerstner 2005, Adaptive exponential integrate-and-fire model as an effective description of neuronal "
    "activity, J Neurophysiol 94:3637",
)


@dataclass(frozen=True)
class NetworkAsked:
    """How many cells, for how long, by which chance."""

    n_cells: int
    duration_s: float
    seed: int


@dataclass(frozen=True, eq=False)
class SimulatedNetwork:
    """What the cells of a network did; `counts` are spikes, `load_s` the seconds to draw the network."""

    asked: NetworkAsked
    network: AdaptiveNetwork
    spikes: Spikes
    counts: Int[np.ndarray, " cell"]
    load_s: float

    def rows(self, name: str) -> Int[np.ndarray, " row"]:
        """The cells of a kind."""
        return np.flatnonzero(self.network.kind == list(POPULATIONS).index(name))

    @property
    def kinds(self) -> dict[str, dict[str, float]]:
        """Of each kind: cells, those that spiked, and their mean rate in Hz."""
        counts = {name: self.counts[self.rows(name)] for name in POPULATIONS}
        return {
            name: {
                "cells": len(own),
                "active": int(np.count_nonzero(own)),
                "rate_hz": float(own.mean() / self.asked.duration_s),
            }
            for name, own in counts.items()
        }


def configuration(asked: NetworkAsked) -> dict[str, Any]:
    """What was asked, all that decides the result."""
    return {"network": "hippocampus", **asdict(asked), "braincast": VERSION}


def simulated_network(asked: NetworkAsked, folder: Path) -> SimulatedNetwork:
    """Draw the network, simulate it, and write `spikes.parquet` and `neurons.parquet` (row, kind, rate_hz)."""
    import pandas as pd

    began = time.perf_counter()
    with step(f"Drawing a network of {asked.n_cells:,} cells"):
        network = hippocampus(asked.n_cells, seed=asked.seed)
    load_s = time.perf_counter() - began
    with step(f"Simulating {asked.duration_s:g} s"):
        spikes = simulate_adaptive(
            network, duration_s=asked.duration_s, seed=asked.seed, into=folder / "spikes.parquet"
        )
    counts = spikes.counts()[0]
    kind = np.array(list(POPULATIONS))[network.kind]
    rows = {"row": np.arange(len(kind)), "kind": kind, "rate_hz": counts / asked.duration_s}
    write_table(folder, "neurons", pd.DataFrame(rows))
    return SimulatedNetwork(asked, network, spikes, counts, load_s)


def document(found: SimulatedNetwork, path: Path) -> dict[str, Any]:
    """What `braincast simulate network --json` prints; `path` is where the folder will lie."""
    peak, n_spikes = peak_bytes(), int(found.counts.sum())
    names = {"spikes": "spikes.parquet", "neurons": "neurons.parquet"}
    return {
        "neurons": len(found.counts),
        "edges": found.network.wiring.n_edges,
        "synthetic": True,
        "spikes": n_spikes,
        "spikes_per_s": n_spikes / found.asked.duration_s,
        "kinds": found.kinds,
        "load_s": found.load_s,
        "compile_s": found.spikes.outlay.compile_s,
        "wall_s": found.spikes.outlay.wall_s,
        "simulated_s": found.asked.duration_s,
        "peak_memory_mb": 0.0 if peak is None else peak / 1e6,
        "asked": asdict(found.asked),
        "braincast": VERSION,
        "files": {**{kind: str(path / name) for kind, name in names.items()}, "folder": str(path)},
    }
