"""The experiment on each animal: control, then a modulator at a known frame, again and again; as it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braincast.brain.recording import Recording
from braincast.dynamics.conductance.circuit import Circuit
from braincast.dynamics.conductance.equations import Parameters, State, equations_of, parameters_of, stacked
from braincast.dynamics.conductance.frames import framed
from braincast.dynamics.conductance.integrators import STAGGERED
from braincast.dynamics.conductance.steps import beginning

DT_MS = 0.1
STEPS_PER_SAMPLE = 10  # voltages are sampled each millisecond
FINE_MS, COARSE_MS = 5, 50
FINE_PER_COARSE = COARSE_MS // FINE_MS
RESOLUTION_MV = 0.01
STATE_GRID = 2.0**-16  # of states in the simulation: far below the noise, far above what processors disagree about
CONTROL = "control"
_CHUNK_FRAMES = 200  # of one compiled program, which is run again and again


@dataclass(frozen=True)
class Protocol:
    """How an animal is recorded: in each section it settles unseen, is seen for `control_s`, then under a modulator.

    Of a section's last control `context_s` and what follows for `modulated_s` make the modulator's condition, so that
    the context of its one window is unmodulated and its targets are modulated. `noise` is the standard deviation of a
    current that is drawn anew for each fine frame, in µA/cm².
    """

    control_s: float = 13.0
    context_s: float = 3.0
    modulated_s: float = 5.0
    settle_s: float = 5.0
    repeats: int = 2
    noise: float = 0.05
    seed: int = 2004


def record(animals: Mapping[str, Circuit], modulators: Sequence[str], protocol: Protocol) -> dict[str, dict]:
    """Of each animal the recordings `slow-wave` (frames of 50 ms, everything) and `voltage` (5 ms, control alone)."""
    sections = [name for _ in range(protocol.repeats) for name in modulators]
    lanes = [(animal, number) for animal in range(len(animals)) for number in range(len(sections))]
    own = [circuit for circuit in animals.values() for _ in sections]
    applied = [circuit.changed({name: 1.0}) for circuit in animals.values() for name in sections]
    n_control, n_modulated = _n_fine(protocol.control_s + protocol.context_s), _n_fine(protocol.modulated_s)
    n_settle = _n_fine(protocol.settle_s)
    n_frames = n_settle + n_control + n_modulated
    draws = [np.random.default_rng(np.random.SeedSequence([protocol.seed, *lane])) for lane in lanes]
    with jax.enable_x64(True):
        before, after = _batch(own), _batch(applied)
        state = _anywhere(own[0], before, draws)
        noise = np.stack([protocol.noise * rng.standard_normal((n_frames, len(own[0].cells))) for rng in draws])
        edge = n_settle + n_control
        state, control = _frames(own[0], before, state, noise[:, :edge])
        _, modulated = _frames(own[0], after, state, noise[:, edge:])
    fine = np.concatenate([control[:, n_settle:], modulated], axis=1)
    cells = tuple(own[0].cells)
    return {
        name: _recordings(fine[row * len(sections) :][: len(sections)], sections, modulators, cells, protocol)
        for row, name in enumerate(animals)
    }


def _frames(
    circuit: Circuit, parameters: Parameters, state: State, drives: Float[np.ndarray, "lane frame cell"]
) -> tuple[State, Float[np.ndarray, "lane frame cell"]]:
    found = []
    for start in range(0, drives.shape[1], _CHUNK_FRAMES):
        part = jnp.asarray(drives[:, start : start + _CHUNK_FRAMES])
        sizes = part.shape[1], FINE_MS, STEPS_PER_SAMPLE
        state, voltage, _ = framed(
            equations_of(circuit), parameters, state, jnp.asarray(DT_MS), STAGGERED, *sizes, part, grid=STATE_GRID
        )
        found.append(np.asarray(voltage))
    return state, np.concatenate(found, axis=1)


def _batch(circuits: Sequence[Circuit]) -> Parameters:
    return stacked([parameters_of(circuit) for circuit in circuits])


def _anywhere(circuit: Circuit, parameters: Parameters, draws: Sequence[np.random.Generator]) -> State:
    """Initial states all over the cycle, so that every section begins at another phase."""
    state = beginning(equations_of(circuit), parameters, jnp.asarray(DT_MS), STAGGERED)
    n_cells = state.voltage.shape[1]
    voltage = np.stack([rng.uniform(-65.0, -40.0, n_cells) for rng in draws])
    calcium = np.stack([rng.uniform(0.05, 20.0, n_cells) for rng in draws])
    return state._replace(voltage=jnp.asarray(voltage), calcium=jnp.asarray(calcium))


def _recordings(
    fine: Float[np.ndarray, "section frame cell"],
    sections: Sequence[str],
    modulators: Sequence[str],
    cells: tuple[str, ...],
    protocol: Protocol,
) -> dict[str, Recording]:
    coarse = fine.reshape(len(fine), -1, FINE_PER_COARSE, len(cells)).mean(axis=2)
    n_section, n_control = coarse.shape[1], round(1e3 * protocol.control_s / COARSE_MS)
    n_plain = n_section - round(1e3 * protocol.modulated_s / COARSE_MS)
    conditions, applied = [], np.zeros((len(fine), n_section, len(modulators)), np.float32)
    for number, name in enumerate(sections):
        start = number * n_section
        conditions.append((CONTROL, start, start + n_control))
        conditions.append((name, start + n_control, start + n_section))
        applied[number, n_plain:, modulators.index(name)] = 1.0
    track = xr.DataArray(
        applied.reshape(-1, len(modulators)), {"feature": list(modulators)}, ("time", "feature"), name="modulators"
    )
    slow = _recording(coarse, COARSE_MS, cells, conditions, track)
    kept = fine[:, : n_control * FINE_PER_COARSE]
    length = kept.shape[1]
    controls = [(CONTROL, number * length, (number + 1) * length) for number in range(len(kept))]
    return {"slow-wave": slow, "voltage": _recording(kept, FINE_MS, cells, controls, None)}


def _recording(
    frames: Float[np.ndarray, "section frame cell"],
    frame_ms: int,
    cells: tuple[str, ...],
    conditions: Sequence[tuple[str, int, int]],
    track: xr.DataArray | None,
) -> Recording:
    """As a digitiser writes it: whole steps of its resolution, so that no machine's last bit is in it."""
    values = np.round(frames.reshape(-1, len(cells)) / RESOLUTION_MV) * RESOLUTION_MV
    time_s = np.arange(len(values)) * frame_ms / 1e3
    table = pd.DataFrame(conditions, columns=["name", "start", "stop"])
    anatomy = pd.DataFrame({"cell_type": list(cells)})
    return Recording(values.astype(np.float32), cells, time_s, "mV", stimulus=track, conditions=table, anatomy=anatomy)


def _n_fine(seconds: float) -> int:
    return round(1e3 * seconds / FINE_MS)
