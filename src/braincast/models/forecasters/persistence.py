"""Persistence: nothing changes."""

from __future__ import annotations

import numpy as np

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast, same_everywhere
from braincast.models.forecasters.with_members import with_spread
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class Persistence(Forecaster):
    """Answers the last frame of the context at every lead."""

    card = forecaster_card(
        "persistence",
        "The last frame of the context, at every lead.",
        caveat="Weak where single frames are noisy.",
        typical_fit_s=0.1,
    )
    fitted_type = LinearForecast

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> LinearForecast:
        return with_spread(same_everywhere(np.ones((training.horizon, 1))), training)
