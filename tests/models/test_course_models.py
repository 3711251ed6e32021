"""Models of courses: closed forms, an outside referee, and a brain whose courses follow its wiring."""

import numpy as np
import pytest
from made_courses import LEAD_S, course_task
from sklearn.linear_model import Ridge as Referee
from sklearn.preprocessing import StandardScaler

from braincast.brain.nulls import no_edges
from braincast.errors import BraincastError
from braincast.models.learners.ridge import fit_ridge
from braincast.models.registry import load_model
from braincast.models.responses.courses import (
    mean_course,
    responder_courses,
    responder_courses_without_own_group,
    training_courses,
)
from braincast.scoring.any_task import score
from braincast.training.fit import fit

NAMES = ("mean-course", "responder-course", "course-regression")


@pytest.fixture(scope="module")
def task():
    return course_task()


@pytest.fixture(scope="module")
def scores(task):
    from dataclasses import replace

    bare = replace(task.structure, connectome=no_edges(task.structure.connectome))
    forecasts = {name: fit(name, task).forecast(task.cases()) for name in NAMES}
    forecasts["no edges"] = fit("course-regression", task, structure=bare, wiring="no-edges").forecast(task.cases())
    return {name: model.metrics for name, model in score(task, forecasts).models.items()}


def test_the_mean_course_is_the_mean_over_training_pairs(task):
    courses = task.training(1).course
    np.testing.assert_allclose(mean_course(courses), np.nanmean(courses, axis=(0, 2)), rtol=1e-12)
    assert (mean_course(np.full((2, 3, 4), np.nan)) == 0).all()


def test_a_responder_s_course_is_shrunk_towards_the_mean_of_all(task):
    courses = task.training(1).course
    found = responder_courses(courses, 4.0)
    for neuron in range(courses.shape[2]):
        own = courses[:, :, neuron][np.isfinite(courses[:, 0, neuron])]
        expected = (own.sum(axis=0) + 4.0 * mean_course(courses)) / (len(own) + 4.0)
        np.testing.assert_allclose(found[:, neuron], expected, rtol=1e-12)


def test_without_its_own_group_a_case_is_described_by_the_others(task):
    training = task.training(0)
    groups = np.array(training.cases.group)
    found = responder_courses_without_own_group(training.course, training.cases.group, 4.0)
    for row in range(0, len(groups), 5):
        others = training.where(groups != groups[row])
        np.testing.assert_allclose(found[row], responder_courses(others.course, 4.0), rtol=1e-10)


def test_ridge_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    features, outputs = rng.normal(2, 3, (200, 6)), rng.normal(size=(200, 4))
    features[:, 2] = 1.0  # a constant
    found = fit_ridge(features, outputs, 7.0)
    scaled = StandardScaler().fit_transform(features)
    referee = Referee(7.0).fit(scaled, outputs)
    np.testing.assert_allclose(found.predict(features), referee.predict(scaled), rtol=1e-9)
    assert (found.coefficients[2] == 0).all()


def test_where_courses_follow_the_wiring_the_regression_finds_it(scores):
    assert scores["course-regression"]["r2"].value > 0.9 > 0.5 > scores["no edges"]["r2"].value
    assert scores["course-regression"]["course_correlation"].value > 0.8
    assert min(scores["course-regression"]["r2"].by_lead) > scores["responder-course"]["r2"].value


@pytest.mark.parametrize("name", NAMES)
def test_each_course_model_answers_every_lead_the_same_twice_and_can_be_told_apart(task, name):
    model = load_model(name)
    assert model.card.answers == ("course",) and model.card.uses_connectome == (name == "course-regression")
    first, second = (fit(name, task, seed=seed) for seed in (0, 5))
    answer = first.forecast(task.cases())
    assert answer.shape[1] == len(LEAD_S) and np.isfinite(answer.values).all() and first.n_parameters > 0
    np.testing.assert_array_equal(answer.values, second.forecast(task.cases()).values)


def test_a_training_set_without_courses_is_refused():
    from synthetic import small_task

    with pytest.raises(BraincastError, match="E306"):
        training_courses(small_task().training(0))


def test_settings_are_chosen_by_squared_error(task):
    model, fitted = load_model("responder-course"), fit("responder-course", task)
    for fold in range(2):
        losses = []
        for settings in model.candidates:
            errors = []
            for train, held in task.training(fold).inner_folds(3):
                answer = model.fit(train, None, settings, seed=0).forecast(held.cases, None)
                errors.append((answer - held.course)[np.isfinite(held.course)] ** 2)
            losses.append(np.concatenate(errors).mean())
        assert fitted.choices[fold].loss == pytest.approx(min(losses), rel=1e-9)
        assert fitted.choices[fold].settings == model.candidates[int(np.argmin(losses))]
