"""Training series taken apart: the signals that neurons share, and what those leave of each neuron."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.memory import remembered
from braincast.models.forecasters.population.principal_factors import principal_factors, signals
from braincast.tasks.forecasting.training import ForecastTraining

Parts = tuple[Float[np.ndarray, "neuron factor"], ForecastTraining, ForecastTraining]


def shared_and_rest(training: ForecastTraining, n_factors: int) -> Parts:
    """Embeddings; the shared signals as a training set of their own; what they leave of each neuron as another."""
    return remembered(training, ("factors", n_factors), lambda: _parts(training, n_factors))


def _parts(training: ForecastTraining, n_factors: int) -> Parts:
    embedding = principal_factors([series.activity for series in training.series], n_factors)
    found = [signals(series.activity, embedding) for series in training.series]
    names = tuple(f"factor {number}" for number in range(embedding.shape[1]))
    pairs = list(zip(training.series, found, strict=True))
    shared = tuple(replace(series, activity=signal.astype(np.float32)) for series, signal in pairs)
    rest = tuple(
        replace(series, activity=(series.activity - signal @ embedding.T).astype(np.float32))
        for series, signal in pairs
    )
    return embedding, replace(training, stand_in=shared, neurons=names), replace(training, stand_in=rest)
