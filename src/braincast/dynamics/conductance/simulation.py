"""Simulate a circuit, or thousands of one structure, and find their spikes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import jax
import numpy as np
from jaxtyping import Float

from braincast.dynamics.conductance.circuit import Circuit
from braincast.dynamics.conductance.crossings import between, bounds, rises, upward_crossings
from braincast.dynamics.conductance.equations import Equations, Parameters, State, equations_of, parameters_of
from braincast.dynamics.conductance.integrators import FIXED, Integrator
from braincast.dynamics.conductance.steps import advanced, as_array, beginning
from braincast.errors import BraincastError

DT_MS = 0.025
_LARGEST_MV = 1e3
_LARGEST_MOVE_MV = 60.0  # in one step; a spike that rises within one or two steps is not resolved
_GATES_A_STEP = 2.0  # time constants of the fastest gate; with more a spike's rise is a guess
_CHUNK_VALUES = 1 << 18  # voltages at a time: looked at while they are still in the processor's cache
_MOST_VOLTAGES = 200_000_000  # 1.6 GB
_SEAM = 3  # samples of a part that are looked at once more with the next
Scheme = Literal["exponential-euler", "staggered", "adaptive"]
Spikes = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Simulation:
    """What the cells of one circuit did. `voltage_mv` at `time_ms`; spikes are upward crossings of the threshold."""

    circuit: Circuit
    time_ms: Float[np.ndarray, " time"]
    voltage_mv: Float[np.ndarray, "time cell"]
    spike_times_ms: Spikes

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(self.circuit.cells)

    @property
    def rate_hz(self) -> dict[str, float]:
        """How often each cell spikes (see `mean_rate`)."""
        return {cell: mean_rate(times, float(self.time_ms[-1])) for cell, times in self.spike_times_ms.items()}


def mean_rate(spike_times_ms: Float[np.ndarray, " spike"], duration_ms: float) -> float:
    """Intervals between spikes over their length, in Hz; spikes over the whole duration for a cell that fell silent.

    A cell fell silent if it has waited longer than ever for its next spike, or never had two.
    """
    intervals = np.diff(spike_times_ms)
    if not len(intervals) or duration_ms - spike_times_ms[-1] > intervals.max():
        return 1e3 * len(spike_times_ms) / duration_ms
    return 1e3 / float(intervals.mean())


def simulate(
    circuit: Circuit,
    *,
    duration_ms: float,
    dt_ms: float = DT_MS,
    integrator: Scheme = "staggered",
) -> Simulation:
    """One circuit from its initial state, in float64, with the voltage after every step.

    "adaptive" chooses its own steps (`adaptive.solved`, tolerance 1e-9) and samples every `dt_ms`. Errors: E904 for a
    step of more than twice the fastest gate's time constant, or in which a voltage moves by more than 60 mV; E905 for
    a voltage that is no number or beyond 1 V.

    >>> from braincast.dynamics.conductance import read_circuit
    >>> squid = read_circuit("hh").changed({"current": 10})
    >>> simulate(squid, duration_ms=20.0).spike_times_ms["axon"].round(1)
    array([ 1.9, 16.8])
    """
    check_steps(circuit, duration_ms, dt_ms)
    n_steps = max(1, round(duration_ms / dt_ms))
    with jax.enable_x64(True):
        if any(cell.morphology for cell in circuit.cells.values()):
            from braincast.dynamics.cable.shaped import shaped_voltage

            voltage = shaped_voltage(circuit, n_steps, dt_ms, integrator)
        elif integrator == "adaptive":
            from braincast.dynamics.conductance.adaptive import solved

            voltage = solved(circuit, n_steps * dt_ms, dt_ms)
        else:
            run = Run.begun(circuit, parameters_of(circuit), dt_ms, FIXED[integrator])
            voltage = np.concatenate([run.first, *run.parts(n_steps)])[:, 0]
    _check(circuit, voltage, 0, dt_ms)
    time_ms = np.arange(len(voltage)) * dt_ms
    spikes = _spikes_of(circuit, voltage, dt_ms)
    return Simulation(circuit, time_ms, voltage, spikes)


def simulate_spikes(
    circuit: Circuit,
    parameters: Parameters,
    *,
    duration_ms: float,
    dt_ms: float = DT_MS,
    integrator: Literal["exponential-euler", "staggered"] = "staggered",
    dtype: Any = np.float32,
    lenient: bool = False,
) -> list[Spikes]:
    """The spike times (ms) of a batch of circuits of one structure; voltages are not kept.

    `parameters` has one leading axis (`stacked`). With `lenient`, a circuit whose voltage explodes has no spikes from
    there on, instead of E904 or E905 for all. Cells are single compartments; a morphology is refused (E305).
    """
    _check_times(circuit, duration_ms, dt_ms)
    if any(cell.morphology for cell in circuit.cells.values()):
        raise BraincastError("E305", circuit.name, "cells with a morphology go one at a time", "Use `simulate`")
    n_steps = max(1, round(duration_ms / dt_ms))
    cells = tuple(circuit.cells)
    with jax.enable_x64(np.dtype(dtype) == np.float64):
        cast = jax.tree.map(lambda leaf: as_array(np.asarray(leaf), dtype), parameters)
        run = Run.begun(circuit, cast, dt_ms, FIXED[integrator], lenient=lenient)
        trace, times_ms = _crossings_of(run, n_steps)
    n_circuits = parameters.drive.shape[0]
    edges = np.searchsorted(trace, np.arange(n_circuits * len(cells) + 1))
    each = [times_ms[a:b] for a, b in pairwise(edges)]
    return [dict(zip(cells, each[k * len(cells) :], strict=False)) for k in range(n_circuits)]


def _crossings_of(run: Run, n_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The trace (circuit by circuit, cell by cell) and the time of each spike, by time within each trace."""
    limits = bounds(run.first.dtype, run.circuit.spike_threshold, _LARGEST_MV, _LARGEST_MOVE_MV)
    room = np.empty((_SEAM + run.n_frames(n_steps), run.first.size), run.first.dtype)
    seam = run.first.reshape(1, -1)  # the last samples before a part, so that every crossing has samples on both sides
    found, start, looked_at = [], 0, 0
    for part in run.parts(n_steps):
        whole = np.concatenate([seam, part.reshape(len(part), -1)], out=room[: len(seam) + len(part)])
        ended = start + len(whole) > n_steps
        # A crossing after the last but one sample is found with the next part.
        end = max(len(whole) - (1 if ended else 2), looked_at - start)
        before, trace, around, calm = rises(whole, *limits, looked_at - start, end)
        if not (calm or run.lenient):
            _check(run.circuit, whole, start, run.dt_ms)
        found.append((before + start, trace, around))
        looked_at = start + end
        seam = whole[-_SEAM:].copy()
        start += len(whole) - len(seam)
    before, trace, around = (np.concatenate(parts, axis=-1) for parts in zip(*found, strict=True))
    order = np.lexsort((before, trace))
    at = before + between(around, run.circuit.spike_threshold)
    return trace[order], at[order] * run.dt_ms


