"""Nearest class: a neuron is answered like the most similar neurons whose stimulation was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import logit

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.learners.logistic import Logistic, fit_logistic
from braincast.models.responses.propensity import other_classes, shrunk_rates
from braincast.models.responses.seen_responses import Keep, SeenResponses
from braincast.models.responses.similarities import Similarity, similarities
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

BY = ("near", "expression", "inputs")
_PSEUDO_COUNT = 20.0  # of stimuli, for the rate
_TIE = 1e-9  # of a similarity between 0 and 1
_PSEUDO_ANSWERS = 2.0  # of the responding class, towards its rate


@dataclass(frozen=True, eq=False)
class FittedNearestClass:
    """Which likeness counts, and the logistic curve from the answers of the nearest class to probability."""

    by: int
    logistic: Logistic
    seen: SeenResponses

    @property
    def n_parameters(self) -> int:
        return 1 + len(self.logistic.coefficients) + self.seen.measured.shape[1]

    def forecast(self, cases: Cases, prepared: Mapping[str, Similarity]) -> Float[np.ndarray, "case lead neuron"]:
        keep = self.seen.all_kept(len(cases))
        probability = self.logistic.probability(_features(self.seen, cases.drive, keep, prepared[BY[self.by]]))
        return np.broadcast_to(probability[:, None, :], cases.shape).copy()


class NearestClass:
    """Answers with what the responding neuron and its homologues did when the most similar class was stimulated."""

    card = ModelCard(
        name="nearest-class",
        summary="Response rate, and how the responder's class answered the stimulated class that is most similar to "
        "the one asked about.",
        kinds=("perturbation",),
        uses=("connectome", "expression", "positions"),
        settings={"by": Setting("Similarity: 0 by position, 1 by expression, 2 by shared inputs", kind=int, upper=2.0)},
        typical_fit_s=1.0,
    )
    fitted_type = FittedNearestClass
    candidates: tuple[Settings, ...] = tuple({"by": number} for number in range(len(BY)))

    def prepare(self, structure: Specimen) -> Mapping[str, Similarity]:
        return similarities(structure)

    def fit(
        self, training: Training, prepared: Mapping[str, Similarity], settings: Settings, *, seed: int
    ) -> FittedNearestClass:
        seen, measured = SeenResponses.of(training), training.measured
        keep = other_classes(training.cases)
        features = _features(seen, training.cases.drive, keep, prepared[BY[settings["by"]]])[measured]
        return FittedNearestClass(settings["by"], fit_logistic(features, training.responds[measured], 1.0), seen)


def _features(
    seen: SeenResponses, drive: Float[np.ndarray, "case neuron"], keep: Keep, similarity: Similarity
) -> Float[np.ndarray, "case neuron feature"]:
    """Log odds of the responder's rate, and its class's answers to the nearest class beyond that rate."""
    rate = shrunk_rates(keep @ seen.responded, keep @ seen.measured, _PSEUDO_COUNT)
    chosen = _nearest(seen, drive, keep, similarity)
    beyond = (chosen @ seen.responded - rate * (chosen @ seen.measured)) @ seen.members
    answers = (chosen @ seen.measured) @ seen.members + _PSEUDO_ANSWERS
    return np.stack([logit(rate), (beyond / answers)[:, seen.neuron_class]], axis=-1)


def _nearest(seen: SeenResponses, drive: np.ndarray, keep: Keep, similarity: Similarity) -> Keep:
    """1 for the stimuli of the class that is most similar, on average, among those that may be looked at.

    Classes that are equally similar count alike, so that neither names nor rounding choose among them.
    """
    stimulated_class = seen.neuron_class[seen.drive.argmax(axis=1)]
    classes, number = np.unique(stimulated_class, return_inverse=True)
    member = np.eye(len(classes))[number]
    alike = (drive @ similarity @ seen.drive.T * keep) @ member / np.maximum(keep @ member, 1e-9)
    nearest = alike >= alike.max(axis=1, keepdims=True) - _TIE
    return keep * (nearest @ member.T)
