"""The audit lets honest models pass and finds one that looks at what it must not."""

import numpy as np
import pytest
from made_brains import made_brain, made_card, made_task
from made_courses import course_task

from braincast.errors import BraincastError
from braincast.experiments.leakage.audit import audit
from braincast.models.baselines.constant import Constant
from braincast.models.baselines.mean_course import MeanCourse
from braincast.models.registry import load_model, model_names
from braincast.tasks.task import Task
from braincast.tasks.truth import open_truth


@pytest.fixture(scope="module")
def task():
    return made_task()


ANSWERS = {name: load_model(name).card.answers for name in model_names() if name != "slow-weights"}


@pytest.mark.parametrize("model", [name for name, answers in ANSWERS.items() if "probability" in answers])
def test_every_built_in_model_passes(model):
    task = made_task(n_folds=3)  # each fold is one more round of fits
    found = audit(model, task)
    assert found.passed
    assert (found.model, found.task, found.n_cases, found.moved) == (model, task.name, 32, ())


@pytest.mark.parametrize("model", [name for name, answers in ANSWERS.items() if "course" in answers])
def test_every_built_in_model_of_courses_passes(model):
    assert audit(model, course_task()).passed


@pytest.mark.parametrize("seen", [False, True], ids=["class left out", "class seen"])
@pytest.mark.parametrize("model", ["responder-propensity", "response-lookup", "connectome-regression"])
def test_models_that_learn_from_another_specimen_pass(model, seen):
    found = audit(model, mutant_task(seen=seen))
    assert found.passed and found.n_cases == 32


def mutant_task(*, seen: bool) -> Task:
    """A task that asks about one made brain and learns from another, with the case's class left out there or seen."""
    wild_type, mutant = made_brain(seed=0), made_brain(seed=1)
    card = made_card(mutant)
    learned = card.cases
    if seen:
        learned = tuple(case.model_copy(update={"fold": 1}) for case in learned)
        asked = tuple(case.model_copy(update={"fold": 0}) for case in card.cases)
        card = card.model_copy(update={"n_folds": 1, "cases": asked})
    card = card.model_copy(update={"training_specimen": "made", "training_cases": learned})
    return Task(card, lambda: mutant, lambda: wild_type)


class Peeking(Constant):
    """A constant that has got hold of the task, and looks something up in the responses it must not see."""

    def __init__(self, look):
        self.look = look
        self.responses = None

    def fit(self, training, prepared, settings, *, seed):
        fitted = super().fit(training, prepared, settings, seed=seed)
        return _Shifted(fitted.rate, 0.1 * float(self.look(self.responses)))


class _Shifted:
    n_parameters = 2

    def __init__(self, rate, shift):
        self.rate, self.shift = rate, shift

    def forecast(self, cases, prepared):
        return np.full(cases.shape, np.clip(self.rate + self.shift, 0, 1))


@pytest.mark.parametrize(
    "look",
    [
        lambda responses: np.nanmean(responses.q),
        lambda responses: np.nanmean(responses.mean),
        lambda responses: responses.measured.mean(),
        lambda responses: responses.n_trials.mean() / 10,
        lambda responses: responses.trial_values.mean(),
    ],
    ids=["the q values", "the mean responses", "which pairs were measured", "the trial counts", "single trials"],
)
def test_a_model_that_peeks_at_the_held_out_truth_or_its_mask_is_found(monkeypatch, task, look):
    model = Peeking(look)
    training = Task.training

    def leaking(self, fold):
        model.responses = self.specimen.responses
        return training(self, fold)

    monkeypatch.setattr(Task, "training", leaking)
    found = audit(model, task)
    assert not found.passed
    assert set(found.moved) == {case.id for case in task.card.cases}


def test_a_model_that_peeks_in_one_fold_is_found_by_that_fold_alone(monkeypatch, task):
    model = Peeking(lambda responses: 0.0 if responses is None else np.nanmean(responses.q))
    training = Task.training

    def leaking(self, fold):
        model.responses = self.specimen.responses if fold == 2 else None
        return training(self, fold)

    monkeypatch.setattr(Task, "training", leaking)
    assert set(audit(model, task).moved) == {case.id for case in task.card.cases if case.fold == 2}


@pytest.mark.parametrize(("specimen", "seen"), [("specimen", False), ("specimen", True), ("training_specimen", False)])
def test_a_model_that_peeks_at_the_mutant_or_at_the_held_out_class_is_found(monkeypatch, specimen, seen):
    model = Peeking(lambda responses: np.nanmean(responses.q))
    training = Task.training

    def leaking(self, fold):
        model.responses = getattr(self, specimen).responses
        return training(self, fold)

    monkeypatch.setattr(Task, "training", leaking)
    assert not audit(model, mutant_task(seen=seen)).passed


def test_a_model_that_peeks_at_held_out_kernels_is_found(monkeypatch):
    class PeekingAtCourses(MeanCourse):
        def fit(self, training, prepared, settings, *, seed):
            fitted = super().fit(training, prepared, settings, seed=seed)
            return type(fitted)(fitted.course + 0.1 * self.terms.mean())

    model, training = PeekingAtCourses(), Task.training

    def leaking(self, fold):
        model.terms = self.specimen.responses.kernel_terms
        return training(self, fold)

    monkeypatch.setattr(Task, "training", leaking)
    task = course_task()
    assert set(audit(model, task).moved) == set(task.cases().ids)


def test_the_audit_moves_courses_and_which_pairs_have_one():
    from braincast.experiments.leakage.audit import _with_made_up_truth

    task = course_task()
    changed = _with_made_up_truth(task, 1, 0)
    before, after = (open_truth(each).targets["course"] for each in (task, changed))
    held = task.cases().fold == 1
    both = np.isfinite(before[held]) & np.isfinite(after[held])
    assert not np.array_equal(np.isfinite(before[held]), np.isfinite(after[held]))
    assert (before[held][both] != after[held][both]).mean() > 0.5
    np.testing.assert_array_equal(task.training(1).course, changed.training(1).course)


def test_the_audit_changes_every_held_out_row_and_no_training_row(task):
    from braincast.experiments.leakage.audit import _with_made_up_truth

    changed = _with_made_up_truth(task, 1, 0)
    before, after = task.specimen.responses, changed.specimen.responses
    held = np.array([case.fold == 1 for case in task.card.cases])
    same = np.array([np.array_equal(a, b, equal_nan=True) for a, b in zip(before.q, after.q, strict=True)])
    assert np.array_equal(same, ~held)
    assert not np.array_equal(before.measured[held], after.measured[held])
    assert np.array_equal(task.training(1).responds, changed.training(1).responds, equal_nan=True)


def test_a_task_without_responses_cannot_be_audited():
    from dataclasses import replace

    specimen = replace(made_brain(), responses=None)
    with pytest.raises(BraincastError, match="E307"):
        audit("constant", made_task(specimen))
