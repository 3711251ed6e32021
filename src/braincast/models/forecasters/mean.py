"""The training mean: the floor of every forecast."""

from __future__ import annotations

import numpy as np

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast, same_everywhere
from braincast.models.forecasters.with_members import with_spread
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class Mean(Forecaster):
    """Answers each neuron's training mean, which is 0 where activity is standardised."""

    card = forecaster_card("mean", "Each neuron's mean over the training frames.", typical_fit_s=0.1)
    fitted_type = LinearForecast

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> LinearForecast:
        level = training.mean
        if not level.any():
            return with_spread(same_everywhere(np.zeros((training.horizon, 1))), training)
        intercept = np.repeat(level[None, :, None], training.horizon, axis=2)
        weights = np.zeros((*intercept.shape, 1))
        return with_spread(LinearForecast(intercept, weights, np.empty(0, dtype=np.int64), 0), training)
