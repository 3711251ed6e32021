"""NLinear: one linear layer on a context whose last value was taken away, added again at the end."""

from __future__ import annotations

import numpy as np

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.own_past.shared_linear import fitted_for_all
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class NLinear(Forecaster):
    """The linear layer that all neurons share, in closed form instead of by gradient steps."""

    card = forecaster_card(
        "nlinear",
        "One linear map, shared by all neurons, from the context less its last frame to the changes since then.",
        {"penalty": PENALTY, "scope": SCOPE},
        citation="Zeng, Chen, Zhang & Xu 2023, AAAI 37:11121",
        caveat="Least squares in closed form; the paper trains the same map by gradient steps.",
    )
    fitted_type = LinearForecast
    candidates: tuple[Settings, ...] = tuple(
        {"penalty": penalty, "scope": scope} for penalty in (1e-4, 1e-2, 1.0) for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> LinearForecast:
        frames = np.eye(training.context_frames)
        last = frames[-1]
        return fitted_for_all(training, frames[:-1] - last, last, settings["penalty"], settings["scope"])
