"""One simulation from a wiring to what its neurons did."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.spiking import FLY, LeakyIntegrateAndFire, Network, Spikes, simulate
from braincast.experiments.simulation.aftermath import Aftermath, aftermath
from braincast.experiments.simulation.protocol import Protocol
from braincast.experiments.simulation.wiring import Wiring
from braincast.progress import step
from braincast.version import VERSION

CITATION = (
    "Shiu et al. 2024, A Drosophila computational brain model reveals sensorimotor processing, Nature 634:210, "
    "doi:10.1038/s41586-024-07763-9"
)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A wiring made ready to spike, and the seconds that this (with reading it) and compiling took."""

    wiring: Wiring
    network: Network
    load_s: float
    compile_s: float


@dataclass(frozen=True, eq=False)
class Simulated:
    """What the neurons of a network did under a protocol; `counts` are spikes."""

    loaded: Loaded
    protocol: Protocol
    spikes: Spikes
    counts: Int[np.ndarray, "trial neuron"]
    aftermath: Aftermath

    @cached_property
    def rate_hz(self) -> Float[np.ndarray, " neuron"]:
        """Mean over trials."""
        return self.counts.sum(axis=0) / self.protocol.simulated_s

    @cached_property
    def n_spikes(self) -> int:
        """Over all trials."""
        return int(self.counts.sum())

    @cached_property
    def recruited(self) -> Int[np.ndarray, " recruited"]:
        """Rows of neurons that spiked without being driven."""
        return np.setdiff1d(np.flatnonzero(self.rate_hz > 0), self.protocol.driven)


def loaded(wiring: Wiring, parameters: LeakyIntegrateAndFire = FLY) -> Loaded:
    """The network of a wiring: weights times signs, as whole numbers (E103 for others)."""
    started = time.perf_counter()
    one = np.zeros(1, np.int32)
    Network.from_edges(one, one, one, 1)  # compiles, or reads the compiled code
    compiled = time.perf_counter()
    with step("Building the network"):
        network = Network.from_connectome(wiring.connectome, parameters)
    return Loaded(wiring, network, wiring.read_s + time.perf_counter() - compiled, compiled - started)


def simulated(
    loaded: Loaded, protocol: Protocol, *, n_threads: int | None = None, into: Path | None = None
) -> Simulated:
    """All trials of a protocol; the same bits for any number of threads. Spikes are streamed to `into`, a parquet."""
    asked = protocol.asked
    spikes = simulate(
        loaded.network,
        list(protocol.drives),
        duration_s=asked.duration_s,
        n_trials=asked.n_trials,
        seed=asked.seed,
        silenced=protocol.silenced,
        n_threads=n_threads,
        into=into,
    )
    counts = spikes.counts()
    return Simulated(loaded, protocol, spikes, counts, aftermath(loaded.network, protocol, counts))


def configuration(loaded: Loaded, protocol: Protocol, **further: Any) -> dict[str, Any]:
    """All that the result follows from, as JSON."""
    return {
        "braincast": VERSION,
        "simulation": "fly",
        "wiring": described(loaded.wiring),
        "parameters": parameters_of(loaded.network),
        **protocol.to_dict(),
        **further,
    }


def described(wiring: Wiring) -> dict[str, Any]:
    """Name and hash of a wiring, whether it was made up, and what was assumed of unknown signs."""
    name = wiring.connectome.name
    return {"name": name, "sha256": wiring.sha256, "synthetic": wiring.synthetic, "signs": wiring.signs}


def parameters_of(network: Network) -> Mapping[str, Any]:
    """The model's parameters as JSON; one that differs between neurons is a list."""
    found = asdict(network.parameters)
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found.items()}
