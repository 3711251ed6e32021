"""Forecasters run on their own output."""

import numpy as np
import pytest
from made_rollouts import HORIZON, rollout_task
from scipy.signal import lfilter
from scipy.stats import chisquare

from braincast.models.forecasters.own_past.linear_forecast import same_everywhere
from braincast.models.registry import load_model
from braincast.training.closed_loop import ClosedLoop, closed_loops, held
from braincast.training.fit import fit


@pytest.fixture(scope="module")
def lawful():
    return rollout_task(noise="none")


@pytest.fixture(scope="module")
def driven():
    return rollout_task(noise="errors", undriven=("mean",))


def loop(task, weights, errors=None, seed=0):
    """A rule for all neurons, run on its own output."""
    return ClosedLoop(same_everywhere(np.array(weights)), task.card.rollout, errors, seed)


def test_a_rollout_is_the_recursion_of_its_rule(lawful):
    # x(t) = 1.2 x(t-1) - 0.5 x(t-2): scipy's filter with the last two frames as its state.
    context = lawful.cases().contexts().astype(float)
    path = loop(lawful, [[-0.5, 1.2]]).forecast(lawful.cases(), None)
    state = np.stack([1.2 * context[:, -1] - 0.5 * context[:, -2], -0.5 * context[:, -1]], axis=-1)
    expected, _ = lfilter([1.0], [1.0, -1.2, 0.5], np.zeros((*state.shape[:2], HORIZON)), zi=state)
    np.testing.assert_allclose(path, expected.transpose(0, 2, 1), atol=1e-5)


def test_several_frames_at_a_time_are_those_one_by_one():
    # Two leads of the same rule in one step, and one lead twice.
    task, pairs = rollout_task(noise="none"), rollout_task(noise="none", step=2)
    one = loop(task, [[-0.5, 1.2]]).forecast(task.cases(), None)
    two = loop(pairs, [[-0.5, 1.2], [-0.6, 0.94]]).forecast(pairs.cases(), None)
    np.testing.assert_allclose(one, two, atol=1e-5)


def test_a_path_that_leaves_the_limit_is_held_there(lawful):
    path = loop(lawful, [[2.0]]).forecast(lawful.cases(), None)
    out = (np.abs(path) >= 50).any(axis=2)
    assert np.isfinite(path).all() and np.abs(path).max() == 50 and out[:, -1].all()
    for own, gone in zip(path, out, strict=True):
        assert (own[gone.argmax() :] == own[gone.argmax()]).all()


def test_what_is_no_number_is_held_at_the_limit():
    ahead = np.array([[[0.5, np.nan], [0.1, 0.1]], [[np.inf, 0.2], [0.3, 0.3]], [[0.1, 0.1], [0.2, 0.2]]])
    path, blown = held(ahead, np.array([[0.0, -1.0], [0.0, 0.0], [0.0, 0.0]]), np.zeros(3, bool), 50.0)
    np.testing.assert_allclose(path[0], [[0.5, -50], [0.5, -50]])
    np.testing.assert_allclose(path[1], [[50, 0.2], [50, 0.2]])
    np.testing.assert_allclose(path[2], [[0.1, 0.1], [0.2, 0.2]], rtol=1e-6)
    assert blown.tolist() == [True, True, False]


def test_a_driven_rollout_is_driven_by_whole_frames_of_errors_all_as_often(lawful):
    # What x(t) - 0.8 x(t-1) leaves is one of the frames of errors, the same for all neurons.
    errors = np.random.default_rng(0).normal(size=(4, 4))
    path = loop(lawful, [[0.8]], errors).forecast(lawful.cases(), None).astype(float)
    left = (path[:, 1:] - 0.8 * path[:, :-1]).reshape(-1, 1, 4)
    apart = np.abs(left - errors).max(axis=2)
    assert apart.min(axis=1).max() < 1e-5
    counts = np.bincount(apart.argmin(axis=1), minlength=4)
    assert chisquare(counts).pvalue > 0.01


def test_draws_depend_on_the_window_and_the_seed_alone(driven):
    fitted = fit("ar", driven, seed=3)
    whole, cases = fitted.forecast(driven.cases()), driven.cases()
    part = fitted.forecast(cases.where(np.arange(len(cases)) > 1))
    np.testing.assert_array_equal(whole.values[2:], part.values)
    assert (fit("ar", driven, seed=4).forecast(cases).values != whole.values).any()


def test_errors_are_those_of_the_first_frame_less_their_mean(driven):
    (found,) = closed_loops(fit("persistence", driven), driven, driven.card.rollout)
    held_out = driven.training(0).validation
    expected = held_out.truth[:, 0] - held_out.windows.contexts()[:, -1]
    np.testing.assert_allclose(found.errors, expected - expected.mean(axis=0), atol=1e-5)


def test_who_is_declared_undriven_stays_without_chance(driven):
    assert np.abs(fit("mean", driven).forecast(driven.cases()).values).max() < 1e-6


@pytest.mark.parametrize("model", ["dlinear", "var-direct", "lds", "seasonal-average", "nvar"])
def test_every_kind_of_forecaster_answers_a_rollout_with_one_finite_path(driven, model):
    answer = fit(model, driven).forecast(driven.cases())
    assert answer.dims == ("case", "lead", "neuron") and np.isfinite(answer.values).all()


@pytest.mark.slow  # compiles a network
def test_a_network_answers_a_rollout_too(driven):
    one = {**load_model("gru").candidates[0], "steps": 20, "every": 20}
    answer = fit("gru", driven, settings=one).forecast(driven.cases())
    assert answer.shape == (len(driven.card.cases), HORIZON, 4) and np.isfinite(answer.values).all()
