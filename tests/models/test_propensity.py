"""Response rates in closed form, and the two floors built on them."""

import numpy as np
import pytest
from synthetic import made_training, small_task

from braincast.models.baselines.constant import Constant
from braincast.models.baselines.responder_propensity import ResponderPropensity
from braincast.models.responses.propensity import propensity, propensity_without_own_group

NEURONS = ["AL", "AR", "B", "C"]
CLASSES = {"AL": "A", "AR": "A", "B": "B", "C": "C"}
NAN = np.nan
TABLE = np.array([[NAN, 1, 0, 1], [1, NAN, NAN, 0], [0, 0, NAN, 1], [0, NAN, 1, NAN]])


@pytest.fixture
def training():
    return made_training(TABLE, NEURONS, NEURONS, CLASSES)


def test_the_propensity_is_the_posterior_mean_under_a_beta_prior(training):
    responses, measured = np.array([1, 1, 1, 2]), np.array([3, 2, 2, 3])
    rate = (5 + 1) / (10 + 2)
    for pseudo_count in (0.5, 3.0, 100.0):
        expected = (responses + pseudo_count * rate) / (measured + pseudo_count)
        np.testing.assert_allclose(propensity(training, pseudo_count), expected, rtol=1e-14)


def test_a_neuron_that_was_never_measured_has_the_overall_rate():
    training = made_training([[1, NAN], [0, NAN]], ["x", "y"], ["x", "y"])
    assert propensity(training, 5.0)[1] == pytest.approx((1 + 1) / (2 + 2))


def test_without_its_own_group_the_propensity_is_that_of_the_other_cases(training):
    found = propensity_without_own_group(training, 3.0)
    for row, neuron in enumerate(NEURONS):
        others = np.array([CLASSES[name] != CLASSES[neuron] for name in NEURONS])
        np.testing.assert_allclose(found[row], propensity(training.where(others), 3.0), rtol=1e-14)


def test_the_own_group_s_responses_change_nothing(training):
    before = propensity_without_own_group(training, 3.0)
    changed = TABLE.copy()
    changed[:2] = 1 - changed[:2]
    changed[0, 3] = NAN
    after = propensity_without_own_group(made_training(changed, NEURONS, NEURONS, CLASSES), 3.0)
    np.testing.assert_array_equal(after[:2], before[:2])
    assert (after[2:] != before[2:]).any()


def test_the_constant_answers_every_pair_with_the_training_rate(training):
    fitted = Constant().fit(training, None, {}, seed=0)
    answer = fitted.forecast(training.cases, None)
    assert answer.shape == (4, 1, 4) and fitted.n_parameters == 1
    np.testing.assert_allclose(answer, (5 + 1) / (10 + 2))


def test_responder_propensity_answers_every_case_alike(training):
    fitted = ResponderPropensity().fit(training, None, {"pseudo_count": 3.0}, seed=0)
    answer = fitted.forecast(training.cases, None)
    assert fitted.n_parameters == 4
    for row in range(4):
        np.testing.assert_array_equal(answer[row, 0], propensity(training, 3.0))


def test_more_shrinkage_pulls_rates_together():
    training = small_task().training(0)
    spreads = [propensity(training, count).std() for count in (1.0, 10.0, 100.0, 1e9)]
    assert spreads == sorted(spreads, reverse=True) and spreads[-1] < 1e-6
