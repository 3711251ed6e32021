"""Networks of adaptive cells, and what they do."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.spiking.adaptive import kernel
from braincast.dynamics.spiking.adaptive.cells import AdaptiveExponential, table, whole_steps
from braincast.dynamics.spiking.drive import Kicks, Poisson, trial_key
from braincast.dynamics.spiking.network import Network
from braincast.dynamics.spiking.spikes import Outlay, Spikes
from braincast.errors import BraincastError

UNIT_NS = 1e-3
"""What an edge's whole number counts: a thousandth of a nanosiemens."""
_SPAN = 2_500  # steps for which kicks are drawn at once
_ROOM = 1 << 16  # spikes of a span, to begin with


@dataclass(frozen=True, eq=False)
class AdaptiveNetwork:
    """Cells of some kinds, their edges, and the chance input to each kind.

    Edges are those of `Network`, whose whole numbers count `UNIT_NS`: negative ones inhibit. Of its parameters the step
    alone has a meaning here. Each cell of a kind gets kicks of `kick_ns` to its excitatory conductance, at random and
    on its own, `kick_hz` times a second.
    """

    kinds: tuple[AdaptiveExponential, ...]
    kind: Int[np.ndarray, " cell"]
    wiring: Network
    kick_hz: Float[np.ndarray, " kind"]
    kick_ns: Float[np.ndarray, " kind"]

    def __post_init__(self) -> None:
        if len(self.kind) != self.wiring.n_neurons:
            what = f"{len(self.kind)} cells have a kind, and the wiring has {self.wiring.n_neurons}"
            raise BraincastError("E106", "network.kind", what, "Give the kind of each cell")
        if len(self.kind) and not 0 <= self.kind.min() <= self.kind.max() < len(self.kinds):
            what = f"there are {len(self.kinds)} kinds, and a cell has another"
            raise BraincastError("E107", "network.kind", what, f"Use numbers from 0 to {len(self.kinds) - 1}")

    @property
    def dt_s(self) -> float:
        """The step."""
        return self.wiring.parameters.dt_s

    def kicks(self, first: int, stop: int, seed: int) -> Kicks:
        """The chance input within a span of steps; what it adds is `kick_ns`."""
        drive = Poisson(np.arange(len(self.kind)), self.kick_hz[self.kind], 1.0)
        drive.require_within(stop, self.dt_s)
        return drive.kicks(first, stop, self.dt_s, trial_key(seed, 0))


class Course:
    """The state of a network, from rest on, step by step."""

    def __init__(self, network: AdaptiveNetwork, *, seed: int, watched: Sequence[int] = ()) -> None:
        self.network, self._seed, self.done = network, seed, 0
        n_cells, dt_ms = len(network.kind), 1000 * network.dt_s
        changes = np.flatnonzero(np.diff(network.kind)) + 1
        self._run = np.array([0, *changes, n_cells] if n_cells else [0], np.int64)
        self._table = table(network.kinds, dt_ms)
        self._refractory = np.array([whole_steps(kind.refractory_ms, dt_ms) for kind in network.kinds])
        rest_mv = np.array([kind.rest_mv for kind in network.kinds])
        self.state = (rest_mv[network.kind], *(np.zeros(n_cells) for _ in range(3)))
        self._released = np.zeros(n_cells, np.int64)
        longest = int(network.wiring.delay_steps.max(initial=1)) + 1
        self._recent, self._n_recent = np.zeros((longest, n_cells), np.int32), np.zeros(longest, np.int64)
        self._watched = np.asarray(watched, np.int64)
        self.trace_mv = np.zeros((0, len(self._watched)))
        room = max(_ROOM, 2 * n_cells)
        self._spikes = np.zeros(room, np.int32), np.zeros(room, np.int32)

    def advance(self, stop: int) -> tuple[Int[np.ndarray, " spike"], Int[np.ndarray, " spike"]]:
        """Go on to a step; the spikes on the way there: their steps and cells."""
        steps, cells, traces = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [self.trace_mv]
        while self.done < stop:
            step, cell, trace = self._span(min(self.done + _SPAN, stop))
            steps.append(step)
            cells.append(cell)
            traces.append(trace)
        self.trace_mv = np.concatenate(traces)
        return np.concatenate(steps), np.concatenate(cells)

    def _span(
        self, end: int
    ) -> tuple[Int[np.ndarray, " spike"], Int[np.ndarray, " spike"], Float[np.ndarray, "time watched"]]:
        """Towards a step, as far as there is room for spikes."""
        network, wiring = self.network, self.network.wiring
        kicks = network.kicks(self.done, end, self._seed)
        kick_from = np.searchsorted(kicks.step, np.arange(self.done, end + 1))
        amount = network.kick_ns[network.kind[kicks.neuron]]
        trace = np.zeros((end - self.done, len(self._watched)))
        v, w, ge, gi = self.state
        step, cell = self._spikes
        reached, n_spikes = kernel.advance(
            self.done, end, self._run, network.kind, self._table, self._refractory, v, w, ge, gi, self._released,
            wiring.start, wiring.words, wiring.target_bits, wiring.delay_steps, UNIT_NS, kick_from, kicks.neuron,
            amount, self._recent, self._n_recent, step, cell, self._watched, trace,
        )  # fmt: skip
        reached, self.done = reached - self.done, reached
        return step[:n_spikes].copy(), cell[:n_spikes].copy(), trace[:reached]


def simulate_adaptive(network: AdaptiveNetwork, *, duration_s: float, seed: int, into: Path | None = None) -> Spikes:
    """All spikes from rest on; with `into` they are in a parquet file (trial, time_s, neuron). E107 for a duration."""
    n_steps = round(duration_s / network.dt_s) if np.isfinite(duration_s) else 0
    if not 1 <= n_steps < np.iinfo(np.int32).max:
        what = f"{duration_s:g} s are {n_steps} steps of {network.dt_s:g} s"
        raise BraincastError("E107", "duration_s", what, "Choose a duration from one step to 2^31 - 1 of them")
    began = time.perf_counter()
    _compiled(network.wiring.words.itemsize)
    outlay = Outlay(compile_s=time.perf_counter() - began)
    began = time.perf_counter()
    step, cell = Course(network, seed=seed).advance(n_steps)
    outlay.wall_s = time.perf_counter() - began
    columns = (np.zeros(len(step), np.int32), step, cell)
    spikes = Spikes(network.dt_s, len(network.kind), 1, duration_s, columns=columns, outlay=outlay)
    if into is not None:
        spikes.save(into)
    return spikes


@cache
def _compiled(word_bytes: int) -> None:
    """Have the loop compiled, or read from its cache, by one step of one cell."""
    nobody = np.zeros(0, np.int32)
    wiring = Network.from_edges(nobody, nobody, nobody, 1, word_bytes=word_bytes)
    nothing = np.zeros(1)
    network = AdaptiveNetwork((AdaptiveExponential(),), np.zeros(1, np.int32), wiring, nothing, nothing)
    Course(network, seed=0).advance(1)
