"""A small brain whose neurons follow two signals, homologues alike, with neurons to hide; for tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from made_recordings import made_dataset, made_recording

from braincast.brain.connectome import Connectome
from braincast.datasets.dataset import Dataset
from braincast.tasks.forecasting.build import Design
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.imputation.build import build_imputation

NAMES = ("AL", "AR", "BL", "BR", "CL", "CR", "DL", "DR", "E", "F")
# Which of two signals each follows.
SIGNAL = np.array([0, 0, 0, 0, 1, 1, 1, 1, 0, 1])
NOISE = 0.5  # beside a signal of unit variance: homologues correlate by 1 / 1.25


def signals(n_frames: int, seed: int) -> np.ndarray:
    """Neurons [time, neuron] of two slow signals of unit variance, with noise of their own."""
    rng = np.random.default_rng(seed)
    slow = np.zeros((n_frames, 2))
    for frame in range(1, n_frames):
        slow[frame] = 0.8 * slow[frame - 1] + 0.6 * rng.normal(size=2)
    return slow[:, SIGNAL] + NOISE * rng.normal(size=(n_frames, len(NAMES)))


def wired() -> Connectome:
    """Every neuron sends to all that follow the same signal, more to its homologue."""
    pairs = [(a, b) for a in range(len(NAMES)) for b in range(len(NAMES)) if a != b and SIGNAL[a] == SIGNAL[b]]
    pre, post = zip(*[(NAMES[a], NAMES[b]) for a, b in pairs], strict=True)
    return Connectome.from_edges(list(NAMES), pre, post, weight=[1.0 + (a // 2 == b // 2) for a, b in pairs])


def imputation_dataset(n_animals: int = 1, n_frames: int = 800) -> Dataset:
    """As many animals, each with the same wiring of its own."""
    recordings = {
        f"a{seed}": replace(made_recording(signals(n_frames, seed)), neurons=NAMES) for seed in range(n_animals)
    }
    dataset = made_dataset(recordings)
    built = {name: replace(one, connectome=wired(), wiring="same animal") for name, one in dataset.specimens.items()}
    return Dataset(dataset.card, built)


def imputation_task(n_animals: int = 1, *, n_groups: int = 3, held_out_animals: bool = False, **sizes) -> ForecastTask:
    """Windows of eight frames in which a third of the neurons is hidden."""
    dataset = imputation_dataset(n_animals, **sizes)
    design = Design(horizon=8, held_out_animals=held_out_animals)
    card = build_imputation(dataset, "made-imputation", design, n_groups=n_groups, n_resamples=60)
    return ForecastTask(card, lambda: dataset.specimens)
