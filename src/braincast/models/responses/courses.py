"""Mean courses of responders over training stimuli, shrunk towards the mean of all: the floor of a task of courses."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.errors import BraincastError
from braincast.tasks.training import Training


def training_courses(training: Training) -> Float[np.ndarray, "case lead neuron"]:
    """The training courses; E306 in a task that asks for something else."""
    if training.course is None:
        raise BraincastError("E306", "training set", "it has no courses", "Fit this model to a task of courses")
    return training.course


def mean_course(courses: Float[np.ndarray, "case lead neuron"]) -> Float[np.ndarray, " lead"]:
    """Mean over all pairs with a course; 0 without any."""
    seen = np.isfinite(courses)
    return np.where(seen, courses, 0.0).sum(axis=(0, 2)) / np.maximum(seen.sum(axis=(0, 2)), 1)


def responder_courses(
    courses: Float[np.ndarray, "case lead neuron"], pseudo_count: float
) -> Float[np.ndarray, "lead neuron"]:
    """Each responder's (sum of courses + pseudo_count × mean of all) / (number of courses + pseudo_count)."""
    total, count = np.nansum(courses, axis=0), np.isfinite(courses).sum(axis=0)
    return _shrunk(total, count.astype(np.float64), mean_course(courses), pseudo_count)


def responder_courses_without_own_group(
    courses: Float[np.ndarray, "case lead neuron"], groups: tuple[str, ...], pseudo_count: float
) -> Float[np.ndarray, "case lead neuron"]:
    """For each training case, the responders' courses over the cases of all other groups.

    A held-out case is answered by courses that never saw its group; training pairs must be described the same way.
    """
    labels = np.array(groups)
    other = (labels[:, None] != labels[None, :]).astype(np.float64)
    seen = np.isfinite(courses)
    total = np.tensordot(other, np.where(seen, courses, 0.0), axes=1)
    count = np.tensordot(other, seen.astype(np.float64), axes=1)
    overall = total.sum(axis=2) / np.maximum(count.sum(axis=2), 1.0)
    return _shrunk(total, count, overall, pseudo_count)


def _shrunk(total: np.ndarray, count: np.ndarray, overall: np.ndarray, pseudo_count: float) -> np.ndarray:
    return (total + pseudo_count * overall[..., None]) / (count + pseudo_count)
