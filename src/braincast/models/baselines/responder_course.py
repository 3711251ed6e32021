"""How each neuron mostly responds, whichever neuron is stimulated: the floor that any use of the wiring must beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.responses.courses import responder_courses, training_courses
from braincast.models.space import Range
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True, eq=False)
class FittedResponderCourse:
    """A course for each responder."""

    courses: Float[np.ndarray, "lead neuron"]

    @property
    def n_parameters(self) -> int:
        return self.courses.size

    def forecast(self, cases: Cases, prepared: None) -> Float[np.ndarray, "case lead neuron"]:
        return np.broadcast_to(self.courses, cases.shape).copy()


class ResponderCourse:
    """Answers with the responding neuron's own mean course over training stimuli."""

    card = ModelCard(
        name="responder-course",
        summary="Each neuron's mean course over the training stimuli, shrunk towards the mean of all.",
        kinds=("perturbation",),
        answers=("course",),
        uses=(),
        settings={
            "pseudo_count": Setting(
                "Strength of the shrinkage, in stimuli", lower=1e-6, sweep=Range(0.3, 300.0, log=True)
            )
        },
        typical_fit_s=0.2,
    )
    fitted_type = FittedResponderCourse
    candidates: tuple[Settings, ...] = tuple({"pseudo_count": count} for count in (1.0, 3.0, 10.0, 30.0, 100.0))

    def prepare(self, structure: Specimen) -> None:
        return None

    def fit(self, training: Training, prepared: None, settings: Settings, *, seed: int) -> FittedResponderCourse:
        return FittedResponderCourse(responder_courses(training_courses(training), settings["pseudo_count"]))
