"""One course for every pair: the lowest floor of a task of courses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Settings
from braincast.models.responses.courses import mean_course, training_courses
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


@dataclass(frozen=True, eq=False)
class FittedMeanCourse:
    """One course."""

    course: Float[np.ndarray, " lead"]

    @property
    def n_parameters(self) -> int:
        return len(self.course)

    def forecast(self, cases: Cases, prepared: None) -> Float[np.ndarray, "case lead neuron"]:
        return np.broadcast_to(self.course[None, :, None], cases.shape).copy()


class MeanCourse:
    """Answers each pair with the mean course of all training pairs."""

    card = ModelCard(
        name="mean-course",
        summary="The mean course of the training pairs, for every pair.",
        kinds=("perturbation",),
        answers=("course",),
        uses=(),
        settings={},
        typical_fit_s=0.1,
    )
    fitted_type = FittedMeanCourse
    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: Specimen) -> None:
        return None

    def fit(self, training: Training, prepared: None, settings: Settings, *, seed: int) -> FittedMeanCourse:
        return FittedMeanCourse(mean_course(training_courses(training)))
