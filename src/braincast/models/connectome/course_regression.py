"""Ridge regression of courses on structural features and on how the responder mostly responds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.learners.ridge import Ridge, fit_ridge
from braincast.models.responses.courses import responder_courses, responder_courses_without_own_group, training_courses
from braincast.models.responses.structural_features import structural_features
from braincast.models.space import Range
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

_PSEUDO_COUNT = 10.0
Structure = Float[np.ndarray, "pre post structural"]


@dataclass(frozen=True, eq=False)
class FittedCourseRegression:
    """The regression, and each responder's mean course, which is one of its features."""

    ridge: Ridge
    courses: Float[np.ndarray, "lead neuron"]

    @property
    def n_parameters(self) -> int:
        return self.ridge.intercept.size + self.ridge.coefficients.size + self.courses.size

    def forecast(self, cases: Cases, prepared: Structure) -> Float[np.ndarray, "case lead neuron"]:
        courses = np.broadcast_to(self.courses, cases.shape)
        return self.ridge.predict(_features(cases, prepared, courses)).transpose(0, 2, 1)


class CourseRegression:
    """Every structural feature of a pair and the responder's mean course, one linear map to all leads."""

    card = ModelCard(
        name="course-regression",
        summary="Ridge regression of the course on structural features of the pair and the responder's mean course.",
        kinds=("perturbation",),
        answers=("course",),
        uses=("connectome",),
        settings={
            "penalty": Setting(
                "Ridge penalty on standardised coefficients", lower=1e-6, sweep=Range(1.0, 100000.0, log=True)
            )
        },
        typical_fit_s=1.5,
    )
    fitted_type = FittedCourseRegression
    candidates: tuple[Settings, ...] = tuple({"penalty": penalty} for penalty in (100.0, 1000.0, 10_000.0))

    def prepare(self, structure: Specimen) -> Structure:
        return np.stack(list(structural_features(structure).values()), axis=-1)

    def fit(self, training: Training, prepared: Structure, settings: Settings, *, seed: int) -> FittedCourseRegression:
        courses = training_courses(training)
        others = responder_courses_without_own_group(courses, training.cases.group, _PSEUDO_COUNT)
        seen = np.isfinite(courses).all(axis=1)
        features = _features(training.cases, prepared, others)[seen]
        ridge = fit_ridge(features, courses.transpose(0, 2, 1)[seen], settings["penalty"])
        return FittedCourseRegression(ridge, responder_courses(courses, _PSEUDO_COUNT))


def _features(
    cases: Cases, structure: Structure, courses: Float[np.ndarray, "case lead neuron"]
) -> Float[np.ndarray, "case neuron feature"]:
    """Structure from the stimulated neurons (added over a set of them) and the responder's mean course."""
    n_neurons, _, n_features = structure.shape
    of_cases = (cases.drive @ structure.reshape(n_neurons, -1)).reshape(len(cases), n_neurons, n_features)
    return np.concatenate([of_cases, courses.transpose(0, 2, 1)], axis=2)
