"""Ridge on the rest: each hidden neuron from all visible ones."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy import linalg

from braincast.models.forecasters.forecaster import Forecaster
from braincast.models.forecasters.own_past.channel_ridge import PENALTY
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, scoped
from braincast.models.imputers.covariance import Covariance, covariances
from braincast.models.imputers.imputer import FittedImputer, groups_of, imputer_card, seen_with
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class RidgeRest(Forecaster):
    """A ridge regression on all neurons that are visible where a neuron is hidden, in the same frame."""

    card = imputer_card(
        "ridge-rest",
        "A ridge regression on all visible neurons in the same frame.",
        {"penalty": PENALTY, "scope": SCOPE},
        citation="Hoerl & Kennard 1970, Technometrics 12:55",
        caveat="Weighs all neurons against each other: at most about 4,096.",
    )
    fitted_type = FittedImputer
    candidates: tuple[Settings, ...] = tuple(
        {"penalty": penalty, "scope": scope} for penalty in (1e-2, 1e-1, 0.3, 1.0, 3.0, 10.0) for scope in (POOLED, OWN)
    )

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> FittedImputer:
        groups, seen = groups_of(training), seen_with(training)
        known, evidence = scoped(training, covariances(training), settings["scope"])
        weights = np.stack([_weights(of, groups, settings["penalty"]) for of in evidence])
        return FittedImputer(np.stack([of.mean for of in evidence]), weights, known, len(weights) * int(seen.sum()))


def _weights(of: Covariance, groups: Int[np.ndarray, " neuron"], penalty: float) -> Float[np.ndarray, "source target"]:
    matrix = of.matrix
    weights = np.zeros_like(matrix)
    for group in np.unique(groups):
        hidden, seen = np.flatnonzero(groups == group), np.flatnonzero(groups != group)
        gram = matrix[np.ix_(seen, seen)] + (penalty + 1e-9) * np.eye(len(seen))
        weights[np.ix_(seen, hidden)] = linalg.solve(gram, matrix[np.ix_(seen, hidden)], assume_a="pos")
    return weights
