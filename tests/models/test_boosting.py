"""Boosted trees against scikit-learn's, and what makes a fit the same everywhere."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from braincast.models.learners.boosting import BoostedTrees, Growth, fit_trees


def made(seed: int, n: int = 1500, n_values: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Features of few distinct values, so that both sides cut at the same places."""
    rng = np.random.default_rng(seed)
    features = rng.integers(0, n_values, (n, 6)) / 7.0
    score = np.sin(features[:, 0]) + (features[:, 1] > 3) * (features[:, 2] < 2) - 1
    return features, (rng.random(n) < 1 / (1 + np.exp(-2 * score))).astype(float)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("ridge", [0.5, 20.0])
def test_probabilities_are_those_of_scikit_learn_when_nothing_is_drawn_at_random(depth, ridge):
    features, outcome = made(depth)
    growth = Growth(n_trees=30, depth=depth, rate=0.1, ridge=ridge, min_rows=25, row_share=1.0, feature_share=1.0)
    found = fit_trees(features, outcome, growth, seed=0)
    referee = HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=30,
        max_depth=depth,
        max_leaf_nodes=None,
        min_samples_leaf=25,
        l2_regularization=ridge,
        early_stopping=False,
    ).fit(features, outcome)
    # scikit-learn keeps gradients in float32.
    np.testing.assert_allclose(found.probability(features), referee.predict_proba(features)[:, 1], atol=1e-5)


def test_many_values_are_binned_and_unseen_ones_answered():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(3000, 4))
    outcome = (features[:, 1] > 0.3).astype(float)
    trees = fit_trees(features, outcome, Growth(n_trees=80, row_share=1.0, feature_share=1.0), seed=0)
    unseen = rng.normal(size=(500, 4)) * 3
    clear = np.abs(unseen[:, 1] - 0.3) > 0.1
    assert ((trees.probability(unseen) > 0.5) == (unseen[:, 1] > 0.3))[clear].all()


def test_a_seed_fixes_every_bit_and_another_one_draws_other_rows():
    features, outcome = made(5)
    same = [fit_trees(features, outcome, Growth(n_trees=20), seed=7).probability(features) for _ in range(2)]
    np.testing.assert_array_equal(*same)
    other = fit_trees(features, outcome, Growth(n_trees=20), seed=8).probability(features)
    assert (other != same[0]).any()


def test_leaves_smaller_than_allowed_are_not_grown():
    features, outcome = made(6, n=90)
    trees = fit_trees(features, outcome, Growth(n_trees=5, min_rows=80, row_share=1.0), seed=0)
    assert (trees.feature == -1).all()
    assert np.ptp(trees.probability(features)) == 0


def test_outcomes_of_one_kind_stay_probabilities():
    features = np.arange(200.0)[:, None]
    trees = fit_trees(features, np.zeros(200), Growth(n_trees=10), seed=0)
    assert isinstance(trees, BoostedTrees) and (trees.probability(features) > 0).all()
    assert (trees.probability(features) < 0.01).all()
