"""Pooled linear: the change until each lead from the whole context, by weights that all neurons share."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY, frames_of
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.own_past.shared_linear import ORDER, fitted_for_all
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE
from braincast.models.interface import Setting, Settings
from braincast.tasks.forecasting.training import ForecastTraining

LEVELS, CHANGES = "levels", "changes"
FEATURES = Setting(
    "levels: the context's frames as they are; changes: each less the last one, blind to where the neuron stands",
    kind=str,
    choices=(LEVELS, CHANGES),
)
_WHOLE = 1000


class PooledLinear(Forecaster):
    """Ridge regression of x[t + lead] - x[t] on the context, one for each lead, over all neurons at once."""

    card = forecaster_card(
        "pooled-linear",
        "The change until each lead from the context's frames by ridge regression, with weights shared by all neurons.",
        {"order": ORDER, "features": FEATURES, "penalty": PENALTY, "scope": SCOPE},
        caveat="All neurons share one time scale. With changes as features and the whole context it is nlinear.",
    )
    fitted_type = LinearForecast
    candidates: tuple[Settings, ...] = tuple(
        {"order": order, "features": features, "penalty": 1e-2, "scope": scope}
        for order in (8, _WHOLE)
        for features in (LEVELS, CHANGES)
        for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> LinearForecast:
        order = min(settings["order"], training.context_frames)
        inputs = features_of(order, settings["features"])
        return fitted_for_all(training, inputs, np.eye(order)[-1], settings["penalty"], settings["scope"])


def features_of(order: int, kind: str) -> Float[np.ndarray, "feature lag"]:
    """How features are made of the last `order` frames."""
    levels = frames_of(0, order, order)
    return levels if kind == LEVELS else levels[:-1] - levels[-1]
