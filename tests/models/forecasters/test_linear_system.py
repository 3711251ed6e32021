"""The Kalman filter, its smoother and expectation maximisation, against Gaussians written out in full."""

import numpy as np
import pytest
from made_windows import error_by_lead, task_on, truth_of
from scipy.linalg import block_diag
from scipy.stats import multivariate_normal

from braincast.models.forecasters.population.linear_system import (
    LinearSystem,
    filter_covariances,
    filtered_means,
    last_means,
    log_likelihood,
    smoothed,
)
from braincast.models.forecasters.population.system_learning import learn_system
from braincast.models.registry import load_model

N_FRAMES, N_LATENT, N_NEURONS = 7, 2, 5


@pytest.fixture
def system():
    rng = np.random.default_rng(0)
    transition = 0.9 * np.linalg.qr(rng.normal(size=(N_LATENT, N_LATENT)))[0]
    readout = rng.normal(size=(N_NEURONS, N_LATENT))
    return LinearSystem(
        transition, 0.3 * np.eye(N_LATENT), readout, rng.uniform(0.5, 1.5, N_NEURONS), 2 * np.eye(N_LATENT)
    )


def _joint(system, n_frames):
    """Covariance of all states, of all observations, and between them."""
    state = np.zeros((n_frames, n_frames, N_LATENT, N_LATENT))
    state[0, 0] = system.start
    for t in range(1, n_frames):
        state[t, t] = system.transition @ state[t - 1, t - 1] @ system.transition.T + system.drive
    for s in range(n_frames):
        for t in range(s + 1, n_frames):
            state[t, s] = system.transition @ state[t - 1, s]
            state[s, t] = state[t, s].T
    states = state.transpose(0, 2, 1, 3).reshape(n_frames * N_LATENT, -1)
    readout = block_diag(*[system.readout] * n_frames)
    return states, readout @ states @ readout.T + np.diag(np.tile(system.noise, n_frames)), states @ readout.T


def _run(system, seen):
    covariances = filter_covariances(system, seen.shape[1])
    return covariances, *filtered_means(system, seen, covariances)


def test_smoothed_states_are_those_of_the_joint_gaussian(system):
    seen = np.random.default_rng(1).normal(size=(3, N_FRAMES, N_NEURONS))
    covariances, predicted, filtered = _run(system, seen)
    found = smoothed(system, covariances, predicted, filtered)
    states, observed, between = _joint(system, N_FRAMES)
    gain = between @ np.linalg.inv(observed)
    expected = (seen.reshape(3, -1) @ gain.T).reshape(3, N_FRAMES, N_LATENT)
    np.testing.assert_allclose(found.mean, expected, atol=1e-8)
    left = (states - gain @ between.T).reshape(N_FRAMES, N_LATENT, N_FRAMES, N_LATENT)
    for t in range(N_FRAMES):
        np.testing.assert_allclose(found.covariance[t], left[t, :, t], atol=1e-8)
    for t in range(N_FRAMES - 1):
        np.testing.assert_allclose(found.lagged[t], left[t + 1, :, t], atol=1e-8)


def test_the_last_state_given_the_context_is_that_of_the_joint_gaussian(system):
    seen = np.random.default_rng(2).normal(size=(4, N_FRAMES, N_NEURONS))
    _, observed, between = _joint(system, N_FRAMES)
    expected = seen.reshape(4, -1) @ np.linalg.solve(observed, between[-N_LATENT:].T)
    np.testing.assert_allclose(last_means(system, seen), expected, atol=1e-8)


def test_the_likelihood_is_that_of_the_joint_gaussian(system):
    seen = np.random.default_rng(3).normal(size=(2, N_FRAMES, N_NEURONS))
    covariances, predicted, _ = _run(system, seen)
    observed = _joint(system, N_FRAMES)[1]
    expected = multivariate_normal(np.zeros(len(observed)), observed).logpdf(seen.reshape(2, -1)).sum()
    assert log_likelihood(system, seen, covariances, predicted) == pytest.approx(expected, rel=1e-9)


def test_settled_covariances_are_those_of_the_riccati_equation(system):
    from scipy.linalg import solve_discrete_are

    found = filter_covariances(system, 400).predicted[-1]
    expected = solve_discrete_are(system.transition.T, system.readout.T, system.drive, np.diag(system.noise))
    np.testing.assert_allclose(found, expected, atol=1e-7)


def _simulated(n_frames, seed, n_neurons=12):
    rng = np.random.default_rng(seed)
    turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
    readout, state = np.random.default_rng(99).normal(size=(n_neurons, 2)), np.zeros(2)
    frames = []
    for _ in range(n_frames):
        state = 0.97 * turn @ state + 0.3 * rng.normal(size=2)
        frames.append(readout @ state + rng.normal(size=n_neurons))
    return np.array(frames)


def test_every_step_of_expectation_maximisation_raises_the_likelihood():
    pieces = [_simulated(120, 0), _simulated(80, 1), _simulated(120, 2)]
    _, history = learn_system(pieces, 3, 25)
    assert len(history) > 5 and (np.diff(history) > -1e-6 * abs(history[0])).all()


def test_expectation_maximisation_finds_the_dynamics():
    system, _ = learn_system([_simulated(1500, 0)], 2, 60)
    found = np.linalg.eigvals(system.transition)
    expected = 0.97 * np.exp(np.array([0.5j, -0.5j]))
    assert np.abs(np.sort_complex(found) - np.sort_complex(expected)).max() < 0.03
    np.testing.assert_allclose(system.noise, 1.0, atol=0.15)


def test_lds_beats_the_mean_and_single_neurons_on_a_latent_rotation():
    task = task_on(_simulated(600, 5), context=16, horizon=4)
    truth, errors = truth_of(task), {}
    for name, settings in (
        ("lds", {"latent": 2, "iterations": 20, "scope": "pooled"}),
        ("ar", {"order": 8, "penalty": 1e-3, "scope": "pooled"}),
        ("mean", {}),
    ):
        fitted = load_model(name).fit(task.training(0), None, settings, seed=0)
        errors[name] = error_by_lead(fitted.point(task.cases()), truth).mean()
    assert errors["lds"] < errors["ar"] < errors["mean"]
