"""Circuits that run by themselves, and where on their way a recording is: by what it looked like just before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.conductance.equations import State
from braincast.dynamics.conductance.frames import framed
from braincast.dynamics.conductance.integrators import STAGGERED
from braincast.dynamics.conductance.steps import beginning
from braincast.errors import BraincastError
from braincast.models.biophysical.circuit_space import Conductances, equations

DT_MS = 0.1
STEPS_PER_SAMPLE = 10  # voltages are sampled each millisecond
LONGEST_CYCLE_MS = 2500
_PART_MS = 10  # a recording is placed along a rehearsal to this precision
_LANES = 8  # a program is compiled for each number of circuits, so that these are rounded up
_PROGRAM_MS = 500


@dataclass(frozen=True)
class Timing:
    """Milliseconds of a frame, and how many frames are seen and asked for."""

    frame_ms: int
    n_context: int
    n_horizon: int

    @classmethod
    def of(cls, frame_s: float | None, n_context: int, n_horizon: int) -> Timing:
        """E305 for frames that are not whole milliseconds."""
        frame_ms = round(1e3 * (frame_s or 0.0))
        if frame_s is None or frame_ms < 1 or abs(1e3 * frame_s - frame_ms) > 1e-6:
            what = "circuits are simulated in whole milliseconds, and a frame is not some of them"
            raise BraincastError("E305", "recording", what, "Resample it to frames of whole milliseconds")
        return cls(frame_ms, n_context, n_horizon)

    @property
    def part_ms(self) -> int:
        return _PART_MS if self.frame_ms % _PART_MS == 0 else self.frame_ms

    @property
    def parts(self) -> int:
        """Parts of a frame."""
        return self.frame_ms // self.part_ms


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """Mean voltages (mV) of consecutive parts of frames while circuits run by themselves, and the state after each."""

    timing: Timing
    voltage: Float[np.ndarray, "circuit part cell"]
    states: State | None

    @cached_property
    def frames(self) -> Float[np.ndarray, "circuit part cell"]:
        """The mean of the frame that begins at each part."""
        total = np.cumsum(np.pad(self.voltage, ((0, 0), (1, 0), (0, 0))), axis=1)
        width = self.timing.parts
        return (total[:, width:] - total[:, :-width]) / width

    @property
    def n_places(self) -> int:
        """How many beginnings of a context there are, with a whole horizon after it."""
        length = (self.timing.n_context + self.timing.n_horizon) * self.timing.parts
        return self.voltage.shape[1] - length + 1

    def seen_from(self, circuit: int, first: int, n_frames: int) -> Float[np.ndarray, "place frame cell"]:
        """The `n_frames` frames from each place on, after leaving out the first ones."""
        step = self.timing.parts
        at = np.arange(self.n_places)[:, None] + step * (first + np.arange(n_frames))
        return self.frames[circuit][at]

    def places(
        self, circuit: int, contexts: Float[np.ndarray, "case context cell"], memory_s: float
    ) -> Int[np.ndarray, " case"]:
        """Where each context fits best: least squares, in which a frame `memory_s` ago counts 1/e."""
        ages = np.arange(self.timing.n_context)[::-1] * self.timing.frame_ms / 1e3
        weight = np.repeat(np.exp(-ages / memory_s), contexts.shape[2])
        own = self.seen_from(circuit, 0, self.timing.n_context).reshape(self.n_places, -1)
        wanted = contexts.reshape(len(contexts), -1).astype(np.float64)
        distance = (own**2 * weight).sum(axis=1) - 2 * (wanted * weight) @ own.T
        return distance.argmin(axis=1)

    def states_after(self, circuits: Int[np.ndarray, " case"], places: Int[np.ndarray, " case"]) -> State:
        """The states with which contexts at these places end."""
        at = places + self.timing.n_context * self.timing.parts - 1
        return jax.tree.map(lambda leaf: leaf[circuits, at], self.states)


def rehearsed(own: Conductances, timing: Timing, settle_ms: int, *, quick: bool = False) -> Rehearsal:
    """Circuits after `settle_ms` by themselves, for a cycle longer than context and horizon; without any noise.

    A `quick` one is in single precision and keeps no states.
    """
    length_ms = (timing.n_context + timing.n_horizon) * timing.frame_ms + LONGEST_CYCLE_MS
    padded = own.of(_padded(len(own)))
    with jax.enable_x64(not quick):
        state = beginning(equations(), padded.parameters(), jnp.asarray(DT_MS), STAGGERED)
    state, _, _ = _run(padded, state, settle_ms, timing.part_ms, quick=quick)
    _, voltage, states = _run(padded, state, length_ms, timing.part_ms, keep_states=not quick, quick=quick)
    kept = None if states is None else jax.tree.map(lambda leaf: leaf[: len(own)], states)
    return Rehearsal(timing, voltage[: len(own)], kept)


def continued(own: Conductances, state: State, timing: Timing) -> Float[np.ndarray, "circuit lead cell"]:
    """The frames of the horizon, of circuits that go on from these states."""
    rows = _padded(len(own))
    begin = jax.tree.map(lambda leaf: leaf[rows], state)
    _, voltage, _ = _run(own.of(rows), begin, timing.n_horizon * timing.frame_ms, timing.frame_ms)
    return voltage[: len(own)]


def _run(
    own: Conductances,
    state: State,
    duration_ms: int,
    frame_ms: int,
    *,
    keep_states: bool = False,
    quick: bool = False,
) -> tuple[State, Float[np.ndarray, "circuit frame cell"], State | None]:
    """Run after run of one compiled program."""
    n_frames, size = -(-duration_ms // frame_ms), max(1, _PROGRAM_MS // frame_ms)
    voltages, states = [], []
    with jax.enable_x64(not quick):
        parameters, dt_ms = own.parameters(), jnp.asarray(DT_MS)
        begin = jax.tree.map(jnp.asarray, state)
        for _ in range(0, n_frames, size):
            told = size, frame_ms, STEPS_PER_SAMPLE
            begin, voltage, each = framed(
                equations(), parameters, begin, dt_ms, STAGGERED, *told, keep_states=keep_states
            )
            voltages.append(np.asarray(voltage))
            states.append(jax.tree.map(np.asarray, each))
    whole = np.concatenate(voltages, axis=1)[:, :n_frames]
    kept = jax.tree.map(lambda *parts: np.concatenate(parts, axis=1), *states) if keep_states else None
    return begin, whole, kept


def _padded(n: int) -> Int[np.ndarray, " lane"]:
    """Rows of `n` circuits, the last one again and again up to a whole number of lanes."""
    return np.minimum(np.arange(-(-n // _LANES) * _LANES), n - 1)
