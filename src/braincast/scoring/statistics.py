"""Statistics: what is computed for each prediction and can be added over tiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Float
from scipy.special import xlogy

Values = Float[np.ndarray, " value"]
Statistic = Callable[[Values, Values], Values]


def log_score(prediction: Values, truth: Values) -> Values:
    """-log probability of what happened, in nats; infinite where the prediction ruled it out (Good 1952)."""
    with np.errstate(divide="ignore"):
        return -(xlogy(truth, prediction) + xlogy(1 - truth, 1 - prediction))


STATISTICS: Mapping[str, Statistic] = {
    "count": lambda prediction, truth: np.ones_like(truth),
    "squared_error": lambda prediction, truth: (prediction - truth) ** 2,
    "absolute_error": lambda prediction, truth: np.abs(prediction - truth),
    "log_score": log_score,
    "prediction": lambda prediction, truth: prediction,
    "truth": lambda prediction, truth: truth,
    "prediction_squared": lambda prediction, truth: prediction**2,
    "truth_squared": lambda prediction, truth: truth**2,
    "product": lambda prediction, truth: prediction * truth,
}
