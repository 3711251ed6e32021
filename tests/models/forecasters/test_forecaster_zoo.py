"""Every forecaster keeps the interface, answers with members, and can be saved."""

import numpy as np
import pytest
import xarray as xr
from made_windows import task_on, vector_process

from braincast.models.forecasters.spread import MEMBERS
from braincast.models.interface import Fitted, Model
from braincast.models.registry import load_model, model_names
from braincast.training.checkpoint import load_fit, save_fit
from braincast.training.fit import fit

NAMES = (
    *("mean", "persistence", "drift", "seasonal-average", "stimulus-average"),
    *("ar", "ar-direct", "pooled-linear", "nlinear", "dlinear", "nvar"),
    *("var", "var-direct", "reduced-rank-var", "dmd", "lds", "factor-embedding"),
)
CONTEXT, HORIZON = 8, 3


def _track(values: np.ndarray) -> xr.DataArray:
    features = [f"s{number}" for number in range(values.shape[1])]
    return xr.DataArray(values, dims=("time", "feature"), coords={"feature": features}, attrs={"units": "1"})


@pytest.fixture(scope="module")
def task():
    activities = [vector_process(160, 5, seed=seed) for seed in range(2)]
    stimuli = [_track(np.random.default_rng(seed).normal(size=(160, 2))) for seed in range(2)]
    return task_on(*activities, context=CONTEXT, horizon=HORIZON, stimuli=stimuli)


@pytest.fixture(scope="module")
def unseen_task():
    activities = [vector_process(120, 4, seed=seed) for seed in range(3)]
    return task_on(*activities, context=CONTEXT, horizon=HORIZON, held_out_animals=True)


def test_the_forecasters_are_listed():
    assert set(NAMES) <= set(model_names())


@pytest.mark.parametrize("name", NAMES)
def test_each_forecaster_describes_itself(name):
    model = load_model(name)
    assert isinstance(model, Model) and model.card.name == name and model.card.kinds[:2] == ("forecast", "rollout")
    assert model.card.summary.endswith(".") and model.card.answers == ("activity",) and model.card.members == MEMBERS
    assert len(model.candidates) <= 8 and not model.card.uses_connectome
    for settings in model.candidates:
        assert set(settings) == set(model.card.settings)
        for key, value in settings.items():
            assert model.card.settings[key].checked(value, key) == value


@pytest.mark.parametrize("name", NAMES)
def test_each_candidate_answers_with_members_in_rising_order(name, task):
    model, training, windows = load_model(name), task.training(0), task.cases()
    for settings in model.candidates:
        fitted = model.fit(training, model.prepare(task.structure), settings, seed=0)
        assert isinstance(fitted, Fitted) and isinstance(fitted, model.fitted_type) and fitted.n_parameters > 0
        answer = fitted.forecast(windows, None)
        assert answer.shape == (*windows.shape, MEMBERS) and np.isfinite(answer).all()
        assert (np.diff(answer, axis=-1) >= 0).all()
        np.testing.assert_allclose(answer.mean(axis=-1), fitted.point(windows), atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_changes_nothing(name, task):
    model, training, windows = load_model(name), task.training(0), task.cases()
    fits = [model.fit(training, None, model.candidates[-1], seed=seed) for seed in (0, 12345)]
    np.testing.assert_array_equal(*(fitted.forecast(windows, None) for fitted in fits))


@pytest.mark.parametrize("name", NAMES)
def test_fitting_leaves_training_as_it_was(name, task):
    training = task.training(0)
    before = [series.activity.copy() for series in training.series]
    model = load_model(name)
    model.fit(training, None, model.candidates[0], seed=0).forecast(task.cases(), None)[:] = -1.0
    for series, activity in zip(training.series, before, strict=True):
        np.testing.assert_array_equal(series.activity, activity)


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_fit_answers_alike(name, task, tmp_path):
    fitted = fit(name, task)
    loaded = load_fit(save_fit(fitted, tmp_path / "fit"), task)
    assert loaded.n_parameters == fitted.n_parameters
    np.testing.assert_array_equal(loaded.forecast(task.cases()).values, fitted.forecast(task.cases()).values)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "stimulus-average"])
def test_a_recording_that_was_not_trained_on_gets_the_pooled_fit(name, unseen_task):
    model, training = load_model(name), unseen_task.training(0)
    windows = unseen_task.cases("test", fold=0)
    assert not set(windows.recording) & {series.recording for series in training.series}
    scopes = [model.candidates[0] | {"scope": scope} for scope in ("own", "pooled")]
    if "scope" not in model.card.settings:
        scopes = [model.candidates[0]] * 2
    fits = [model.fit(training, None, settings, seed=0) for settings in scopes]
    np.testing.assert_array_equal(*(fitted.point(windows) for fitted in fits))


def test_when_all_recordings_asked_about_are_new_validation_judges_the_pooled_fit(unseen_task):
    training = unseen_task.training(0)
    assert not set(training.answers) & set(training.recordings)
    fits = [load_model("var").fit(training, None, load_model("var").candidates[n], seed=0) for n in (0, 1)]
    held = training.validation.windows
    np.testing.assert_array_equal(*(fitted.point(held) for fitted in fits))
