"""Vector autoregressions by ridge regression: settings and fit that several models share."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from braincast.models.forecasters.population.population_forecast import PopulationForecast
from braincast.models.forecasters.population.population_moments import (
    PopulationMoments,
    population_moments,
    within_limits,
)
from braincast.models.forecasters.population.towards import OWN_PAST, base_of
from braincast.models.forecasters.scope import scoped
from braincast.models.forecasters.with_members import with_spread
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining

_OWN_PENALTY = 1e-3  # keeps a constant neuron's equations solvable


def fitted_to_population(training: ForecastTraining, settings: Settings, n_ahead: int) -> PopulationForecast:
    """Ridge weights from the last `order` frames of all neurons to the next `n_ahead`, with members."""
    order = within_limits(settings["order"], n_ahead, training)
    chosen = settings["penalty"], settings["towards"], settings["scope"]
    return with_spread(ridge_to_population(training, order, n_ahead, *chosen), training)


def ridge_to_population(
    training: ForecastTraining, order: int, n_ahead: int, penalty: float, towards: str, scope: str
) -> PopulationForecast:
    """The same without members, which need validation windows."""
    known, evidence = scoped(training, population_moments(training, order, n_ahead), scope)
    bases = [population_base(towards, moments, len(training.neurons)) for moments in evidence]
    weights = np.stack([moments.ridge(penalty, base) for moments, base in zip(evidence, bases, strict=True)])
    return with_intercepts(evidence, weights, known, weights.size)


def with_intercepts(
    evidence: list[PopulationMoments],
    weights: Float[np.ndarray, "fit feature output"],
    known: Int[np.ndarray, " known"],
    n_fitted: int,
) -> PopulationForecast:
    """Weights with the intercepts that belong to them."""
    intercept = np.stack([moments.intercept(w) for moments, w in zip(evidence, weights, strict=True)])
    return PopulationForecast(intercept, weights, known, n_fitted + intercept.size)


def population_base(towards: str, moments: PopulationMoments, n_neurons: int) -> Float[np.ndarray, "feature output"]:
    """The weights that a large penalty leads to: none, or from each neuron to itself alone."""
    n_features, n_outputs = moments.cross.shape
    order, n_ahead = n_features // n_neurons, n_outputs // n_neurons
    if towards == OWN_PAST:
        own = _own_past(moments, n_neurons)
    else:
        own = np.tile(base_of(towards, order)[:, None], (n_neurons, 1, n_ahead))
    base = np.zeros((order, n_neurons, n_ahead, n_neurons))
    neuron = np.arange(n_neurons)
    base[:, neuron, :, neuron] = own
    return base.reshape(n_features, n_outputs)


def _own_past(moments: PopulationMoments, n_neurons: int) -> Float[np.ndarray, "neuron lag lead"]:
    """Least squares of each neuron's next frames on its own last ones."""
    neuron = np.arange(n_neurons)
    n_features, n_outputs = moments.cross.shape
    order, n_ahead = n_features // n_neurons, n_outputs // n_neurons
    gram = moments.covariance.reshape(order, n_neurons, order, n_neurons)[:, neuron, :, neuron]
    cross = moments.cross_covariance.reshape(order, n_neurons, n_ahead, n_neurons)[:, neuron, :, neuron]
    return np.linalg.solve(gram + _OWN_PENALTY * np.eye(order), cross)
