"""Sums of products between all neurons' last frames, and with the frames to come, for vector autoregressions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float
from numpy.lib.stride_tricks import sliding_window_view

from braincast.errors import BraincastError
from braincast.models.forecasters.memory import remembered
from braincast.models.forecasters.own_past.shared_linear import ORDER
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining

# Neurons times order, and these times neurons times leads: products of either take 128 MiB.
MOST_FEATURES, MOST_WEIGHTS = 4096, 4096 * 4096
_ROWS_AT_ONCE = 4096
# Time and memory go with the square of the order times the neurons.
POPULATION_ORDER = replace(ORDER, sweep=Range(1, 12, log=True))


@dataclass(frozen=True, eq=False)
class PopulationMoments:
    """Sums over `n_rows` windows. Features are the last frames, one after the other; outputs those to come."""

    n_rows: int
    feature_total: Float[np.ndarray, " feature"]
    output_total: Float[np.ndarray, " output"]
    gram: Float[np.ndarray, "feature feature"]
    cross: Float[np.ndarray, "feature output"]

    def __add__(self, other: PopulationMoments) -> PopulationMoments:
        return PopulationMoments(
            self.n_rows + other.n_rows,
            self.feature_total + other.feature_total,
            self.output_total + other.output_total,
            self.gram + other.gram,
            self.cross + other.cross,
        )

    @cached_property
    def covariance(self) -> Float[np.ndarray, "feature feature"]:
        """Of the features."""
        mean = self.feature_total / self.n_rows
        return self.gram / self.n_rows - np.outer(mean, mean)

    @cached_property
    def cross_covariance(self) -> Float[np.ndarray, "feature output"]:
        """Of the features with the outputs."""
        return self.cross / self.n_rows - np.outer(self.feature_total, self.output_total) / self.n_rows**2

    @cached_property
    def axes(self) -> tuple[Float[np.ndarray, " feature"], Float[np.ndarray, "feature feature"]]:
        """Eigenvalues and eigenvectors of the features' covariance: found once, whatever the penalty."""
        return np.linalg.eigh(self.covariance)

    def ridge(self, penalty: float, base: Float[np.ndarray, "feature output"]) -> Float[np.ndarray, "feature output"]:
        """Weights of least mean squared error + penalty · |weights - base|²; the intercept is free (`intercept`)."""
        values, vectors = self.axes
        toward = self.cross_covariance - self.covariance @ base
        return base + vectors @ ((vectors.T @ toward) / (np.maximum(values, 0.0) + penalty + 1e-9)[:, None])

    def intercept(self, weights: Float[np.ndarray, "feature output"]) -> Float[np.ndarray, " output"]:
        """What makes the mean error 0."""
        return (self.output_total - self.feature_total @ weights) / self.n_rows


def within_limits(order: int, n_ahead: int, training: ForecastTraining) -> int:
    """The order, lowered to the context and to what the limits leave for so many neurons; 1 at the least."""
    n_neurons = len(training.neurons)
    most = min(MOST_FEATURES // n_neurons, MOST_WEIGHTS // (n_neurons * n_neurons * n_ahead))
    return max(1, min(order, training.context_frames, most))


def population_moments(training: ForecastTraining, order: int, n_ahead: int) -> dict[int, PopulationMoments]:
    """The moments of all neurons' last `order` frames and the next `n_ahead`, by recording.

    E306 beyond what `within_limits` can lower, or when no training piece is long enough.
    """
    n_features, n_frames = order * len(training.neurons), order + n_ahead
    n_weights = n_features * n_ahead * len(training.neurons)
    if n_features > MOST_FEATURES or n_weights > MOST_WEIGHTS:
        what = f"it weighs every neuron against every other: {n_weights:,} weights, more than {MOST_WEIGHTS:,}"
        raise BraincastError("E306", "model", what, "Use pooled-linear, factor-embedding or lds for so many neurons")
    longest = max((len(series.activity) for series in training.series), default=0)
    if longest < n_frames:
        what = f"a window takes {n_frames} frames, but the longest training piece has {longest}"
        raise BraincastError("E306", "training", what, "Choose a lower order")

    def make() -> dict[int, PopulationMoments]:
        found: dict[int, PopulationMoments] = {}
        for series in training.series:
            if len(series.activity) >= n_frames:
                of = _moments(series.activity, order, n_ahead)
                found[series.recording] = found[series.recording] + of if series.recording in found else of
        return found

    return remembered(training, ("population moments", order, n_ahead), make)


def _moments(activity: Float[np.ndarray, "time neuron"], order: int, n_ahead: int) -> PopulationMoments:
    n_neurons, n_rows = activity.shape[1], len(activity) - order - n_ahead + 1
    features, outputs = order * n_neurons, n_ahead * n_neurons
    sums = [np.zeros(features), np.zeros(outputs), np.zeros((features, features)), np.zeros((features, outputs))]
    for first in range(0, n_rows, _ROWS_AT_ONCE):
        last = min(first + _ROWS_AT_ONCE, n_rows) + order + n_ahead - 1
        rows = lagged_rows(activity[first:last].astype(float), order + n_ahead)
        before, after = rows[:, :features], rows[:, features:]
        for total, part in zip(sums, (before.sum(0), after.sum(0), before.T @ before, before.T @ after), strict=True):
            total += part
    return PopulationMoments(n_rows, *sums)


def lagged_rows(activity: Float[np.ndarray, "time neuron"], n_frames: int) -> Float[np.ndarray, "row feature"]:
    """All windows of `n_frames`, each as one row: frame after frame, the neurons in order."""
    windows = sliding_window_view(activity, n_frames, axis=0).transpose(0, 2, 1)
    return windows.reshape(len(windows), -1)
