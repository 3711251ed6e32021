"""Direct autoregression: each neuron from its own last frames, each lead by weights of its own."""

from __future__ import annotations

from functools import partial

import numpy as np

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.by_neuron import fitted_by_neuron
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.own_past.shared_linear import ORDER, direct
from braincast.models.forecasters.population.towards import TOWARDS, base_of
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE
from braincast.models.forecasters.with_members import with_spread
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class DirectAutoregression(Forecaster):
    """A ridge regression for each neuron and lead on the neuron's own last frames."""

    card = forecaster_card(
        "ar-direct",
        "Each neuron from its own last frames by ridge regression, one for each lead.",
        {"order": ORDER, "penalty": PENALTY, "towards": TOWARDS, "scope": SCOPE},
        citation="Marcellino, Stock & Watson 2006, J. Econometrics 135:499",
        typical_fit_s=2.0,
    )
    fitted_type = LinearForecast
    candidates: tuple[Settings, ...] = tuple(
        {"order": order, "penalty": penalty, "towards": towards, "scope": scope}
        for order, penalty in ((8, 1e-2), (48, 1e-1))
        for towards in ("mean", "persistence")
        for scope in (OWN, POOLED)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> LinearForecast:
        order = min(settings["order"], training.context_frames)
        base = base_of(settings["towards"], order)
        solve = partial(direct, inputs=np.eye(order), base=base, penalty=settings["penalty"])
        fitted = fitted_by_neuron(training, order + training.horizon, settings["scope"], solve)
        return with_spread(fitted, training)
