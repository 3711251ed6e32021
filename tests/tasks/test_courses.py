"""Courses: kernels convolved with a pulse in closed form, scaled to their peak, and there only where one was fitted."""

from dataclasses import replace

import numpy as np
import pytest
from made_courses import FAST, LEAD_S, SLOW, course_task, made_courses
from scipy.integrate import quad

from braincast.tasks.courses import courses_of, pulse_response
from braincast.tasks.task import Task
from braincast.tasks.truth import open_truth

TERMS = np.array([[0.3, 2.0, 0.0, 0.0], [1.5, -1.0, 1.0, 0.0], [4.0, 0.7, 2.0, 0.0]])
TIME_S = np.array([-1.0, 0.0, 0.4, 2.0, 7.0, 40.0])


def kernel(time_s: float) -> float:
    rate, factor, power = TERMS.T[:3]
    return float((factor * time_s**power * np.exp(-rate * time_s)).sum())


@pytest.mark.parametrize("pulse_s", [0.1, 2.0, 100.0])
def test_the_pulse_response_is_the_integral_of_the_kernel_over_the_pulse(pulse_s):
    found = pulse_response(TERMS, TIME_S, pulse_s).sum(axis=0)
    for time_s, value in zip(TIME_S, found, strict=True):
        begin, end = max(time_s - pulse_s, 0.0), max(time_s, 0.0)
        assert value == pytest.approx(quad(kernel, begin, end)[0], rel=1e-9, abs=1e-12)


def test_a_kernel_faster_than_any_grid_keeps_its_area():
    fast = np.array([[1e5, 3e5, 0.0, 0.0]])
    np.testing.assert_allclose(pulse_response(fast, np.array([1.0, 4.0, 6.0]), 5.0), [[3.0, 3.0, 0.0]], atol=1e-9)


def test_a_kernel_that_hardly_decays_has_no_rounding_error():
    slow = np.array([[1e-40, 2.0, 0.0, 0.0]])
    np.testing.assert_allclose(pulse_response(slow, np.array([1.0, 30.0]), 5.0), [[2.0, 10.0]], rtol=1e-12)


def test_a_course_is_scaled_to_its_largest_magnitude_and_keeps_its_sign():
    task = course_task()
    courses = open_truth(task).targets["course"]
    wired = task.structure.connectome.adjacency().toarray() > 0
    seen = np.isfinite(courses).all(axis=1)
    assert np.abs(courses).max(axis=1)[seen] == pytest.approx(1.0)
    for mask, (rate, factor) in ((wired, FAST), (~wired, SLOW)):
        expected = pulse_response(np.array([[rate, factor, 0.0, 0.0]]), np.array(LEAD_S), 5.0)[0]
        found = courses.transpose(0, 2, 1)[seen & mask]
        np.testing.assert_allclose(found, np.broadcast_to(expected / np.abs(expected).max(), found.shape), rtol=1e-9)


def test_there_is_no_course_without_a_kernel_a_measurement_or_a_possible_gain():
    task = course_task(artefact_limit=1.0)
    responses = task.specimen.responses
    n = responses.n_neurons
    factor = responses.kernel_terms[:, 1].reshape(n, n)
    courses = courses_of(responses, task.card)
    peak = np.abs(pulse_response(responses.kernel_terms, np.array(LEAD_S), 5.0)).max(axis=1).reshape(n, n)
    seen = np.isfinite(courses).all(axis=1)
    np.testing.assert_array_equal(seen, np.isfinite(courses).any(axis=1))
    np.testing.assert_array_equal(seen, responses.measured & (factor != 0) & (peak <= 1.0))
    assert (responses.measured & (factor == 0)).any() and (responses.measured & (peak > 1.0)).any()


def test_training_has_the_courses_of_its_own_cases_alone():
    task = course_task()
    truth = open_truth(task).targets["course"]
    for fold in range(2):
        training = task.training(fold)
        held = task.cases().fold == fold
        np.testing.assert_array_equal(training.course, truth[~held])
        half = training.where(training.cases.fold == training.cases.fold[0])
        assert len(half.course) == len(half.cases) < len(training.cases)
    assert training.cases.lead_s == LEAD_S


def test_the_truth_of_a_course_task_is_its_courses_with_trials_at_every_lead():
    task = course_task()
    truth = open_truth(task)
    np.testing.assert_array_equal(truth.measured, np.isfinite(truth.targets["course"]))
    assert truth.n_trials.shape == truth.targets["responds"].shape == task.cases().shape
    np.testing.assert_array_equal(truth.n_trials[:, 0], truth.n_trials[:, -1])


def test_a_task_of_probabilities_has_no_courses():
    specimen = made_courses()
    card = course_task().card.model_copy(update={"answer": "probability", "leads": ("mean",), "lead_s": ()})
    task = Task(card, lambda: specimen)
    assert task.training(0).course is None and "course" not in open_truth(task).targets


def test_an_unmeasured_pair_has_no_course_even_with_a_kernel():
    specimen = made_courses()
    q = specimen.responses.q.copy()
    q[3] = np.nan
    courses = courses_of(replace(specimen.responses, q=q), course_task().card)
    assert np.isnan(courses[3]).all() and np.isfinite(courses[4]).any()
