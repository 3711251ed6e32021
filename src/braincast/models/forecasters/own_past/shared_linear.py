"""A direct ridge for each lead with weights that all neurons share."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.own_past.channel_ridge import LaggedFit, channel_ridge
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.own_past.moments import Moments, shared_moments
from braincast.models.forecasters.scope import scoped
from braincast.models.forecasters.with_members import with_spread
from braincast.models.interface import Setting
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining

ORDER = Setting(
    "How many frames it looks back, at most the context",
    kind=int,
    lower=1.0,
    upper=1000.0,
    sweep=Range(1, 48, log=True),
)


def fitted_for_all(
    training: ForecastTraining,
    inputs: Float[np.ndarray, "feature lag"],
    base: Float[np.ndarray, " lag"],
    penalty: float,
    scope: str,
) -> LinearForecast:
    """The fit over all neurons at once, with members.

    `inputs` makes features of the context's last frames; targets are measured from `base`, weights on the same frames
    (its last one: what is fitted is the change until each lead).
    """
    n_frames = inputs.shape[1] + training.horizon
    known, evidence = scoped(training, shared_moments(training, n_frames), scope)
    fits = [direct(moments, inputs, base, penalty) for moments in evidence]
    intercept, weights = np.stack([i for i, _ in fits]), np.stack([w for _, w in fits])
    n_fitted = intercept.size * (1 + len(inputs))
    return with_spread(LinearForecast(intercept, weights, known, n_fitted), training)


def direct(
    moments: Moments, inputs: Float[np.ndarray, "feature lag"], base: Float[np.ndarray, " lag"], penalty: float
) -> LaggedFit:
    """Intercept and weights on the last frames themselves, for each channel and lead."""
    n_frames, order = moments.total.shape[1], inputs.shape[1]
    context, targets = np.eye(n_frames)[:order], np.eye(n_frames)[order:]
    outputs = targets - base @ context
    intercept, weights = channel_ridge(moments, inputs @ context, outputs, penalty)
    return intercept, weights @ inputs + base
