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
_SAME_PERIOD, _SAME_RATE = 0.01, 0.02
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

    "converged" says that half the step leaves every cell's number of spikes within 2 % (one spike at least), the
    period within 1 %, and the class as it is. "first_spike_shift_ms" tells of the first spike of each cell.
    """
    rows, runs = [], [found]
    for k in range(1, _HALVINGS + 1):
        runs.append(_run(circuit, asked, asked.dt_ms / 2**k))
    for k, run in enumerate(runs):
        analysis = analysis_in(circuit, run, asked.duration_ms)
        first = {cell: float(times[0]) if len(times) else None for cell, times in run.spike_times_ms.items()}
        spikes = {cell: len(times) for cell, times in run.spike_times_ms.items()}
        row = {"dt_ms": asked.dt_ms / 2**k, "spikes": spikes, "first_spike_ms": first}
        rows.append({**row, "period_ms": analysis["period_ms"], "class": analysis["class"]})
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
    for cell, n in fine["spikes"].items():
        if abs(coarse["spikes"][cell] - n) > max(1, _SAME_RATE * n):
            return False
    periods = coarse["period_ms"], fine["period_ms"]
    if None in periods:
        return periods[0] == periods[1] and coarse["class"] == fine["class"]
    return coarse["class"] == fine["class"] and abs(periods[0] / periods[1] - 1) <= _SAME_PERIOD
