"""What a task hands out: cases without answers, training that never saw the held-out classes, structure alone."""

import inspect
from dataclasses import fields, replace

import numpy as np
import pytest
from refusals import refused
from synthetic import LEAD, N_FOLDS, card_of, made_training, small_task, worm

from braincast.tasks.task import Task
from braincast.tasks.training import Training


@pytest.fixture(scope="module")
def task():
    return small_task()


def test_showing_a_task_loads_no_data():
    def load():
        raise AssertionError("the data was loaded")

    task = Task(card_of(worm()), load)
    assert "34 cases" in repr(task) and task.hash[:12] in repr(task)
    assert "Does each neuron respond?" in task._repr_html_()
    assert len(task.cases()) == 34


def test_the_test_cases_are_every_fold_s_held_out_ones(task):
    every = task.cases("test")
    assert every.shape == (34, 1, 40) and every.leads == (LEAD,)
    held = [task.cases("test", fold=fold).ids for fold in range(N_FOLDS)]
    assert sorted(sum(held, ())) == sorted(every.ids)
    assert all(len(part) >= 5 for part in held)


def test_no_class_is_in_two_folds(task):
    cases = task.cases()
    assert len(set(zip(cases.group, cases.fold.tolist(), strict=True))) == len(set(cases.group))


@pytest.mark.parametrize("fold", range(N_FOLDS))
def test_training_has_every_case_of_the_other_folds_and_no_class_of_its_own(task, fold):
    training, held = task.training(fold), task.cases("test", fold=fold)
    assert training.cases.ids == task.cases("train", fold=fold).ids
    assert not set(training.cases.group) & set(held.group)
    assert not set(training.cases.ids) & set(held.ids)
    assert set(training.cases.ids) | set(held.ids) == set(task.cases().ids)


def test_training_responses_are_those_of_the_atlas_at_five_percent(task):
    training, responses = task.training(2), worm().responses
    for row, (stimulated,) in enumerate(training.cases.stimulated):
        for column, neuron in enumerate(task.card.neurons):
            at = responses.neurons.index(stimulated), responses.neurons.index(neuron)
            q = np.nan if stimulated == neuron else responses.q[at]
            expected = np.nan if np.isnan(q) else float(q < 0.05)
            np.testing.assert_equal(training.responds[row, column], expected)
            assert np.isfinite(training.mean_response[row, column]) <= np.isfinite(q)


def test_training_hides_how_many_trials_there_were(task):
    names = {field.name for field in fields(Training)} | {name for name in dir(Training) if name[0] != "_"}
    expected = {"cases", "responds", "mean_response", "cell_classes", "course", "measured", "where", "inner_folds"}
    assert names == expected
    more = replace(worm().responses, n_trials=worm().responses.n_trials * 7)
    other = Task(task.card, lambda: replace(worm(), responses=more)).training(1)
    for name in ("responds", "mean_response"):
        np.testing.assert_array_equal(getattr(task.training(1), name), getattr(other, name))


def test_training_does_not_move_when_the_held_out_truth_does(task):
    responses = worm().responses
    held = [responses.neurons.index(name) for name in task.cases("test", fold=3).ids]
    q = responses.q.copy()
    q[held] = np.nan
    other = Task(task.card, lambda: replace(worm(), responses=replace(responses, q=q))).training(3)
    for name in ("responds", "mean_response"):
        np.testing.assert_array_equal(getattr(task.training(3), name), getattr(other, name))


def test_inner_folds_keep_classes_together_and_hold_each_case_out_once(task):
    training = task.training(0)
    held_out = []
    for train, held in training.inner_folds(3):
        assert not set(train.cases.group) & set(held.cases.group)
        assert set(train.cases.ids) | set(held.cases.ids) == set(training.cases.ids)
        assert train.responds.shape[0] == len(train.cases) and held.responds.shape[0] == len(held.cases)
        held_out += held.cases.ids
    assert sorted(held_out) == sorted(training.cases.ids)


def test_a_part_of_a_training_set_keeps_rows_and_answers_together():
    training = made_training([[0, 1], [1, np.nan], [np.nan, 0]], ["a", "b", "a"], ["a", "b"])
    part = training.where(np.array([False, True, True]))
    assert part.cases.ids == ("b", "a") and part.cell_classes == ("a", "b")
    np.testing.assert_array_equal(part.responds, [[1, np.nan], [np.nan, 0]])
    np.testing.assert_array_equal(part.measured, [[True, False], [False, True]])


def test_structure_has_the_wiring_in_the_task_s_order_and_no_activity(task):
    structure = task.structure
    assert structure.responses is None and not structure.recordings
    assert structure.connectome.neuron_ids == list(task.card.neurons)
    assert task.specimen.responses is not None


def test_the_drive_marks_exactly_the_stimulated_neuron(task):
    drive = task.cases().drive
    assert drive.shape == (34, 40) and (drive.sum(axis=1) == 1).all()
    for row, (stimulated,) in enumerate(task.cases().stimulated):
        assert task.card.neurons[int(drive[row].argmax())] == stimulated


@pytest.mark.parametrize(
    ("split", "fold", "words"),
    [("train", None, ('"train" with a fold',)), ("validation", None, ("'validation'",)), ("holdout", 1, ("holdout",))],
)
def test_a_split_that_is_not_defined_is_refused(task, split, fold, words):
    with refused("E305", *words):
        inspect.unwrap(Task.cases)(task, split, fold=fold)  # as a user meets it, without the tests' type checks


@pytest.mark.parametrize("fold", [-1, N_FOLDS])
def test_a_fold_that_does_not_exist_is_refused(task, fold):
    with refused("E305", f"no fold {fold}", "0 to 4"):
        task.training(fold)
    with refused("E305", f"no fold {fold}", "0 to 4"):
        task.cases("test", fold=fold)
    with refused("E305", f"no fold {fold}", "0 to 4"):
        task.cases("train", fold=fold)


def test_a_specimen_without_responses_or_wiring_is_refused(task):
    bare = Task(task.card, lambda: replace(worm(), responses=None))
    with refused("E307", "no responses"):
        bare.training(0)
    with refused("E307", "no connectome"):
        _ = Task(task.card, lambda: replace(worm(), connectome=None)).structure
