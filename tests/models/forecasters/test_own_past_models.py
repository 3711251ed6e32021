"""Models of each neuron's own past, against scikit-learn and plain least squares."""

import numpy as np
import pytest
from made_windows import task_on, vector_process
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.linear_model import LinearRegression, Ridge

from braincast.models.forecasters.dlinear import moving_average
from braincast.models.registry import load_model

CONTEXT, HORIZON, PENALTY = 30, 4, 0.05


@pytest.fixture(scope="module")
def task():
    walks = [np.cumsum(vector_process(300, 3, seed=seed), axis=0) for seed in range(2)]
    return task_on(*walks, context=CONTEXT, horizon=HORIZON)


def _rows(task, n_frames, recording=None):
    """Windows of the training series: [row, neuron, frame]."""
    series = [s for s in task.training(0).series if recording in (None, s.recording)]
    return np.concatenate([sliding_window_view(s.activity.astype(float), n_frames, axis=0) for s in series])


def _point(task, name, **settings):
    return load_model(name).fit(task.training(0), None, settings, seed=0).point(task.cases())


def test_persistence_and_mean_are_what_they_say(task):
    contexts = task.cases().contexts()
    assert (_point(task, "mean") == 0).all()
    np.testing.assert_array_equal(_point(task, "persistence"), np.repeat(contexts[:, -1:], HORIZON, axis=1))


def test_drift_adds_the_mean_step(task):
    steps = [np.diff(s.activity.astype(float), axis=0).mean(axis=0) for s in task.training(0).series]
    windows = task.cases()
    expected = (
        windows.contexts()[:, -1:] + np.arange(1, HORIZON + 1)[:, None] * np.array(steps)[windows.recording][:, None]
    )
    np.testing.assert_allclose(_point(task, "drift", shrinkage=0.0, scope="own"), expected, atol=1e-6)


def test_ar_is_a_ridge_regression_of_each_neuron_iterated(task):
    found = _point(task, "ar", order=3, penalty=PENALTY, scope="own")
    windows = task.cases()
    for recording in range(2):
        rows, cases = _rows(task, 4, recording), windows.recording == recording
        for neuron in range(3):
            referee = Ridge(alpha=PENALTY * len(rows)).fit(rows[:, neuron, :3], rows[:, neuron, 3])
            frames = list(windows.contexts()[cases, -3:, neuron].T.astype(float))
            for lead in range(HORIZON):
                frames.append(referee.predict(np.stack(frames[-3:], axis=1)))
                np.testing.assert_allclose(found[cases, lead, neuron], frames[-1], atol=1e-5)


@pytest.mark.parametrize("towards", ["mean", "persistence"])
def test_ar_direct_is_a_ridge_regression_for_each_lead(task, towards):
    found = _point(task, "ar-direct", order=5, penalty=PENALTY, towards=towards, scope="pooled")
    rows, past = _rows(task, 5 + HORIZON), task.cases().contexts()[:, -5:].astype(float)
    for neuron in range(3):
        base = rows[:, neuron, 4:5] * (towards == "persistence")
        referee = Ridge(alpha=PENALTY * len(rows)).fit(rows[:, neuron, :5], rows[:, neuron, 5:] - base)
        expected = referee.predict(past[..., neuron]) + past[:, -1:, neuron] * (towards == "persistence")
        np.testing.assert_allclose(found[..., neuron], expected, atol=1e-5)


def _shared_referee(task, features, target_base, penalty):
    """The forecast of a model shared by all neurons: `features` of contexts, targets less `target_base` of them."""
    rows = _rows(task, CONTEXT + HORIZON).reshape(-1, CONTEXT + HORIZON)
    context = rows[:, :CONTEXT]
    model = Ridge(alpha=penalty * len(rows)) if penalty else LinearRegression()
    model.fit(features(context), rows[:, CONTEXT:] - target_base(context))
    asked = task.cases().contexts().astype(float).transpose(0, 2, 1)
    flat = asked.reshape(-1, CONTEXT)
    answer = model.predict(features(flat)) + target_base(flat)
    return answer.reshape(*asked.shape[:2], HORIZON).transpose(0, 2, 1)


def _last(context):
    return context[:, -1:]


def _nothing(context):
    return np.zeros((len(context), 1))


def test_pooled_linear_regresses_changes_on_the_context(task):
    found = _point(task, "pooled-linear", order=1000, features="levels", penalty=PENALTY, scope="pooled")
    np.testing.assert_allclose(found, _shared_referee(task, lambda c: c, _last, PENALTY), atol=1e-5)


def test_nlinear_takes_the_last_value_away_and_adds_it_again(task):
    found = _point(task, "nlinear", penalty=PENALTY, scope="pooled")
    expected = _shared_referee(task, lambda c: (c - _last(c))[:, :-1], _last, PENALTY)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    pooled = _point(task, "pooled-linear", order=CONTEXT, features="changes", penalty=PENALTY, scope="pooled")
    np.testing.assert_allclose(found, pooled, atol=1e-10)


def test_dlinear_is_one_map_for_the_trend_and_one_for_the_rest(task):
    trend = moving_average(CONTEXT, 25)
    found = _point(task, "dlinear", penalty=PENALTY, scope="pooled")
    expected = _shared_referee(
        task, lambda c: np.hstack([c @ trend.T, c - c @ trend.T]), lambda c: 0 * c[:, :1], PENALTY
    )
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_moving_average_repeats_the_ends():
    x = np.random.default_rng(0).normal(size=40)
    padded = np.concatenate([np.repeat(x[0], 12), x, np.repeat(x[-1], 12)])
    np.testing.assert_allclose(moving_average(40, 25) @ x, np.convolve(padded, np.ones(25) / 25, mode="valid"))


def test_without_penalty_nlinear_and_dlinear_are_least_squares(task):
    plain = _shared_referee(task, lambda c: c, _nothing, 0.0)
    np.testing.assert_allclose(_point(task, "dlinear", penalty=0.0, scope="pooled"), plain, atol=1e-3)
