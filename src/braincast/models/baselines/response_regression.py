"""Logistic regression on responses to other stimuli alone: what can be said without any structure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Settings
from braincast.models.learners.logistic import PENALTY, Logistic, fit_logistic
from braincast.models.responses.propensity import other_classes
from braincast.models.responses.seen_responses import HOW_DECIDED, SeenResponses, response_features
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True, eq=False)
class FittedResponseRegression:
    """The regression, and the training responses that describe a pair."""

    logistic: Logistic
    seen: SeenResponses

    @property
    def n_parameters(self) -> int:
        return 1 + len(self.logistic.coefficients)

    def forecast(self, cases: Cases, prepared: None) -> Float[np.ndarray, "case lead neuron"]:
        features = response_features(self.seen, cases.drive, self.seen.all_kept(len(cases)), {})
        probability = self.logistic.probability(np.stack(list(features.values()), axis=-1))
        return np.broadcast_to(probability[:, None, :], cases.shape).copy()


class ResponseRegression:
    """How readily the two neurons respond, and how their responses to other stimuli go together."""

    card = ModelCard(
        name="response-regression",
        summary="Ridge logistic regression on response rates and covariances over other stimuli; knows no structure.",
        kinds=("perturbation",),
        uses=(),
        settings={"penalty": PENALTY},
        caveat=HOW_DECIDED,
        typical_fit_s=1.0,
    )
    fitted_type = FittedResponseRegression
    candidates: tuple[Settings, ...] = ({"penalty": 50.0}, {"penalty": 200.0})

    def prepare(self, structure: Specimen) -> None:
        return None

    def fit(self, training: Training, prepared: None, settings: Settings, *, seed: int) -> FittedResponseRegression:
        seen = SeenResponses.of(training)
        measured = training.measured
        features = response_features(seen, training.cases.drive, other_classes(training.cases), {})
        design = np.stack([values[measured] for values in features.values()], axis=-1)
        return FittedResponseRegression(fit_logistic(design, training.responds[measured], settings["penalty"]), seen)
