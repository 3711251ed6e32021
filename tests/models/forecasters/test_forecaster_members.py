"""Members: quantiles of errors on validation windows."""

import numpy as np
import pytest
from made_windows import task_on, truth_of, vector_process
from scipy.stats import norm

from braincast.models.forecasters.spread import LEVELS, MEMBERS, spread_of
from braincast.models.registry import load_model


def test_members_of_gaussian_errors_are_gaussian_quantiles():
    size = np.array([1.0, 3.0])
    errors = np.random.default_rng(0).normal(size=(20000, 2, 2)) * size
    found = spread_of(errors).members(np.zeros((1, 2, 2)))
    np.testing.assert_allclose(found[0, :, 0], np.tile(norm.ppf(LEVELS), (2, 1)), atol=0.05)
    np.testing.assert_allclose(found[0, :, 1], np.tile(3 * norm.ppf(LEVELS), (2, 1)), atol=0.15)


def test_the_mean_of_the_members_is_the_forecast():
    errors = np.random.default_rng(0).exponential(size=(50, 2, 3)) + 1
    forecast = np.random.default_rng(1).normal(size=(4, 2, 3))
    members = spread_of(errors).members(forecast)
    assert members.shape == (4, 2, 3, MEMBERS)
    np.testing.assert_allclose(members.mean(axis=-1), forecast, atol=1e-12)


def test_few_windows_are_shrunk_towards_all_neurons():
    errors = np.random.default_rng(0).normal(size=(5, 1, 200)) * np.linspace(0.1, 3, 200)
    scale, everywhere = spread_of(errors).scale[0], np.abs(errors).mean()
    own = np.abs(errors).mean(axis=(0, 1))
    np.testing.assert_allclose(scale, (5 * own + 30 * everywhere) / 35)


def test_truth_that_was_not_observed_is_left_out():
    errors = np.random.default_rng(0).normal(size=(60, 2, 3))
    part = spread_of(errors[:40])
    errors[40:] = np.nan
    with_gaps = spread_of(errors)
    np.testing.assert_array_equal(with_gaps.scale, part.scale)
    np.testing.assert_array_equal(with_gaps.shape, part.shape)
    nothing = spread_of(np.full((5, 1, 2), np.nan))
    assert (nothing.members(np.ones((1, 1, 2))) == 1).all()


@pytest.mark.parametrize("name", ["var", "ar", "mean"])
def test_members_cover_what_they_promise(name):
    task = task_on(vector_process(3000, 6, seed=0), context=8, horizon=3)
    model = load_model(name)
    members = model.fit(task.training(0), None, model.candidates[0], seed=0).forecast(task.cases(), None)
    truth = truth_of(task)
    inside = ((truth >= members[..., 0]) & (truth <= members[..., -1])).mean(axis=(0, 2))
    np.testing.assert_allclose(inside, 0.9, atol=0.03)
