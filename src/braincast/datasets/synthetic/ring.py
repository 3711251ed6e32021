"""The dataset `synthetic-lorenz96`: a small chaotic ring, seen without noise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from braincast.datasets.card import Content, DatasetCard
from braincast.datasets.dataset import Dataset
from braincast.datasets.synthetic.chaos import CARD as NOISY
from braincast.datasets.synthetic.chaos import FRAME_TIME, chaotic_brain, ring_wiring

NAME = "lorenz96"
N_NEURONS, N_FRAMES, N_CONDITIONS, SEED = 8, 24000, 8, 2

CARD = DatasetCard(
    name="synthetic-lorenz96",
    version="1",
    title="A synthetic brain: a chaotic ring of 8 units, seen without noise",
    species="synthetic",
    summary="The model of Lorenz (1996) at forcing 8, every 0.05 of its time; 24,000 frames in 8 conditions.",
    n_animals="1 (simulated)",
    licence="CC0-1.0",
    citation=NOISY.citation,
    sources=(),
    redistribute="yes",
    contents=(
        Content(
            name="recording",
            size="24,000 frames × 8 neurons, 8 conditions of 3,000 frames",
            unit="arbitrary units",
            citation="generated here",
        ),
        Content(
            name="connectome",
            size="24 edges: each unit is moved by the one after it and the two before it",
            unit="1 for each term of the equation",
            citation="generated here",
        ),
    ),
    traps=(
        "Simulated, not measured. Conditions differ in where they start only; each start is on the attractor.",
        "A second is a unit of the model's time. The largest Lyapunov exponent of 8 units is 1.6 per unit.",
        "Edges multiply: whether one excites or inhibits depends on the state, so signs are 0 (unknown).",
    ),
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen with its recording and true wiring."""
    from dataclasses import replace

    import numpy as np

    from braincast.brain.specimen import Specimen

    recording = chaotic_brain(N_NEURONS, N_FRAMES, seed=SEED, noise_sd=0.0, n_conditions=N_CONDITIONS)
    recording = replace(recording, time_s=FRAME_TIME * np.arange(N_FRAMES, dtype=np.float64))
    wiring = ring_wiring(N_NEURONS)
    specimen = Specimen(
        NAME, CARD.species, connectome=wiring, recordings={NAME: recording}, wiring="same animal", n_animals=1
    )
    return Dataset(CARD, {NAME: specimen})
