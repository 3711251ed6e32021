"""The training mean: the floor of every forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.spread import Spread
from braincast.models.forecasters.with_members import WithMembers, with_spread
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows


@dataclass(frozen=True, eq=False)
class FittedMean(WithMembers):
    """Each neuron's level. It follows from the unit where activity is standardised, so it does not count as fitted."""

    level: Float[np.ndarray, " neuron"]
    n_fitted: int = 0
    spread: Spread | None = None

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        return np.broadcast_to(self.level, windows.shape)


class Mean(Forecaster):
    """Answers each neuron's training mean, which is 0 where activity is standardised."""

    card = forecaster_card(
        "mean",
        "Each neuron's mean over the training frames.",
        typical_fit_s=0.1,
        kinds=("forecast", "rollout", "imputation"),
    )
    fitted_type = FittedMean

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> FittedMean:
        level = training.mean
        return with_spread(FittedMean(level, len(level) if level.any() else 0), training)
