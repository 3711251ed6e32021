"""The leakage audit: change everything a model must not see, fit again, and demand the same forecast to the bit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from braincast.brain.responses import Responses
from braincast.brain.specimen import Specimen
from braincast.experiments.leakage.encoding import moved_responses
from braincast.experiments.leakage.forecasts import moved_forecasts
from braincast.experiments.leakage.imputation import moved_imputations
from braincast.models.interface import AnyModel, Settings
from braincast.models.registry import load_model
from braincast.tasks.encoding.task import EncodingTask
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyTask
from braincast.tasks.observed import responses_of
from braincast.tasks.task import Task
from braincast.training.fit import fit


@dataclass(frozen=True)
class Audit:
    """Cases whose forecast moved when what the model must not see, or its mask, was changed; none should."""

    model: str
    task: str
    n_cases: int
    moved: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.moved


def audit(model: AnyModel | str, task: AnyTask, *, seed: int = 0, settings: Settings | None = None) -> Audit:
    """Fit `model` on the task as it is, and on tasks in which what it must not see is made up.

    Of a perturbation task these are all responses but those to a fold's training stimuli; of a forecast task all that
    follows the contexts of test windows (see `forecast_leakage`); of an imputation task all test frames but visible
    neurons in the window itself (see `imputation_leakage`); of an encoding task every fact about a cell, and the test
    scenes (see `encoding_leakage`). `settings` are fixed; a network shows with few steps
    already what it looks at.
    """
    name = model if isinstance(model, str) else model.card.name
    model = load_model(model) if isinstance(model, str) else model
    moved = _moved_answers
    if isinstance(task, ForecastTask):
        moved = moved_forecasts if task.card.imputation is None else moved_imputations
    if isinstance(task, EncodingTask):
        moved = moved_responses
    return Audit(name, task.name, len(task.card.cases), moved(model, task, seed=seed, settings=settings))  # pyright: ignore[reportArgumentType]


def _moved_answers(model: AnyModel, task: Task, *, seed: int, settings: Settings | None) -> tuple[str, ...]:
    """Cases whose answer moved when, fold by fold, held-out responses were replaced.

    Values, courses and the mask of what was measured are replaced for every stimulus but the fold's training cases: in
    the specimen asked about and, where that is another one, in the specimen that models learn from.
    """
    cases = task.cases("test")
    before = fit(model, task, seed=seed, settings=settings).forecast(cases)
    moved: list[str] = []
    for fold in range(task.card.n_folds):
        made_up = _with_made_up_truth(task, fold, seed)
        after = fit(model, made_up, seed=seed, settings=settings).forecast(cases)
        held = np.flatnonzero(cases.fold == fold)
        moved += [cases.ids[row] for row in held if not np.array_equal(before.values[row], after.values[row])]
    return tuple(moved)


def _with_made_up_truth(task: Task, fold: int, seed: int) -> Task:
    learned = {neuron for case in task.cases("train", fold=fold).stimulated for neuron in case}
    rng = np.random.default_rng([seed, fold])
    if not task.card.training_specimen:
        specimen = _without(task.specimen, learned, task, rng)
        return Task(task.card, lambda: specimen)
    specimen, training = _without(task.specimen, set(), task, rng), _without(task.training_specimen, learned, task, rng)
    return Task(task.card, lambda: specimen, lambda: training)


def _without(specimen: Specimen, kept: set[str], task: Task, rng: np.random.Generator) -> Specimen:
    """The specimen with made-up responses to every stimulus that is not kept."""
    responses = responses_of(specimen, task.card)
    rows = np.array([neuron not in kept for neuron in responses.neurons])
    return replace(specimen, responses=_made_up(responses, rows, rng))


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
    kernels = np.repeat(np.repeat(rows, responses.n_neurons), np.diff(responses.kernel_offsets))
    terms = responses.kernel_terms.copy()
    # Another rate, and another factor or none: the course changes, and so does which pairs have one.
    terms[kernels, 0] = rng.uniform(0.05, 5.0, kernels.sum())
    terms[kernels, 1] = rng.normal(size=kernels.sum()) * (rng.random(kernels.sum()) < 0.5)
    made_up = {"q": q, "mean": mean, "n_trials": n_trials, "trial_values": trial_values, "kernel_terms": terms}
    return replace(responses, **made_up)
