"""From a score of each pair of neurons to a probability: a one-feature logistic regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.models.learners.logistic import Logistic, fit_logistic
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

# Just enough for a unique optimum when a score separates the outcomes (a connectome without edges, say).
_PENALTY = 1e-3
Score = Float[np.ndarray, "pre post"]


def calibrate(training: Training, score: Score) -> Logistic:
    """Fit the probability of a response as a logistic function of the score; rising or falling, as training says."""
    measured = training.measured
    feature = (training.cases.drive @ score)[measured][:, None]
    return fit_logistic(feature, training.responds[measured], _PENALTY)


def calibrated(cases: Cases, score: Score, calibration: Logistic) -> Float[np.ndarray, "case lead neuron"]:
    """The probability of a response for each case and neuron."""
    probability = calibration.probability((cases.drive @ score)[..., None])
    return np.broadcast_to(probability[:, None, :], cases.shape).copy()


@dataclass(frozen=True, eq=False)
class FittedCurve:
    """The logistic curve from a prepared score of each pair to probability: all there is to fit for a fixed score."""

    calibration: Logistic

    @property
    def n_parameters(self) -> int:
        return 2

    def forecast(self, cases: Cases, prepared: Score) -> Float[np.ndarray, "case lead neuron"]:
        return calibrated(cases, prepared, self.calibration)
