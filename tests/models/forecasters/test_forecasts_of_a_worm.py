"""Figures on a real recording: one worm, 98 neurons, standardised on the first 70 %, tested on the last 20 %.

The settings are those that validation chooses; test errors were looked at only to compare with known figures.
"""

import numpy as np
import pytest
from made_windows import chosen, error_by_lead, task_on, truth_of

from braincast.models.registry import load_model

CONTEXT, HORIZON = 48, 8
RECORDING = "worm_atanas2023_2022-08-02-01/2022-08-02-01_labeled98.npz"


@pytest.fixture(scope="module")
def task(test_data):
    return task_on(np.load(test_data / RECORDING)["activity"], context=CONTEXT, horizon=HORIZON)


@pytest.fixture(scope="module")
def truth(task):
    return truth_of(task)


def _errors(task, truth, name, **settings):
    fitted = load_model(name).fit(task.training(0), None, settings, seed=0)
    return error_by_lead(fitted.point(task.cases()), truth)


def test_persistence_and_the_mean_stand_where_they_are_known_to(task, truth):
    persistence, mean = _errors(task, truth, "persistence"), _errors(task, truth, "mean")
    np.testing.assert_allclose(persistence[[0, -1]], [0.304, 0.618], atol=0.005)
    np.testing.assert_allclose(mean[[0, -1]], [0.876, 0.880], atol=0.006)


def test_short_iterated_autoregressions_lose_to_persistence(task, truth):
    persistence = _errors(task, truth, "persistence")
    ar = _errors(task, truth, "ar", order=2, penalty=1e-3, scope="own")
    np.testing.assert_allclose(ar[[0, -1]], [0.307, 0.677], atol=0.02)
    assert ar[-1] > persistence[-1] and ar.mean() > persistence.mean()
    for penalty in (1e-2, 1e-1, 1.0):
        var = _errors(task, truth, "var", order=2, penalty=penalty, towards="mean", scope="own")
        assert var[-1] > persistence[-1] and var.mean() > persistence.mean()


def test_the_pooled_model_on_increments_beats_persistence_at_every_lead(task, truth):
    settings, fitted = chosen(load_model("pooled-linear"), task.training(0))
    errors, persistence = error_by_lead(fitted.point(task.cases()), truth), _errors(task, truth, "persistence")
    assert settings["features"] == "changes" and (errors < persistence).all()
    assert errors[0] <= 0.300 and errors[-1] <= 0.56


@pytest.mark.parametrize("name", ["ar", "var", "var-direct", "reduced-rank-var", "factor-embedding"])
def test_models_chosen_on_validation_beat_persistence_on_average(task, truth, name):
    _, fitted = chosen(load_model(name), task.training(0))
    assert error_by_lead(fitted.point(task.cases()), truth).mean() < _errors(task, truth, "persistence").mean()
