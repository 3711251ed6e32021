"""Models in which neurons drive each other, against scikit-learn, closed forms and known processes."""

import numpy as np
import pytest
from made_windows import chosen, error_by_lead, process_matrix, task_on, truth_of, vector_process
from sklearn.linear_model import Ridge

from braincast.models.forecasters.population.population_forecast import rolled_out
from braincast.models.forecasters.population.population_moments import lagged_rows, population_moments
from braincast.models.forecasters.population.population_ridge import population_base
from braincast.models.forecasters.reduced_rank_var import reduced_rank
from braincast.models.registry import load_model

N_NEURONS, HORIZON, PENALTY = 4, 3, 0.05


@pytest.fixture(scope="module")
def task():
    return task_on(*(vector_process(300, N_NEURONS, seed=seed) for seed in range(2)), context=8, horizon=HORIZON)


def _point(task, name, **settings):
    return load_model(name).fit(task.training(0), None, settings, seed=0).point(task.cases())


def _rows(task, n_frames):
    """Windows of all training series as rows, frame after frame."""
    return np.concatenate([lagged_rows(s.activity.astype(float), n_frames) for s in task.training(0).series])


def test_var_is_a_ridge_regression_on_all_neurons_iterated(task):
    found = _point(task, "var", order=2, penalty=PENALTY, towards="mean", scope="pooled")
    rows = _rows(task, 3)
    referee = Ridge(alpha=PENALTY * len(rows)).fit(rows[:, : 2 * N_NEURONS], rows[:, 2 * N_NEURONS :])
    frames = list(task.cases().contexts()[:, -2:].transpose(1, 0, 2).astype(float))
    for lead in range(HORIZON):
        frames.append(referee.predict(np.hstack(frames[-2:])))
        np.testing.assert_allclose(found[:, lead], frames[-1], atol=1e-5)


def test_var_direct_is_a_ridge_regression_for_each_lead(task):
    found = _point(task, "var-direct", order=2, penalty=PENALTY, towards="persistence", scope="pooled")
    rows, last = _rows(task, 2 + HORIZON), slice(N_NEURONS, 2 * N_NEURONS)
    change = rows[:, 2 * N_NEURONS :] - np.tile(rows[:, last], HORIZON)
    referee = Ridge(alpha=PENALTY * len(rows)).fit(rows[:, : 2 * N_NEURONS], change)
    past = task.cases().contexts()[:, -2:].astype(float)
    expected = referee.predict(past.reshape(len(past), -1)).reshape(found.shape) + past[:, -1:]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_large_penalty_towards_the_own_past_leaves_autoregressions(task):
    for vector, own in (("var", "ar"), ("var-direct", "ar-direct")):
        found = _point(task, vector, order=2, penalty=1e6, towards="own-past", scope="own")
        settings = {"order": 2, "penalty": 1e-3, "scope": "own"}
        expected = _point(task, own, **settings, **({"towards": "mean"} if own == "ar-direct" else {}))
        np.testing.assert_allclose(found, expected, atol=1e-3)


def test_full_rank_is_the_ridge_regression(task):
    common = {"order": 2, "penalty": PENALTY, "towards": "mean", "scope": "pooled"}
    found = _point(task, "reduced-rank-var", rank=N_NEURONS, **common)
    np.testing.assert_allclose(found, _point(task, "var", **common), atol=1e-9)


def test_a_reduced_rank_fit_is_the_best_of_its_rank(task):
    """Its penalised squared error is what Eckart and Young (1936) leave, and no alternating fit gets below it."""
    moments = population_moments(task.training(0), 2, 1)[0]
    base = np.zeros_like(moments.cross)

    def loss(weights):
        fit = -2 * (weights * moments.cross_covariance).sum() + (weights * (moments.covariance @ weights)).sum()
        return fit + PENALTY * (weights**2).sum()

    found = reduced_rank(moments, PENALTY, base, 2)
    assert np.linalg.matrix_rank(found) == 2
    full = moments.ridge(PENALTY, base)
    root = np.linalg.cholesky(moments.covariance + PENALTY * np.eye(len(full))).T
    lost = np.linalg.svd(root @ full, compute_uv=False)[2:]
    assert loss(found) == pytest.approx(loss(full) + (lost**2).sum(), abs=1e-6)
    gram, right = root.T @ root, np.random.default_rng(0).normal(size=(2, N_NEURONS))
    for _ in range(200):
        left = np.linalg.solve(gram, moments.cross_covariance) @ right.T @ np.linalg.inv(right @ right.T)
        right = np.linalg.solve(left.T @ gram @ left, left.T @ moments.cross_covariance)
    assert loss(found) <= loss(left @ right) + 1e-9


def test_the_base_of_a_large_penalty_is_persistence(task):
    moments = population_moments(task.training(0), 2, HORIZON)[0]
    base = population_base("persistence", moments, N_NEURONS)
    past = np.random.default_rng(0).normal(size=(5, 2, N_NEURONS))
    found = rolled_out(past, np.zeros(HORIZON * N_NEURONS), base, HORIZON)
    np.testing.assert_array_equal(found, np.repeat(past[:, -1:], HORIZON, axis=1))


def test_var_reaches_the_noise_floor_of_a_vector_process():
    n_neurons = 12
    task = task_on(vector_process(4000, n_neurons, seed=7), context=8, horizon=4)
    _, fitted = chosen(load_model("var"), task.training(0))
    matrix, windows, truth = process_matrix(n_neurons, seed=7), task.cases(), truth_of(task)
    scale = task.recordings[0].scale
    ideal = windows.contexts()[:, -1].astype(float) * scale.deviation + scale.mean
    best = np.empty(windows.shape)
    for lead in range(4):
        ideal = ideal @ matrix.T
        best[:, lead] = (ideal - scale.mean) / scale.deviation
    ratio = error_by_lead(fitted.point(windows), truth) / error_by_lead(best, truth)
    assert (ratio < 1.02).all() and (ratio > 0.99).all()


@pytest.mark.parametrize("name", ["var", "var-direct", "reduced-rank-var", "factor-embedding"])
def test_population_models_lose_their_advantage_when_phases_are_drawn_for_each_neuron(name):
    """Each neuron keeps its spectrum, and with it what its own past says; what neurons say of each other is gone."""
    coupled = vector_process(1500, 8, seed=3, coupling=1.0)
    gains = []
    for activity in (coupled, _phases_drawn_anew(coupled)):
        task = task_on(activity, context=8, horizon=3)
        gains.append(1 - _error(task, name) / _error(task, "ar-direct"))
    assert gains[0] > 0.1 and gains[1] < 0.005


def _error(task, name):
    _, fitted = chosen(load_model(name), task.training(0))
    return error_by_lead(fitted.point(task.cases()), truth_of(task)).mean()


def _phases_drawn_anew(activity):
    spectrum = np.fft.rfft(activity, axis=0)
    phases = np.random.default_rng(0).uniform(0, 2 * np.pi, size=spectrum.shape)
    phases[[0, -1]] = 0
    return np.fft.irfft(np.abs(spectrum) * np.exp(1j * phases), n=len(activity), axis=0)
