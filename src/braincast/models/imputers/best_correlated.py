"""Best correlated: each hidden neuron from the one visible neuron that went with it best."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from braincast.models.forecasters.forecaster import Forecaster
from braincast.models.forecasters.scope import OWN, POOLED, SCOPE, scoped
from braincast.models.imputers.covariance import Covariance, covariances
from braincast.models.imputers.imputer import FittedImputer, imputer_card, seen_with
from braincast.models.interface import Settings
from braincast.tasks.forecasting.training import ForecastTraining


class BestCorrelated(Forecaster):
    """A regression on a single neuron, chosen by its correlation in training frames."""

    card = imputer_card(
        "best-correlated",
        "A regression on the one visible neuron that correlates best in training frames.",
        {"scope": SCOPE},
        typical_fit_s=0.1,
    )
    fitted_type = FittedImputer
    candidates: tuple[Settings, ...] = ({"scope": POOLED}, {"scope": OWN})

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> FittedImputer:
        known, evidence = scoped(training, covariances(training), settings["scope"])
        weights = np.stack([_weights(of, seen_with(training)) for of in evidence])
        return FittedImputer(np.stack([of.mean for of in evidence]), weights, known, len(weights) * len(weights[0]))


def _weights(of: Covariance, seen: Bool[np.ndarray, "source target"]) -> Float[np.ndarray, "source target"]:
    matrix = of.matrix
    variance = np.maximum(np.diag(matrix), 1e-12)
    strength = np.where(seen, np.abs(matrix) / np.sqrt(variance[:, None] * variance), -1.0)
    best, target = strength.argmax(axis=0), np.arange(len(matrix))
    weights = np.zeros_like(matrix)
    weights[best, target] = matrix[best, target] / variance[best]
    return weights