@dataclass
class Run:
    """A batch of circuits on the way, part by part."""

    circuit: Circuit
    equations: Equations
    parameters: Parameters
    state: State
    dt_ms: float
    integrator: Integrator
    first: Float[np.ndarray, "1 batch cell"]
    lenient: bool = False

    @classmethod
    def begun(
        cls, circuit: Circuit, parameters: Parameters, dt_ms: float, integrator: Integrator, *, lenient: bool = False
    ) -> Run:
        equations = equations_of(circuit)
        batch = parameters if parameters.drive.ndim > 1 else jax.tree.map(lambda leaf: leaf[None], parameters)
        step = as_array(dt_ms, batch.drive.dtype)
        state = beginning(equations, batch, step, integrator)
        return cls(circuit, equations, batch, state, dt_ms, integrator, np.asarray(state.voltage)[None], lenient)

    def n_frames(self, n_steps: int) -> int:
        """How many steps a part has at most."""
        most = max(1, min(n_steps, _CHUNK_VALUES // self.first.size))
        fewest = -(-n_steps // most)
        # Parts of one length, where there is one not much shorter, are one compiled program; a rest would be another.
        even = (n_steps // n_parts for n_parts in range(fewest, 2 * fewest) if n_steps % n_parts == 0)
        return next(even, most)

    def parts(self, n_steps: int) -> Iterator[Float[np.ndarray, "time batch cell"]]:
        """The voltages after each step, in parts of a megabyte."""
        size = self.n_frames(n_steps)
        step = as_array(self.dt_ms, self.parameters.drive.dtype)
        for start in range(0, n_steps, size):
            n = min(size, n_steps - start)
            self.state, voltage = advanced(self.equations, self.parameters, self.state, step, self.integrator, n, 1)
            yield np.asarray(voltage)


def _spikes_of(circuit: Circuit, voltage_mv: Float[np.ndarray, "time cell"], dt_ms: float) -> Spikes:
    trace, at = upward_crossings(voltage_mv, circuit.spike_threshold)
    return {cell: at[trace == number] * dt_ms for number, cell in enumerate(circuit.cells)}


def _check(circuit: Circuit, voltage_mv: Float[np.ndarray, "time trace"], start: int, dt_ms: float) -> None:
    """E905 for a voltage that exploded, E904 for a step that is too coarse; both name the cell and the time."""
    names = list(circuit.cells)  # a batch has them once more for each circuit
    wild = np.argwhere(~(np.abs(voltage_mv) < _LARGEST_MV))
    if len(wild):
        frame, trace = wild[0]
        what = f"the voltage of {names[trace % len(names)]} is {voltage_mv[frame, trace]:.3g} mV"
        what += f" at {(start + frame) * dt_ms:g} ms"
        raise BraincastError(
            "E905", circuit.name, what, "Take shorter steps (--dt-ms), or look at conductances and units"
        )
    moves = np.abs(np.diff(voltage_mv, axis=0))
    frame, trace = np.unravel_index(moves.argmax(), moves.shape)
    if moves[frame, trace] > _LARGEST_MOVE_MV:
        what = f"the voltage of {names[trace % len(names)]} moves by {moves.max():.0f} mV in one step of {dt_ms:g} ms"
        what += f", at {(start + frame) * dt_ms:g} ms"
        raise BraincastError("E904", "--dt-ms", what, f"Give at most {_finer(dt_ms, moves.max()):g}")


def _finer(dt_ms: float, move_mv: float) -> float:
    """A step in which a voltage would move by about 20 mV, in two digits."""
    return float(f"{dt_ms * 20.0 / move_mv:.1g}")


def _check_times(circuit: Circuit, duration_ms: float, dt_ms: float) -> None:
    for name, value in (("--duration-ms", duration_ms), ("--dt-ms", dt_ms)):
        if not (np.isfinite(value) and value > 0):
            raise BraincastError("E305", name, f"{value:g} is not possible", "Give a time above 0, in milliseconds")
    if dt_ms > duration_ms:
        raise BraincastError("E904", "--dt-ms", f"{dt_ms:g} ms is more than the whole {duration_ms:g} ms", "Give less")
    fastest, name = fastest_gate(circuit)
    if dt_ms > _GATES_A_STEP * fastest:
        what = f"{dt_ms:g} ms is more than twice the {fastest:.2g} ms in which {name} moves"
        raise BraincastError("E904", "--dt-ms", what, f"Give at most {_GATES_A_STEP * fastest:.1g}")


def check_steps(circuit: Circuit, duration_ms: float, dt_ms: float) -> None:
    """E305 or E904 for times that `simulate` would refuse, E305 for more voltages than fit in memory."""
    _check_times(circuit, duration_ms, dt_ms)
    longest_ms = _MOST_VOLTAGES / len(circuit.cells) * dt_ms
    if duration_ms > longest_ms:
        what = f"{duration_ms:g} ms in steps of {dt_ms:g} ms are more voltages than are kept"
        raise BraincastError("E305", "--duration-ms", what, f"Give at most {longest_ms:.3g}, or longer steps")


def fastest_gate(circuit: Circuit) -> tuple[float, str]:
    """The shortest time constant (ms) between -80 and 40 mV at the circuit's temperature, and the gate that has it."""
    voltages, found = np.arange(-80.0, 41.0), (np.inf, "")
    for name, current in circuit.currents.items():
        warmth = current.q10.time ** ((circuit.temperature - current.q10.reference) / 10)
        for letter, gate in current.gates.items():
            rate = gate(voltages, circuit.initial.calcium, np.exp)[1]
            found = min(found, (float(1 / (warmth * np.max(rate))), f"gate {letter} of {name}"))
    return found
