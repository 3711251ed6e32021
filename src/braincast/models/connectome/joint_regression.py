"""Logistic regression on structure and on what responses to other stimuli say about a pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Settings
from braincast.models.learners.logistic import PENALTY, Logistic, fit_logistic
from braincast.models.responses.joint_features import JointStructure, joint_answer, training_design
from braincast.models.responses.seen_responses import HOW_DECIDED, SeenResponses
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True, eq=False)
class FittedJointRegression:
    """The regression, and the training responses that describe a pair."""

    logistic: Logistic
    seen: SeenResponses

    @property
    def n_parameters(self) -> int:
        return 1 + len(self.logistic.coefficients)

    def forecast(self, cases: Cases, prepared: JointStructure) -> Float[np.ndarray, "case lead neuron"]:
        return joint_answer(self.seen, cases, prepared, self.logistic.probability)


class JointRegression:
    """Wiring, likeness of neurons, and how the two neurons' responses to other stimuli go together."""

    card = ModelCard(
        name="joint-regression",
        summary="Ridge logistic regression on wiring features, response covariances and answers to similar stimuli.",
        kinds=("perturbation",),
        uses=("connectome", "expression", "positions"),
        settings={"penalty": PENALTY},
        caveat=HOW_DECIDED,
        typical_fit_s=1.5,
    )
    fitted_type = FittedJointRegression
    candidates: tuple[Settings, ...] = ({"penalty": 50.0}, {"penalty": 200.0})

    def prepare(self, structure: Specimen) -> JointStructure:
        return JointStructure.of(structure)

    def fit(
        self, training: Training, prepared: JointStructure, settings: Settings, *, seed: int
    ) -> FittedJointRegression:
        seen = SeenResponses.of(training)
        design = training_design(seen, training, prepared)
        return FittedJointRegression(
            fit_logistic(design, training.responds[training.measured], settings["penalty"]), seen
        )
