"""The dataset `synthetic-lorenz63`: chaotic convection in three variables, seen without noise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from braincast.datasets.card import Content, DatasetCard
from braincast.datasets.dataset import Dataset

if TYPE_CHECKING:
    from braincast.brain.recording import Recording

NAME = "lorenz63"
N_FRAMES, SEED = 24000, 1
FRAME_TIME = 0.05  # in units of the model's time; errors grow e-fold in 1.1
_SPIN_UP = 20.0

CARD = DatasetCard(
    name="synthetic-lorenz63",
    version="1",
    title="A synthetic brain of three units: chaotic convection, seen without noise",
    species="synthetic",
    summary="The model of Lorenz (1963) every 0.05 of its time; 24,000 frames in 8 conditions.",
    n_animals="1 (simulated)",
    licence="CC0-1.0",
    citation=(
        "Lorenz EN (1963) Deterministic nonperiodic flow. Journal of the Atmospheric Sciences 20:130-141. "
        "doi:10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2",
    ),
    sources=(),
    redistribute="yes",
    contents=(
        Content(
            name="recording",
            size="24,000 frames × 3 units, 8 conditions of 3,000 frames",
            unit="arbitrary units",
            citation="generated here",
        ),
    ),
    traps=(
        "Simulated, not measured. Conditions differ in where they start only; each start is on the attractor.",
        "A second is a unit of the model's time. The largest Lyapunov exponent is 0.906 per unit.",
    ),
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen with its recording."""
    from braincast.brain.specimen import Specimen

    recordings = {NAME: convecting_brain(N_FRAMES, seed=SEED)}
    return Dataset(CARD, {NAME: Specimen(NAME, CARD.species, recordings=recordings, n_animals=1)})


def convecting_brain(n_frames: int, *, seed: int, n_conditions: int = 8) -> Recording:
    """The variables x, y, z at every frame as float32, in conditions that each start anew on the attractor."""
    import numpy as np

    from braincast.brain.recording import Recording
    from braincast.datasets.synthetic.conditions import equal_conditions
    from braincast.dynamics.convection import RAYLEIGH, advanced

    conditions = equal_conditions(n_frames, n_conditions)
    start, stop = conditions["start"].to_numpy(), conditions["stop"].to_numpy()
    activity = np.empty((n_frames, 3), np.float32)
    above = np.array([0.0, 0.0, RAYLEIGH - 1])
    states = advanced(above + np.random.default_rng(seed).standard_normal((n_conditions, 3)), _SPIN_UP)
    for passed in range(int((stop - start).max())):
        running = start + passed < stop
        activity[(start + passed)[running]] = states[running]
        states = advanced(states, FRAME_TIME)
    time = FRAME_TIME * np.arange(n_frames, dtype=np.float64)
    return Recording(activity, ("x", "y", "z"), time, "arbitrary units", conditions=conditions)
