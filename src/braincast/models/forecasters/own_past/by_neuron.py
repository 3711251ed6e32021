"""A fit for each neuron, worked out in blocks of neurons so that any number of them fits in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from braincast.models.forecasters.own_past.channel_ridge import LaggedFit
from braincast.models.forecasters.own_past.linear_forecast import LinearForecast
from braincast.models.forecasters.own_past.moments import Moments, neuron_blocks, neuron_moments
from braincast.models.forecasters.scope import scoped
from braincast.tasks.forecasting.training import ForecastTraining


def fitted_by_neuron(
    training: ForecastTraining, n_frames: int, scope: str, solve: Callable[[Moments], LaggedFit]
) -> LinearForecast:
    """`solve` applied to the moments of each neuron over windows of `n_frames`; all its numbers count as fitted."""
    parts, known = [], np.empty(0, dtype=np.int64)
    for neurons in neuron_blocks(len(training.neurons), n_frames):
        known, evidence = scoped(training, neuron_moments(training, n_frames, neurons), scope)
        fits = [solve(moments) for moments in evidence]
        parts.append((np.stack([i for i, _ in fits]), np.stack([w for _, w in fits])))
    intercept, weights = (np.concatenate(values, axis=1) for values in zip(*parts, strict=True))
    return LinearForecast(intercept, weights, known, intercept.size + weights.size)
