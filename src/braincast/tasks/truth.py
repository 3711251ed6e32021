"""The truth of a task. Imported by scoring (and the leakage audit) alone; the import contract keeps models away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.tasks.observed import observed, responses_of
from braincast.tasks.task import Task
from braincast.tasks.trials import is_measurement


@dataclass(frozen=True, eq=False)
class Truth:
    """What was measured in the test cases, on the axes of an answer; NaN where nothing was.

    `targets` has what metrics compare with, first what the task asks for: `course` (where it asks for courses),
    `responds` (0 or 1) and `mean_response` (in the recording's unit), the last two the same at every lead.
    `trials(case, neuron)` are the single-trial responses of a pair, for the ceiling.
    """

    targets: dict[str, Float[np.ndarray, "case lead neuron"]]
    n_trials: Int[np.ndarray, "case lead neuron"]
    trials: Callable[[int, int], Float[np.ndarray, " trial"]]

    @property
    def measured(self) -> Bool[np.ndarray, "case lead neuron"]:
        """Where there is truth for what the task asks."""
        return np.isfinite(next(iter(self.targets.values())))


def open_truth(task: Task) -> Truth:
    """The truth of all test cases of a perturbation task."""
    cases = task.cases("test")
    seen = observed(task.specimen, task.card, cases)
    responses = responses_of(task.specimen, task.card)

    def at_leads(values: np.ndarray) -> np.ndarray:
        return np.repeat(values[:, None, :], len(cases.leads), axis=1)

    asked = {} if seen.course is None else {"course": seen.course}
    targets = {**asked, "responds": at_leads(seen.responds), "mean_response": at_leads(seen.mean_response)}

    def trials(case: int, neuron: int) -> Float[np.ndarray, " trial"]:
        values = responses.trials(cases.stimulated[case][0], cases.neurons[neuron])
        return values[is_measurement(values, task.card.artefact_limit)]

    return Truth(targets, at_leads(seen.n_trials), trials)
