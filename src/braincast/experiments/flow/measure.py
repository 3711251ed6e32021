"""Drive one sense after another in a spiking model of the wiring, and number what reaches the outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.sparse.csgraph import dijkstra

from braincast.brain.connectome import Connectome
from braincast.dynamics.spiking import FLY, LeakyIntegrateAndFire, Network, Poisson, Spikes, simulate
from braincast.experiments.flow.question import FlowQuestion

# The statistics of a flow: words, and whether there is one for each sense.
STATISTICS: Mapping[str, str] = {
    "recruited": "share of all other neurons that spike",
    "outputs_recruited": "share of the outputs that spike",
    "output_rate_hz": "mean rate of the outputs, Hz",
    "latency_ms": "first spike of the outputs that spike, median, ms",
    "hops": "synapses on the shortest path to an output, mean",
    "separation": "how far apart senses are in the outputs",
}


@dataclass(frozen=True)
class FlowProtocol:
    """How a sense is driven: Poisson kicks to all its neurons at once, in trials from rest."""

    parameters: LeakyIntegrateAndFire = FLY
    rate_hz: float = 100.0
    duration_s: float = 0.3
    n_trials: int = 4
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Flow:
    """What each sense does to each neuron.

    Rates in Hz; seconds to the first spike, mean over the trials that have one, NaN without; `hops` is the number of
    synapses from the sense, NaN where no path leads. Recruited is who spikes in at least half of the trials; the
    neurons of the driven sense itself never count.
    """

    question: FlowQuestion
    rate_hz: Float[np.ndarray, "sense trial neuron"]
    first_s: Float[np.ndarray, "sense neuron"]
    hops: Float[np.ndarray, "sense neuron"]

    @property
    def recruited(self) -> Bool[np.ndarray, "sense neuron"]:
        """Who spikes in at least half of the trials."""
        return (self.rate_hz > 0).mean(axis=1) >= 0.5

    def shares(self) -> Float[np.ndarray, "sense group"]:
        """The recruited share of each class of neurons but the driven ones; NaN for a class that is driven whole."""
        found = np.full((len(self.question.senses), len(self.question.groups)), np.nan)
        for row, driven in enumerate(self.question.senses.values()):
            for column, members in enumerate(self.question.groups.values()):
                others = np.setdiff1d(members, driven)
                if len(others):
                    found[row, column] = self.recruited[row, others].mean()
        return found

    def statistics(self) -> dict[str, Float[np.ndarray, " sense"]]:
        """Each of `STATISTICS` for each sense; `separation` is one number."""
        outputs = self.question.outputs
        driven = list(self.question.senses.values())
        n_neurons = self.rate_hz.shape[2]
        recruited = self.recruited
        others = [np.setdiff1d(np.arange(n_neurons), rows) for rows in driven]
        reached = recruited[:, outputs]
        return {
            "recruited": np.array([recruited[row, rows].mean() for row, rows in enumerate(others)]),
            "outputs_recruited": reached.mean(axis=1),
            "output_rate_hz": self.rate_hz[:, :, outputs].mean(axis=(1, 2)),
            "latency_ms": 1_000 * _medians(self.first_s[:, outputs], reached),
            "hops": _means(self.hops[:, outputs]),
            "separation": np.array([separation(self.rate_hz[:, :, outputs])]),
        }


def measure_flow(connectome: Connectome, question: FlowQuestion, protocol: FlowProtocol) -> Flow:
    """Drive each sense by itself; trials have the same input whatever the wiring."""
    network = Network.from_connectome(connectome, protocol.parameters)
    runs = [_driven(network, rows, protocol) for rows in question.senses.values()]
    rates = np.stack([run.counts() / protocol.duration_s for run in runs])
    for row, driven in enumerate(question.senses.values()):
        rates[row][:, driven] = 0.0
    first = np.stack([first_spikes(run) for run in runs])
    return Flow(question, rates, first, hops_from(connectome, question))


def separation(rates: Float[np.ndarray, "sense trial output"]) -> float:
    """Correlation of the outputs' rates between halves of the trials of one sense, less that between two senses.

    1 where each sense has outputs of its own, 0 where senses differ no more than trials do; NaN with fewer than two
    senses that change the outputs in both halves.
    """
    halves = rates[:, ::2].mean(axis=1), rates[:, 1::2].mean(axis=1)
    answers = (halves[0].std(axis=1) > 0) & (halves[1].std(axis=1) > 0)
    n = int(answers.sum())
    if n < 2:
        return float("nan")
    likeness = np.corrcoef(halves[0][answers], halves[1][answers])[:n, n:]
    same = np.eye(n, dtype=bool)
    return float(likeness[same].mean() - likeness[~same].mean())


def first_spikes(spikes: Spikes) -> Float[np.ndarray, " neuron"]:
    """Seconds to each neuron's first spike, mean over the trials that have one; NaN for a neuron that is silent."""
    place = spikes.trial.astype(np.int64) * spikes.n_neurons + spikes.neuron
    found, at = np.unique(place, return_index=True)  # spikes are in order of time within a trial
    total, n_trials = np.zeros(spikes.n_neurons), np.zeros(spikes.n_neurons)
    np.add.at(total, found % spikes.n_neurons, spikes.time_s[at])
    np.add.at(n_trials, found % spikes.n_neurons, 1)
    return np.divide(total, n_trials, out=np.full(spikes.n_neurons, np.nan), where=n_trials > 0)


def hops_from(connectome: Connectome, question: FlowQuestion) -> Float[np.ndarray, "sense neuron"]:
    """Edges on the shortest path from any neuron of a sense over edges that excite or inhibit; NaN without a path."""
    graph = abs(connectome.adjacency(signed=True))
    found = [
        dijkstra(graph, indices=rows, unweighted=True, min_only=True, return_predecessors=False)
        for rows in question.senses.values()
    ]
    hops = np.stack(found).astype(np.float64)
    return np.where(np.isfinite(hops), hops, np.nan)


def _driven(network: Network, rows: np.ndarray, protocol: FlowProtocol) -> Spikes:
    drive = Poisson(rows.astype(np.int32), protocol.rate_hz)
    about = {"duration_s": protocol.duration_s, "n_trials": protocol.n_trials, "seed": protocol.seed}
    return simulate(network, [drive], **about, n_threads=1)


def _medians(values: np.ndarray, counted: np.ndarray) -> Float[np.ndarray, " row"]:
    kept = [row[which & np.isfinite(row)] for row, which in zip(values, counted, strict=True)]
    return np.array([np.median(row) if len(row) else np.nan for row in kept])


def _means(values: np.ndarray) -> Float[np.ndarray, " row"]:
    kept = [row[np.isfinite(row)] for row in values]
    return np.array([row.mean() if len(row) else np.nan for row in kept])
