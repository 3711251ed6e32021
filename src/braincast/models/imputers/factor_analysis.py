"""Factor analysis: visible neurons tell the factors, and factors tell the hidden ones."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.forecaster import Forecaster
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, scoped
from braincast.models.imputers.covariance import Covariance, covariances
from braincast.models.imputers.factor_model import fitted_factors
from braincast.models.imputers.imputer import FittedImputer, groups_of, imputer_card
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range
from braincast.tasks.forecasting.training import ForecastTraining


class FactorAnalysis(Forecaster):
    """The conditional mean of hidden neurons under a factor model that was learned from all neurons."""

    card = imputer_card(
        "factor-analysis",
        "The mean of hidden neurons, given the visible ones, under factor analysis of all neurons.",
        {
            "factors": Setting("How many factors", kind=int, lower=1.0, upper=1000.0, sweep=Range(1, 60, log=True)),
            "scope": SCOPE,
        },
        citation="Rubin & Thayer 1982, Psychometrika 47:69; Yu et al. 2009, J. Neurophysiol. 102:614",
        typical_fit_s=3.0,
    )
    fitted_type = FittedImputer
    candidates: tuple[Settings, ...] = tuple(
        {"factors": factors, "scope": scope} for factors in (2, 5, 10, 20) for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> FittedImputer:
        groups = groups_of(training)
        known, evidence = scoped(training, covariances(training), settings["scope"])
        n_factors = min(settings["factors"], len(training.neurons) - 1)
        weights = np.stack([_weights(of, groups, n_factors) for of in evidence])
        n_fitted = len(weights) * len(training.neurons) * (n_factors + 1)
        return FittedImputer(np.stack([of.mean for of in evidence]), weights, known, n_fitted)


def _weights(of: Covariance, groups: np.ndarray, n_factors: int) -> Float[np.ndarray, "source target"]:
    matrix = of.matrix
    model = fitted_factors(matrix, n_factors)
    weights = np.zeros_like(matrix)
    for group in np.unique(groups):
        hidden, seen = np.flatnonzero(groups == group), np.flatnonzero(groups != group)
        weights[np.ix_(seen, hidden)] = model.conditional_weights(seen, hidden)
    return weights
