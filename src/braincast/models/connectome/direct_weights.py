"""Direct wiring: a neuron answers if the stimulated one reaches it by a synapse or a gap junction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Settings
from braincast.models.logistic import Logistic, fit_logistic
from braincast.models.wiring import synaptic_weights
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True, eq=False)
class FittedScore:
    """A score for each pair of neurons, made a probability by a one-feature logistic regression."""

    score: Float[np.ndarray, "pre post"]
    calibration: Logistic
    parameters: int

    def forecast(self, cases: Cases) -> Float[np.ndarray, "case lead neuron"]:
        score = cases.drive @ self.score
        return np.broadcast_to(self.calibration.probability(score[..., None])[:, None, :], cases.shape).copy()


def calibrate(training: Training, score: Float[np.ndarray, "pre post"], parameters: int) -> FittedScore:
    """Fit the probability of a response as a logistic function of the score; rising or falling, as training says."""
    measured = training.measured
    feature = (training.cases.drive @ score)[measured][:, None]
    return FittedScore(score, fit_logistic(feature, training.responds[measured], penalty=1e-3), parameters)


class DirectWeights:
    """Chemical plus electrical weight from the stimulated to the responding neuron, calibrated."""

    card = ModelCard(
        name="direct-weights",
        summary="Synapses plus gap junctions from the stimulated neuron, through a fitted logistic curve.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={},
    )
    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: Specimen) -> Float[np.ndarray, "pre post"]:
        # The logarithm changes no rank; it keeps the few largest of the synapse counts from ruling the fit.
        return np.log1p(sum(synaptic_weights(structure).values()))

    def fit(self, training: Training, prepared: np.ndarray, settings: Settings, *, seed: int) -> FittedScore:
        return calibrate(training, prepared, parameters=2)
