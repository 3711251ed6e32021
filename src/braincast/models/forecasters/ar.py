"""Autoregression: each neuron from its own last frames, one step at a time."""

from __future__ import annotations

from functools import partial

import numpy as np

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.autoregression import iterated_ridge
from braincast.models.forecasters.own_past.by_neuron import fitted_by_neuron
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.own_past.shared_linear import ORDER
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE
from braincast.models.forecasters.with_members import with_spread
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class Autoregression(Forecaster):
    """A ridge autoregression for each neuron, iterated over the leads."""

    card = forecaster_card(
        "ar",
        "Each neuron from its own last frames by ridge regression, one step at a time.",
        {
            "order": ORDER,
            "penalty": PENALTY,
            "scope": SCOPE,
        },
        citation="Yule 1927, Phil. Trans. R. Soc. A 226:267",
        typical_fit_s=1.0,
    )
    fitted_type = LinearForecast
    candidates: tuple[Settings, ...] = tuple(
        {"order": order, "penalty": 1e-3, "scope": scope} for order in (1, 2, 4, 8) for scope in (OWN, POOLED)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> LinearForecast:
        order = min(settings["order"], training.context_frames)
        solve = partial(iterated_ridge, penalty=settings["penalty"], horizon=training.horizon)
        fitted = fitted_by_neuron(training, order + 1, settings["scope"], solve)
        n_fitted = int(np.prod(fitted.intercept.shape[:2])) * (order + 1)
        return with_spread(fitted.counting(n_fitted), training)
