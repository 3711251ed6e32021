"""Random walk with drift: the last frame and a trend."""

from __future__ import annotations

import numpy as np

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.by_neuron import fitted_by_neuron
from braincast.models.forecasters.own_past.channel_ridge import LaggedFit
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.own_past.moments import Moments
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE
from braincast.models.forecasters.with_members import with_spread
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining


class Drift(Forecaster):
    """Answers the last frame and, for each frame ahead, the neuron's mean step in training, shrunk towards 0."""

    card = forecaster_card(
        "drift",
        "The last frame of the context and a trend: the neuron's mean step in training, shrunk.",
        {
            "shrinkage": Setting(
                "How many frames without any trend the mean step is shrunk by", sweep=Range(0.0, 10000.0)
            ),
            "scope": SCOPE,
        },
        typical_fit_s=0.1,
    )
    fitted_type = LinearForecast
    candidates: tuple[Settings, ...] = tuple(
        {"shrinkage": shrinkage, "scope": scope} for shrinkage in (0.0, 300.0, 3000.0) for scope in (OWN, POOLED)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> LinearForecast:
        ahead = np.arange(1.0, training.horizon + 1)

        def solve(moments: Moments) -> LaggedFit:
            step = (moments.total[:, 1] - moments.total[:, 0]) / (moments.n_rows + settings["shrinkage"])
            return step[:, None] * ahead, np.ones((len(step), training.horizon, 1))

        fitted = fitted_by_neuron(training, 2, settings["scope"], solve)
        return with_spread(fitted.counting(fitted.intercept[..., 0].size), training)
