"""The truth of a task. Imported by scoring (and the leakage audit) alone; the import contract keeps models away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.errors import BraincastError
from braincast.tasks.task import SIGNIFICANT_Q, Task
from braincast.tasks.trials import is_measurement, mean_response_of


@dataclass(frozen=True, eq=False)
class Truth:
    """What was measured in the test cases, on the axes of an answer; NaN where nothing was.

    `targets` has what metrics compare with: `responds` (0 or 1) and `mean_response` (in the recording's unit).
    `trials(case, neuron)` are the single-trial responses of a pair, for the ceiling.
    """

    targets: dict[str, Float[np.ndarray, "case lead neuron"]]
    n_trials: Int[np.ndarray, "case lead neuron"]
    trials: Callable[[int, int], Float[np.ndarray, " trial"]]

    @property
    def measured(self) -> Bool[np.ndarray, "case lead neuron"]:
        """Where any truth exists."""
        return np.isfinite(self.targets["responds"])


def open_truth(task: Task) -> Truth:
    """The truth of all test cases of a perturbation task."""
    responses = task.specimen.responses
    if responses is None:
        raise BraincastError("E307", task.name, "its specimen has no responses", "Choose another task")
    cases = task.cases("test")
    rows = [responses.neurons.index(stimulated) for (stimulated,) in cases.stimulated]
    columns = [responses.neurons.index(neuron) for neuron in cases.neurons]
    pairs = np.ix_(rows, columns)
    measured = responses.measured[pairs]
    targets = {
        "responds": np.where(measured, responses.q[pairs] < SIGNIFICANT_Q, np.nan)[:, None, :],
        "mean_response": np.where(measured, mean_response_of(responses, task.card.artefact_limit)[pairs], np.nan)[
            :, None, :
        ],
    }
    n_trials = np.where(measured, responses.n_trials[pairs], 0)[:, None, :]

    def trials(case: int, neuron: int) -> Float[np.ndarray, " trial"]:
        values = responses.trials(cases.stimulated[case][0], cases.neurons[neuron])
        return values[is_measurement(values, task.card.artefact_limit)]

    return Truth(targets, n_trials, trials)
