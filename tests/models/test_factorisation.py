"""Low-rank factorisation with side information: gradient, recovery of a made truth, and brains that lack something."""

import numpy as np
from scipy.optimize import approx_fprime
from scipy.special import expit
from synthetic import made_training, small_task

from braincast.models.connectome.factorisation import Factorisation, _components, _loss

MODEL = Factorisation()


def test_the_gradient_is_that_of_finite_differences():
    rng = np.random.default_rng(0)
    side, offset = rng.normal(size=(9, 4)), rng.normal(size=7)
    responds, measured = rng.integers(0, 2, (9, 7)).astype(float), rng.random((9, 7)) < 0.7
    shapes = (4, 2), (7, 2)
    flat = rng.normal(size=4 * 2 + 7 * 2)
    rest = (side, offset, responds, measured, 0.8, shapes)
    _, gradient = _loss(flat, *rest)
    np.testing.assert_allclose(gradient, approx_fprime(flat, lambda x: _loss(x, *rest)[0], 1e-7), atol=1e-4)


def test_components_are_standardised_and_a_neuron_without_data_takes_the_mean():
    rng = np.random.default_rng(1)
    table = rng.normal(size=(30, 12))
    table[4] = np.nan
    scores = _components(table)
    assert scores.shape == (30, 8)
    np.testing.assert_allclose(scores.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(scores.std(axis=0), 1.0)
    np.testing.assert_allclose(scores[4], 0.0, atol=1e-12)


def test_a_table_without_any_spread_has_components_of_zero():
    np.testing.assert_array_equal(_components(np.ones((6, 3))), np.zeros((6, 3)))


def test_a_made_low_rank_truth_is_found_again_for_stimuli_never_seen():
    rng = np.random.default_rng(2)
    n_stimuli, n_neurons = 120, 120
    side, factor = rng.normal(size=(n_stimuli, 4)), rng.normal(size=(n_neurons, 2))
    log_odds = side @ rng.normal(size=(4, 2)) @ factor.T
    names = [f"n{number}" for number in range(n_neurons)]
    responds = (rng.random((n_stimuli, n_neurons)) < expit(log_odds)).astype(float)
    fitted = MODEL.fit(made_training(responds[:90], names[:90], names), side, {"ridge": 1.0}, seed=0)
    asked = made_training(responds[90:], names[90:], names).cases
    found = fitted.forecast(asked, side)[:, 0]
    assert np.corrcoef(found.ravel(), expit(log_odds[90:]).ravel())[0, 1] > 0.95


def test_what_a_brain_lacks_is_left_out_of_the_side_information():
    task = small_task()  # without expression and positions
    prepared = MODEL.prepare(task.structure)
    assert np.isfinite(prepared).all()
    np.testing.assert_array_equal(prepared[:, 17:], 0.0)
