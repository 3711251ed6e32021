"""Functional connectivity of a model that runs on by itself, against that of the brain: does the wiring shape it?

A path that is driven by whole frames of its own errors inherits their correlations, and so the brain's. Here every
neuron is driven by its own errors alone, drawn independently: what neurons have in common must come from the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float

from braincast.errors import BraincastError
from braincast.scoring.rollouts.assessor import RolloutAssessor
from braincast.tasks.forecasting.task import ForecastTask
from braincast.training.answers import Answers
from braincast.training.closed_loop import closed_loops
from braincast.training.fit import FittedFolds

Matrix = Float[np.ndarray, "neuron neuron"]


@dataclass(frozen=True)
class Likeness:
    """Correlation over pairs of neurons between two functional connectivities: each recording's, and their mean.

    `ci` is a 95 % interval over recordings (Student's t); None for a single one.
    """

    each: tuple[float, ...]
    value: float
    ci: tuple[float, float] | None

    @classmethod
    def over(cls, each: Sequence[float]) -> Likeness:
        """From one number for each recording."""
        values = np.asarray(each, dtype=float)
        return cls(tuple(values.tolist()), float(values.mean()), mean_interval(values))


def mean_interval(values: Float[np.ndarray, " recording"]) -> tuple[float, float] | None:
    """The 95 % interval of a mean over recordings that stand for animals; None for fewer than two."""
    n = len(values)
    if n < 2:
        return None
    from scipy.stats import t as student

    half = float(student.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return float(values.mean() - half), float(values.mean() + half)


class FunctionalConnectivity:
    """The functional connectivity of each recording of a rollout task, measured in its test windows once.

    It is the correlation between neurons over all scored frames. E306 for a task of another kind.
    """

    def __init__(self, task: ForecastTask) -> None:
        if task.card.rollout is None:
            raise BraincastError("E306", f"task {task.name}", "it asks for no rollouts", "Choose a rollout task")
        self.task, self.settle = task, task.card.rollout.settle
        self._assessor = RolloutAssessor(task)
        self.measured = [correlations(place.truth) for place in self._assessor.places]

    def of_model(self, fitted: FittedFolds) -> Likeness:
        """How like the brain's it is when the model runs on by itself, each neuron with its own chance."""
        paths = self._assessor.paths(independent_paths(fitted, self.task), fitted.model)[:, self.settle :]
        own = [correlations(paths[place.rows]) for place in self._assessor.places]
        return Likeness.over([likeness(a, b) for a, b in zip(own, self.measured, strict=True)])

    def references(self) -> Mapping[str, Likeness]:
        """What needs no model: the same animal's training frames, and those of the other animals (their mean)."""
        before = [correlations(np.concatenate(place.training.frames)[None]) for place in self._assessor.places]
        found = {"the same animal, earlier": [likeness(a, b) for a, b in zip(before, self.measured, strict=True)]}
        if len(before) > 1:
            others = [np.mean(before[:k] + before[k + 1 :], axis=0) for k in range(len(before))]
            found["the other animals, earlier"] = [likeness(a, b) for a, b in zip(others, self.measured, strict=True)]
        return {name: Likeness.over(each) for name, each in found.items()}

    def of_wiring(self) -> Likeness:
        """The wiring itself: log(1 + weight), symmetric; 0 where there is no edge."""
        brains = self.task.structure
        weights = [np.log1p(one.adjacency().toarray()) for one in brains.connectomes]
        own = [weights[k] + weights[k].T for k in brains.which[: len(self.measured)]]
        return Likeness.over([likeness(a, b) for a, b in zip(own, self.measured, strict=True)])


def independent_paths(fitted: FittedFolds, task: ForecastTask) -> xr.DataArray:
    """A rollout whose neurons are driven by their own errors, each drawn for itself."""
    assert task.card.rollout is not None
    loops = [
        loop if loop.errors is None else replace(loop, errors=_each_for_itself(loop.errors, fitted.seed))
        for loop in closed_loops(fitted, task, task.card.rollout)
    ]
    answers: Any = Answers(tuple(loops), fitted.prepared, task.cases(), fitted.attributes)
    labels = answers.labels
    return xr.DataArray(answers.of(slice(0, len(task.cases()))), labels, tuple(labels), name="activity")


def correlations(paths: Float[np.ndarray, "case frame neuron"]) -> Matrix:
    """Correlation between neurons over all frames of all cases; 0 for a neuron that does not move."""
    frames = paths.reshape(-1, paths.shape[2]).astype(np.float64)
    centred = frames - frames.mean(axis=0)
    norm = np.sqrt((centred**2).sum(axis=0))
    unit = np.divide(centred, norm, out=np.zeros_like(centred), where=norm > 1e-12)
    return unit.T @ unit


def likeness(a: Matrix, b: Matrix) -> float:
    """Pearson's correlation over pairs of different neurons; 0 where one side is the same for all pairs."""
    pairs = np.triu_indices(len(a), 1)
    first, second = a[pairs], b[pairs]
    if first.std() < 1e-12 or second.std() < 1e-12:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _each_for_itself(errors: Float[np.ndarray, "error neuron"], seed: int) -> Float[np.ndarray, "error neuron"]:
    """Each neuron's errors in an order of its own."""
    return np.random.default_rng([seed, len(errors)]).permuted(errors, axis=0)
