"""Averages by season and by stimulus."""

import numpy as np
import xarray as xr
from made_windows import chosen, error_by_lead, task_on, truth_of, vector_process
from refusals import refused
from sklearn.linear_model import Ridge

from braincast.models.forecasters.seasonal_average import candidate_periods
from braincast.models.registry import load_model


def _seasonal(n_frames=500, period=17, seed=0):
    rng = np.random.default_rng(seed)
    wave = rng.normal(size=(period, 3))
    return wave[np.arange(n_frames) % period] + 0.3 * rng.normal(size=(n_frames, 3))


def test_the_period_is_found_and_chosen_by_validation():
    task = task_on(_seasonal(), context=8, horizon=4)
    assert candidate_periods(task.training(0))[0] % 17 == 0
    settings, fitted = chosen(load_model("seasonal-average"), task.training(0))
    assert settings["peak"] > 0 and fitted.period % 17 == 0
    mean = load_model("mean").fit(task.training(0), None, {}, seed=0).point(task.cases())
    found, floor = (error_by_lead(a, truth_of(task)).mean() for a in (fitted.point(task.cases()), mean))
    assert found < 0.5 * floor


def test_without_a_season_the_average_is_the_mean():
    task = task_on(np.random.default_rng(0).normal(size=(300, 3)), context=8, horizon=4)
    fitted = load_model("seasonal-average").fit(task.training(0), None, {"peak": 0}, seed=0)
    np.testing.assert_allclose(fitted.point(task.cases()), 0.0, atol=1e-6)


def test_a_season_is_an_average_by_phase_of_the_frame_number():
    activity = _seasonal(period=5)
    task = task_on(activity, context=8, horizon=7)
    model, training = load_model("seasonal-average"), task.training(0)
    place = candidate_periods(training).index(5) + 1
    fitted = model.fit(training, None, {"peak": place}, seed=0)
    x = training.series[0].activity.astype(float)
    windows = task.cases()
    for lead in (0, 6):
        phase = (windows.start + lead) % 5
        expected = np.stack([(x[p::5].sum(axis=0) + x.mean(axis=0)) / (len(x[p::5]) + 1) for p in phase])
        np.testing.assert_allclose(fitted.point(windows)[:, lead], expected, atol=1e-6)


def _stimulated(n_frames=400, seed=0):
    rng = np.random.default_rng(seed)
    shown = (rng.uniform(size=(n_frames, 2)) < 0.2).astype(float) * [1.0, 5.0]
    driven = sum(0.6**lag * np.roll(shown, lag, axis=0) for lag in range(4)) @ rng.normal(size=(2, 3))
    track = xr.DataArray(shown, dims=("time", "feature"), coords={"feature": ["a", "b"]}, attrs={"units": "1"})
    return driven + 0.1 * rng.normal(size=(n_frames, 3)), track


def test_the_stimulus_average_is_a_ridge_regression_on_what_was_shown():
    activity, track = _stimulated()
    task = task_on(activity, context=8, horizon=3, stimuli=[track])
    series, penalty = task.training(0).series[0], 0.01
    settings = {"history": 4, "penalty": penalty, "scope": "pooled"}
    fitted = load_model("stimulus-average").fit(task.training(0), None, settings, seed=0)
    shown = track.values / series.stimulus.astype(float).std(axis=0)
    rows = np.stack([shown[t - 3 : t + 1].ravel() for t in range(3, len(shown))])
    n_train = len(series.activity) - 3
    referee = Ridge(alpha=penalty * n_train).fit(rows[:n_train], series.activity[3:].astype(float))
    windows = task.cases()
    for lead in range(3):
        expected = referee.predict(rows[windows.start + lead - 3])
        np.testing.assert_allclose(fitted.point(windows)[:, lead], expected, atol=1e-5)
    _, best = chosen(load_model("stimulus-average"), task.training(0))
    assert error_by_lead(best.point(windows), truth_of(task)).max() < 0.3


def test_the_stimulus_average_refuses_a_task_without_stimulus():
    task = task_on(vector_process(200, 3, seed=0), context=8, horizon=3)
    with refused("E306", "stimulus-average", "shows no stimulus"):
        load_model("stimulus-average").fit(task.training(0), None, load_model("stimulus-average").candidates[0], seed=0)
