"""A small forecast task, and models whose validation error is known, for tests of sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from made_recordings import made_dataset, made_recording, made_task, random_walks

from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError
from braincast.experiments.sweeps.trials import Trial
from braincast.models.interface import ModelCard, Setting
from braincast.models.space import Range
from braincast.tasks.forecasting.task import ForecastTask


def walks_task(activity: np.ndarray | None = None) -> ForecastTask:
    """Random walks of three neurons."""
    return made_task(made_dataset(made_recording(random_walks(160, 3) if activity is None else activity)))


def walks_specimens(activity: np.ndarray) -> dict[str, Specimen]:
    """The animals of `walks_task` with another activity."""
    return made_dataset(made_recording(activity)).specimens


@dataclass(frozen=True)
class FittedLevel:
    """Says the same of everything."""

    level: float

    @property
    def n_parameters(self) -> int:
        return 1

    def forecast(self, cases: Any, prepared: Any) -> np.ndarray:
        return np.full((len(cases), cases.horizon, len(cases.neurons)), self.level, dtype=np.float32)


class Level:
    """A model that says `level`; the errors in `failing` happen from a level of 5 on."""

    fitted_type = FittedLevel
    candidates = ({"level": 2.0, "step": 1, "strict": False},)
    card = ModelCard(
        "level",
        "Says a number.",
        ("forecast",),
        ("activity",),
        {
            "level": Setting("What it says", lower=-10.0, upper=10.0, sweep=Range(-8.0, 8.0)),
            "step": Setting("Nothing", kind=int, lower=1.0, upper=99.0),
            "strict": Setting("Nothing either", kind=bool),
        },
        answers=("activity",),
    )

    def __init__(self, failing: str = "") -> None:
        self.failing, self.n_fits = failing, 0

    def prepare(self, structure: Any) -> None:
        return None

    def fit(self, training: Any, prepared: None, settings: Any, *, seed: int) -> FittedLevel:
        self.n_fits += 1
        level = settings["level"]
        if self.failing and level >= (5.0 if self.failing != "E505" else 1.0):
            raise BraincastError(self.failing, "model level", "too high", "Lower it")
        return FittedLevel(float("inf") if level < -5.0 else level)


def untimed(trials: Sequence[Trial]) -> list[Trial]:
    """The trials without what they took."""
    return [replace(trial, fit_s=0.0) for trial in trials]
