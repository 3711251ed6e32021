"""DLinear: one linear layer for the context's trend and one for what is left, added."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.own_past.shared_linear import fitted_for_all
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining

_KERNEL = 25  # frames of the moving average (Zeng et al. 2023)


class DLinear(Forecaster):
    """The two linear layers that all neurons share, in closed form instead of by gradient steps."""

    card = forecaster_card(
        "dlinear",
        "Two linear maps, shared by all neurons, from the context's moving average and from what it leaves.",
        {"penalty": PENALTY, "scope": SCOPE},
        citation="Zeng, Chen, Zhang & Xu 2023, AAAI 37:11121",
        caveat="Ridge in closed form; the paper trains the same map by gradient steps. The split into trend and rest "
        "changes only what the penalty weighs.",
    )
    fitted_type = LinearForecast
    candidates: tuple[Settings, ...] = tuple(
        {"penalty": penalty, "scope": scope} for penalty in (1e-4, 1e-2, 1.0) for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> LinearForecast:
        trend = moving_average(training.context_frames, _KERNEL)
        inputs = np.concatenate([trend, np.eye(len(trend)) - trend])
        return fitted_for_all(training, inputs, np.zeros(len(trend)), settings["penalty"], settings["scope"])


def moving_average(n_frames: int, kernel: int) -> Float[np.ndarray, "frame lag"]:
    """Each frame's mean over the frames around it; beyond the ends the first and the last frame are repeated."""
    reach = np.arange(kernel) - (kernel - 1) // 2
    seen = np.clip(np.arange(n_frames)[:, None] + reach, 0, n_frames - 1)
    return np.stack([np.bincount(row, minlength=n_frames) for row in seen]) / kernel
