"""Dynamic mode decomposition of systems whose modes are known."""

import numpy as np
import pytest
from made_windows import error_by_lead, task_on, truth_of

from braincast.models.registry import load_model

DT_TURN = 0.3  # radians a frame


def _rotation(n_frames=300, n_neurons=6, seed=0):
    """Two undamped oscillations of different speed, seen by six neurons; nothing else."""
    rng, time = np.random.default_rng(seed), np.arange(n_frames)
    waves = np.stack([f(k * DT_TURN * time) for k in (1, 2) for f in (np.cos, np.sin)], axis=1)
    return waves @ rng.normal(size=(4, n_neurons))


def test_eigenvalues_of_a_known_linear_system_are_recovered():
    task = task_on(_rotation(), context=8, horizon=4)
    fitted = load_model("dmd").fit(task.training(0), None, {"delays": 1, "rank": 5, "scope": "pooled"}, seed=0)
    found = np.linalg.eigvals(fitted.operator[-1])
    expected = np.exp(1j * DT_TURN * np.array([1, -1, 2, -2]))
    for value in expected:
        assert np.abs(found - value).min() < 1e-3
    assert error_by_lead(fitted.point(task.cases()), truth_of(task)).max() < 1e-2


def test_delays_show_a_rotation_that_single_frames_hide():
    seen = _rotation()[:, :1]
    task = task_on(np.hstack([seen, -seen]), context=12, horizon=4)
    errors = {}
    for delays in (1, 8):
        settings = {"delays": delays, "rank": 16, "scope": "pooled"}
        fitted = load_model("dmd").fit(task.training(0), None, settings, seed=0)
        errors[delays] = error_by_lead(fitted.point(task.cases()), truth_of(task)).mean()
    assert errors[8] < 0.02 and errors[1] > 0.3


def test_at_full_rank_it_is_least_squares():
    activity = np.random.default_rng(1).normal(size=(200, 4)).cumsum(axis=0)
    task = task_on(activity, context=8, horizon=1)
    fitted = load_model("dmd").fit(task.training(0), None, {"delays": 1, "rank": 4, "scope": "pooled"}, seed=0)
    train = task.training(0).series[0].activity.astype(float)
    weights = np.linalg.lstsq(train[:-1], train[1:], rcond=None)[0]
    expected = task.cases().contexts()[:, -1].astype(float) @ weights
    np.testing.assert_allclose(fitted.point(task.cases())[:, 0], expected, atol=1e-6)


@pytest.mark.parametrize("rank", [1, 1000])
def test_a_rank_is_kept_within_what_there_is(rank):
    task = task_on(_rotation(), context=8, horizon=2)
    fitted = load_model("dmd").fit(task.training(0), None, {"delays": 2, "rank": rank, "scope": "pooled"}, seed=0)
    assert 1 <= fitted.operator.shape[1] <= 12
