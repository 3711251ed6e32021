"""A screen: the same brain under thousands of conditions, each with one neuron or type activated or silenced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.spiking import Network, Poisson, simulate
from braincast.dynamics.spiking.simulation import side_by_side
from braincast.experiments.simulation.chosen import Named
from braincast.experiments.simulation.protocol import Protocol
from braincast.forecasts.writer import answer_within
from braincast.progress import Silent, reporting, step

STORE = "activity.zarr"
_MOST_CHUNKS = 500
T = TypeVar("T")
Kind = Literal["activate", "silence"]
Rates = Float[np.ndarray, " neuron"]


@dataclass(frozen=True, eq=False)
class Screen:
    """What is done in each condition on top of the protocol; the same seed everywhere, so that nothing else differs."""

    kind: Kind
    conditions: Sequence[Named]
    protocol: Protocol

    def rate_hz(self, network: Network, rows: Int[np.ndarray, " chosen"], baseline_hz: Rates) -> Rates:
        """Mean rates over trials with these neurons activated or silenced too; driven ones are not driven twice.

        Silencing neurons that are silent under the protocol changes nothing, and is not simulated.
        """
        protocol = self.protocol
        if self.kind == "activate":
            added = Poisson(np.setdiff1d(rows, protocol.driven), protocol.asked.rate_hz)
            return _rates(network, protocol, (*protocol.drives, added), protocol.silenced)
        if not baseline_hz[rows].any():
            return baseline_hz
        return _rates(network, protocol, protocol.drives, np.union1d(protocol.silenced, rows))

    def baseline_hz(self, network: Network) -> Rates:
        """Mean rates under the protocol alone."""
        return _rates(network, self.protocol, self.protocol.drives, self.protocol.silenced)


def write_screen(
    folder: Path,
    screen: Screen,
    network: Network,
    baseline_hz: Rates,
    readout: Int[np.ndarray, " readout"],
    ids: Sequence[str],
    *,
    source: str,
    n_threads: int,
) -> None:
    """`activity.zarr` with `activity[case, lead, neuron]`: the change of each readout neuron's rate in Hz.

    A case is a condition, the one lead a summary of the whole trial. Conditions that were finished before a stop are
    not simulated again.
    """
    labels = {"case": [each.name for each in screen.conditions], "lead": ["1"], "neuron": list(ids)}
    rows_at_once = -(-len(screen.conditions) // _MOST_CHUNKS)
    said = {"units": "Hz", "question": f"change of rate when neurons are {screen.kind}d"}
    chunks = (rows_at_once, 1, max(1, len(ids)))
    with answer_within(folder, STORE, labels=labels, source=source, attributes=said, chunks=chunks) as writer:
        remaining = writer.remaining_rows()

        def changes(rows: slice) -> tuple[slice, Float[np.ndarray, "case lead neuron"]]:
            found = np.zeros((rows.stop - rows.start, 1, len(readout)), np.float32)
            for place, each in enumerate(screen.conditions[rows]):
                found[place, 0] = screen.rate_hz(network, each.rows, baseline_hz)[readout] - baseline_hz[readout]
            return rows, found

        with step(f"Screening {len(screen.conditions):,} conditions", len(screen.conditions)) as advance:
            advance(len(screen.conditions) - sum(rows.stop - rows.start for rows in remaining))
            for rows, values in _in_silence(changes, remaining, n_threads):
                writer.write(rows, values)
                advance(rows.stop - rows.start)


def rates_of_conditions(screen: Screen, network: Network, baseline_hz: Rates, n_threads: int) -> Iterator[Rates]:
    """The rates of each condition in turn."""
    return _in_silence(lambda each: screen.rate_hz(network, each.rows, baseline_hz), screen.conditions, n_threads)


def _in_silence(work: Callable[[Any], T], tasks: Sequence, n_threads: int) -> Iterator[T]:
    """What comes of each task, in order; the single simulations show no progress."""
    with reporting(Silent()):
        yield from side_by_side(work, tasks, n_threads)


def _rates(network: Network, protocol: Protocol, drives: Sequence, silenced: Int[np.ndarray, " silenced"]) -> Rates:
    if not drives:
        return np.zeros(network.n_neurons)
    asked = protocol.asked
    spikes = simulate(
        network,
        list(drives),
        duration_s=asked.duration_s,
        n_trials=asked.n_trials,
        seed=asked.seed,
        silenced=silenced,
        n_threads=1,
    )
    return spikes.counts().sum(axis=0) / protocol.simulated_s
