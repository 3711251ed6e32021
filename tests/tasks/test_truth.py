"""The truth: NaN exactly where nothing was measured, and impossible trials kept out of means."""

from dataclasses import replace

import numpy as np
import pytest
from synthetic import ARTEFACT, small_task, worm

from braincast.errors import BraincastError
from braincast.tasks.task import Task
from braincast.tasks.trials import is_measurement, mean_response_of
from braincast.tasks.truth import open_truth


@pytest.fixture(scope="module")
def task():
    return small_task()


@pytest.fixture(scope="module")
def truth(task):
    return open_truth(task)


def place(task, case: int, neuron: int) -> tuple[int, int]:
    """Row and column of a pair in the responses, whose neurons are in another order."""
    names = worm().responses.neurons
    return names.index(task.cases().stimulated[case][0]), names.index(task.card.neurons[neuron])


def test_truth_is_nan_exactly_where_nothing_was_measured(task, truth):
    q = worm().responses.q
    assert truth.targets["responds"].shape == task.cases().shape
    n_seen = 0
    for case, lead, neuron in np.ndindex(task.cases().shape):
        row, column = place(task, case, neuron)
        seen = row != column and np.isfinite(q[row, column])
        assert np.isfinite(truth.targets["responds"][case, lead, neuron]) == seen
        assert truth.measured[case, lead, neuron] == seen
        assert not np.isfinite(truth.targets["mean_response"][case, lead, neuron]) or seen
        n_seen += seen
    assert n_seen == truth.measured.sum() > 900


def test_a_response_is_a_q_below_five_percent_and_trials_are_counted(task, truth):
    responses = worm().responses
    for case, _, neuron in np.argwhere(truth.measured):
        row, column = place(task, case, neuron)
        assert truth.targets["responds"][case, 0, neuron] == float(responses.q[row, column] < 0.05)
        assert truth.n_trials[case, 0, neuron] == responses.n_trials[row, column] > 0
    assert (truth.n_trials[~truth.measured] == 0).all()


def test_the_mean_response_is_the_mean_of_the_trials(task, truth):
    responses = worm().responses
    for case, _, neuron in np.argwhere(truth.measured):
        row, column = place(task, case, neuron)
        trials = responses.trials(responses.neurons[row], responses.neurons[column])
        possible = trials[np.abs(trials) <= 10]
        assert truth.targets["mean_response"][case, 0, neuron] == pytest.approx(possible.mean(), rel=1e-9)
        np.testing.assert_array_equal(truth.trials(int(case), int(neuron)), possible)


def test_one_impossible_trial_moves_the_source_s_mean_but_not_ours():
    responses = worm().responses
    ours, limitless = mean_response_of(responses, 10.0), mean_response_of(responses, np.inf)
    moved = np.argwhere(~np.isclose(ours, limitless, equal_nan=True))
    assert len(moved) == 1
    assert abs(limitless[tuple(moved[0])]) > 5 > abs(ours[tuple(moved[0])])
    np.testing.assert_allclose(limitless, responses.mean, rtol=1e-9)


def test_neither_nan_nor_an_artefact_is_a_measurement():
    values = np.array([0.0, -10.0, 10.0, 10.1, ARTEFACT, np.nan, np.inf])
    assert is_measurement(values, 10.0).tolist() == [True, True, True, False, False, False, False]


def test_a_pair_without_a_possible_trial_has_no_mean():
    responses = worm().responses
    values = np.full_like(responses.trial_values, np.nan)
    assert np.isnan(mean_response_of(replace(responses, trial_values=values), 10.0)).all()


def test_a_specimen_without_responses_has_no_truth(task):
    with pytest.raises(BraincastError, check=lambda error: error.code == "E307"):
        open_truth(Task(task.card, lambda: replace(worm(), responses=None)))
