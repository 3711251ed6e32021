"""How neurons go together in training frames: all that linear imputers learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.tasks.forecasting.training import ForecastTraining


@dataclass(frozen=True, eq=False)
class Covariance:
    """Sums over frames of neurons and of products of two, which can be added."""

    n_frames: int
    total: Float[np.ndarray, " neuron"]
    products: Float[np.ndarray, "neuron neuron"]

    def __add__(self, other: Covariance) -> Covariance:
        return Covariance(self.n_frames + other.n_frames, self.total + other.total, self.products + other.products)

    @property
    def mean(self) -> Float[np.ndarray, " neuron"]:
        return self.total / self.n_frames

    @property
    def matrix(self) -> Float[np.ndarray, "neuron neuron"]:
        """Mean products of deviations from the mean."""
        return self.products / self.n_frames - np.outer(self.mean, self.mean)


def covariances(training: ForecastTraining) -> dict[int, Covariance]:
    """Of each recording that is learned from."""
    found: dict[int, Covariance] = {}
    for series in training.series:
        activity = series.activity.astype(np.float64)
        own = Covariance(len(activity), activity.sum(axis=0), activity.T @ activity)
        found[series.recording] = found[series.recording] + own if series.recording in found else own
    return found
