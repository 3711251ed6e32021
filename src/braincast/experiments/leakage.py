"""The leakage audit: change everything a model must not see, fit again, and demand the same forecast to the bit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from braincast.brain.responses import Responses
from braincast.errors import BraincastError
from braincast.models.interface import Model
from braincast.models.registry import load_model
from braincast.tasks.task import Task
from braincast.training.fit import fit


@dataclass(frozen=True)
class Audit:
    """Cases whose forecast moved when the truth of their own fold, or its mask, was changed; none should."""

    model: str
    task: str
    n_cases: int
    moved: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.moved


def audit(model: Model | str, task: Task, *, seed: int = 0) -> Audit:
    """Fit `model` on the task as it is and, fold by fold, on a task whose held-out responses are made up.

    Both the values and the mask of what was measured are replaced, for every case that the fold holds out.
    """
    name = model if isinstance(model, str) else model.card.name
    model = load_model(model) if isinstance(model, str) else model
    cases = task.cases("test")
    before = fit(model, task, seed=seed).forecast(cases)
    moved: list[str] = []
    for fold in range(task.card.n_folds):
        after = fit(model, _with_made_up_truth(task, fold, seed), seed=seed).forecast(cases)
        held = np.flatnonzero(cases.fold == fold)
        moved += [cases.ids[row] for row in held if not np.array_equal(before.values[row], after.values[row])]
    return Audit(name, task.name, len(cases), tuple(moved))


def _with_made_up_truth(task: Task, fold: int, seed: int) -> Task:
    responses = task.specimen.responses
    if responses is None:
        raise BraincastError("E307", task.name, "its specimen has no responses", "Choose another task")
    stimulated = {neuron for case in task.cases("test", fold=fold).stimulated for neuron in case}
    rows = np.array([neuron in stimulated for neuron in responses.neurons])
    specimen = replace(task.specimen, responses=_made_up(responses, rows, np.random.default_rng([seed, fold])))
    return Task(task.card, lambda: specimen)


def _made_up(responses: Responses, rows: np.ndarray, rng: np.random.Generator) -> Responses:
    """The same responses with random values and a random mask in the rows of some stimulated neurons."""
    shape = (int(rows.sum()), responses.n_neurons)
    hidden = rng.random(shape) < 0.5
    q, mean, n_trials = responses.q.copy(), responses.mean.copy(), responses.n_trials.copy()
    q[rows] = np.where(hidden, np.nan, rng.random(shape))
    mean[rows] = np.where(hidden, np.nan, rng.normal(size=shape))
    n_trials[rows] = rng.integers(1, 30, size=shape)
    of_rows = np.repeat(np.repeat(rows, responses.n_neurons), np.diff(responses.trial_offsets))
    trial_values = np.where(of_rows, rng.normal(size=len(of_rows)), responses.trial_values)
    return replace(responses, q=q, mean=mean, n_trials=n_trials, trial_values=trial_values)
