"""One simulation of a circuit, its rhythm, and the same with shorter steps."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from braincast.brain.arrays import write_arrays
from braincast.dynamics.conductance import Circuit, Simulation, simulate
from braincast.dynamics.rhythm import analysis_of
from braincast.progress import step
from braincast.version import VERSION

VOLTAGE = "voltage.zarr"
_HALVINGS = 2
_SAME_PERIOD, _SAME_PHASE, _SAME_COUNT = 0.01, 0.02, 0.02
_KEPT = 400_000  # samples of each cell that are written


@dataclass(frozen=True)
class Asked:
    """How a circuit is simulated: `changes` as they were given, times in ms."""

    circuit: str
    changes: Mapping[str, Any]
    duration_ms: float
    dt_ms: float
    integrator: str


@dataclass(frozen=True, eq=False)
class Simulated:
    """What a circuit did, what is said of its rhythm, and how much shorter steps change that."""

    asked: Asked
    simulation: Simulation
    analysis: dict[str, Any]
    convergence: dict[str, Any] | None
    wall_s: float


def simulated(circuit: Circuit, asked: Asked, *, check_convergence: bool = False) -> Simulated:
    """Simulate, judge the rhythm, and look at half and a quarter of the step if asked to."""
    began = time.perf_counter()
    with step(f"Simulating {asked.duration_ms:g} ms of {asked.circuit}"):
        found = _run(circuit, asked, asked.dt_ms)
    wall_s = time.perf_counter() - began
    analysis = analysis_in(circuit, found, asked.duration_ms)
    convergence = None
    if check_convergence:
        with step("Simulating with shorter steps"):
            convergence = converging(circuit, asked, found)
    return Simulated(asked, found, analysis, convergence, wall_s)


def analysis_in(circuit: Circuit, found: Simulation, duration_ms: float) -> dict[str, Any]:
    """The rhythm once the circuit has settled."""
    settle = min(circuit.settle, duration_ms / 2)
    return analysis_of(found.spike_times_ms, from_ms=settle, to_ms=duration_ms)


def converging(circuit: Circuit, asked: Asked, found: Simulation) -> dict[str, Any]:
    """What half and a quarter of the step change, and whether the answer is trustworthy.

    Of a circuit with a rhythm, "converged" says that half the step leaves its class as it is, its period within 1 %,
    its duty cycles and phases within 0.02; without a rhythm, every cell's number of spikes within 2 % (or one). How
    many spikes a burst has may hang on the last bit, and is told but not judged.
    """
    rows, runs = [], [found]
    for k in range(1, _HALVINGS + 1):
        runs.append(_run(circuit, asked, asked.dt_ms / 2**k))
    for k, run in enumerate(runs):
        analysis = analysis_in(circuit, run, asked.duration_ms)
        first = {cell: float(times[0]) if len(times) else None for cell, times in run.spike_times_ms.items()}
        spikes = {cell: len(times) for cell, times in run.spike_times_ms.items()}
        told = {name: analysis[name] for name in ("class", "period_ms", "duty", "phase")}
        rows.append({"dt_ms": asked.dt_ms / 2**k, "spikes": spikes, "first_spike_ms": first, **told})
    return {"converged": _agree(rows[0], rows[1]), "steps": rows}


def configuration(circuit: Circuit, asked: Asked, check_convergence: bool) -> dict[str, Any]:
    """What was asked of which circuit, all that decides the result."""
    told = {**asdict(asked), "check_convergence": check_convergence, "braincast": VERSION}
    return {**told, "declared": circuit.model_dump(mode="json", by_alias=True)}


def write_voltage(folder: Path, found: Simulated) -> None:
    """`voltage.zarr`: voltage_mv[time, cell], thinned to at most 400,000 samples."""
    simulation = found.simulation
    every = -(-len(simulation.time_ms) // _KEPT)
    arrays = {
        "time_ms": (("time",), simulation.time_ms[::every]),
        "voltage_mv": (("time", "cell"), simulation.voltage_mv[::every].astype(np.float32)),
    }
    write_arrays(folder / VOLTAGE, arrays, {"units": "mV", "cells": list(simulation.cells), "braincast": VERSION})


def document(found: Simulated, path: Path) -> dict[str, Any]:
    """What `braincast simulate circuit --json` prints; `path` is where the folder will lie."""
    return {
        "circuit": found.simulation.circuit.title,
        "spike_times_ms": {cell: times.tolist() for cell, times in found.simulation.spike_times_ms.items()},
        "rate_hz": found.simulation.rate_hz,
        "analysis": found.analysis,
        "convergence": found.convergence,
        "asked": asdict(found.asked),
        "wall_s": found.wall_s,
        "braincast": VERSION,
        "files": {"folder": str(path), "voltage": str(path / VOLTAGE)},
    }


def _run(circuit: Circuit, asked: Asked, dt_ms: float) -> Simulation:
    return simulate(circuit, duration_ms=asked.duration_ms, dt_ms=dt_ms, integrator=asked.integrator)  # pyright: ignore[reportArgumentType]


def _agree(coarse: Mapping[str, Any], fine: Mapping[str, Any]) -> bool:
    periods = coarse["period_ms"], fine["period_ms"]
    if coarse["class"] != fine["class"] or (periods[0] is None) != (periods[1] is None):
        return False
    if periods[0] is None:
        counts = [(coarse["spikes"][cell], n) for cell, n in fine["spikes"].items()]
        return all(abs(a - b) <= max(1, _SAME_COUNT * b) for a, b in counts)
    moves = [_difference(a, b) for a, b in zip(_places(coarse), _places(fine), strict=True)]
    return abs(periods[0] / periods[1] - 1) <= _SAME_PERIOD and max(moves, default=0.0) <= _SAME_PHASE


def _places(row: Mapping[str, Any]) -> list[float | None]:
    """Duty cycles and phases."""
    return [*row["duty"].values(), *(end for phase in row["phase"].values() for end in phase.values())]


def _difference(a: float | None, b: float | None) -> float:
    """How far two phases are apart, the short way round; infinite where only one is defined."""
    if a is None or b is None:
        return 0.0 if a is b else float("inf")
    return abs((a - b + 0.5) % 1 - 0.5)
