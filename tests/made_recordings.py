"""Small recordings and the forecast tasks on them, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from braincast.brain.recording import Recording
from braincast.brain.specimen import Specimen
from braincast.datasets.card import DatasetCard
from braincast.datasets.dataset import Dataset
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.task import ForecastTask


def random_walks(n_frames: int = 200, n_neurons: int = 5, *, seed: int = 0) -> np.ndarray:
    """Leaky random walks [time, neuron] of unlike means and sizes, float32."""
    rng = np.random.default_rng(seed)
    activity = np.zeros((n_frames, n_neurons))
    for frame in range(1, n_frames):
        activity[frame] = 0.9 * activity[frame - 1] + rng.normal(size=n_neurons)
    return (10 * np.arange(n_neurons) + (1 + np.arange(n_neurons)) * activity).astype(np.float32)


def made_recording(activity: np.ndarray | None = None, **changes) -> Recording:
    """A recording with a frame every half second."""
    activity = random_walks() if activity is None else activity
    neurons = tuple(f"n{number}" for number in range(activity.shape[1]))
    given = {"time_s": 0.5 * np.arange(activity.shape[0]), "unit": "dF/F", **changes}
    return Recording(activity, neurons, **given)


def places(n_neurons: int = 5, *, seed: int = 0) -> pd.DataFrame:
    """An anatomy with a place for each neuron, in a cube of 100 µm."""
    position = np.random.default_rng(seed).uniform(0, 100, size=(n_neurons, 3))
    return pd.DataFrame(position, columns=["x_um", "y_um", "z_um"])


def made_dataset(recordings: Mapping[str, Recording] | Recording | None = None, name: str = "made") -> Dataset:
    """One animal for each recording."""
    if not isinstance(recordings, Mapping):
        recordings = {"one": recordings or made_recording()}
    card = DatasetCard(
        name=name,
        version="1",
        title="Made up",
        species="none",
        summary="Random walks.",
        n_animals=str(len(recordings)),
        licence="none",
        citation=(),
        sources=(),
        redistribute="yes",
        contents=(),
    )
    return Dataset(card, {key: Specimen(key, "none", recordings={"all": r}) for key, r in recordings.items()})


def made_task(
    dataset: Dataset | None = None, name: str = "made", changes: Mapping[str, Any] | None = None, **design
) -> ForecastTask:
    """A task on a made dataset, with short windows; `changes` are fields of its card."""
    dataset = dataset or made_dataset()
    chosen = Design(**{"context": 6, "horizon": 3, **design})
    return ForecastTask(build(dataset, name, chosen, **(changes or {})), lambda: dataset.specimens)


def three_conditions(n_frames: int = 200) -> pd.DataFrame:
    """Conditions with a frame between them that belongs to none."""
    third = n_frames // 3
    rows = [("a", 0, third), ("b", third + 1, 2 * third), ("c", 2 * third + 1, n_frames)]
    return pd.DataFrame(rows, columns=["name", "start", "stop"])
