"""Logistic regression against scikit-learn's, with the same penalty."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from braincast.models.learners.logistic import Logistic, fit_logistic


def made_pairs(seed: int, n: int = 400, n_features: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, n_features)) * [1, 10, 0.01, 3, 1][:n_features] + 5
    score = features @ np.array([1, -0.2, 50, 0.3, 0.0])[:n_features]
    outcome = (rng.random(n) < 1 / (1 + np.exp(score.mean() + 1 - score))).astype(float)
    return features, outcome


def referee(features: np.ndarray, outcome: np.ndarray, penalty: float) -> LogisticRegression:
    model = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=10_000)
    return model.fit(StandardScaler().fit_transform(features), outcome)


@pytest.mark.parametrize("penalty", [0.01, 1.0, 30.0, 300.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_coefficients_are_those_of_scikit_learn(penalty, seed):
    features, outcome = made_pairs(seed)
    found, expected = fit_logistic(features, outcome, penalty), referee(features, outcome, penalty)
    np.testing.assert_allclose(found.coefficients, expected.coef_[0], atol=1e-5)
    assert found.intercept == pytest.approx(expected.intercept_[0], abs=1e-5)


def test_probabilities_are_those_of_scikit_learn_also_on_unseen_features():
    features, outcome = made_pairs(3)
    unseen = made_pairs(4)[0]
    scaler = StandardScaler().fit(features)
    expected = referee(features, outcome, 2.0).predict_proba(scaler.transform(unseen))[:, 1]
    np.testing.assert_allclose(fit_logistic(features, outcome, 2.0).probability(unseen), expected, atol=1e-5)


def test_features_that_separate_the_outcomes_have_the_penalised_optimum():
    features = np.linspace(-1, 1, 60)[:, None]
    outcome = (features[:, 0] > 0.1).astype(float)
    for penalty in (1e-3, 1.0):
        found, expected = fit_logistic(features, outcome, penalty), referee(features, outcome, penalty)
        np.testing.assert_allclose(found.coefficients, expected.coef_[0], rtol=1e-5)
        assert found.intercept == pytest.approx(expected.intercept_[0], rel=1e-5)


def test_a_constant_feature_has_no_say_also_where_it_changes_later():
    features, outcome = made_pairs(5)
    constant = np.column_stack([features[:, :2], np.full(len(features), 3.7), features[:, 2:]])
    found, without = fit_logistic(constant, outcome, 1.0), fit_logistic(features, outcome, 1.0)
    assert found.coefficients[2] == 0.0
    np.testing.assert_allclose(np.delete(found.coefficients, 2), without.coefficients, atol=1e-10)
    changed = constant.copy()
    changed[:, 2] = 1e6
    np.testing.assert_allclose(found.probability(changed), without.probability(features), atol=1e-12)


def test_without_any_feature_the_probability_is_the_rate():
    outcome = np.r_[np.ones(30), np.zeros(70)]
    found = fit_logistic(np.zeros((100, 1)), outcome, 1.0)
    assert found.probability(np.zeros((1, 1)))[0] == pytest.approx(0.3, abs=1e-8)


def test_equal_features_share_what_one_would_have():
    features, outcome = made_pairs(6, n_features=1)
    twice = np.repeat(features, 2, axis=1)
    found = fit_logistic(twice, outcome, 1.0)
    assert found.coefficients[0] == pytest.approx(found.coefficients[1], abs=1e-8)
    np.testing.assert_allclose(found.coefficients, referee(twice, outcome, 1.0).coef_[0], atol=1e-5)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_outcomes_that_never_vary_give_finite_probabilities_near_them(value):
    features, outcome = made_pairs(7)
    found = fit_logistic(features, np.full_like(outcome, value), 1.0).probability(features)
    assert np.isfinite(found).all() and np.abs(found - value).max() < 1e-3


def test_a_batch_of_any_shape_is_answered_in_that_shape():
    model = Logistic(0.0, np.array([1.0, 2.0]), np.zeros(2), np.ones(2))
    features = np.random.default_rng(8).normal(size=(3, 4, 2))
    expected = 1 / (1 + np.exp(-(features[..., 0] + 2 * features[..., 1])))
    np.testing.assert_allclose(model.probability(features), expected, rtol=1e-12)
