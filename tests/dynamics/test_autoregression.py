import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused
from scipy import sparse
from scipy.linalg import solve_discrete_lyapunov

from braincast.dynamics.autoregression import (
    MEAN_ABSOLUTE,
    Autoregression,
    forecast_error_sd,
    frames,
    spectral_radius,
    stationary_sd,
)


def random_case(seed: int, n: int = 6, radius: float = 0.9) -> tuple[Autoregression, np.ndarray]:
    rng = np.random.default_rng(seed)
    dense = rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.4) + 0.5 * np.eye(n)
    dense *= radius / np.abs(np.linalg.eigvals(dense)).max()
    return Autoregression(sparse.csr_array(dense), rng.uniform(0.5, 2, n)), dense


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), radius=st.floats(0.1, 0.99))
def test_stationary_spread_is_that_of_scipys_lyapunov_equation(seed, radius):
    network, dense = random_case(seed, radius=radius)
    expected = np.sqrt(np.diag(solve_discrete_lyapunov(dense, np.diag(network.noise_sd**2))))
    np.testing.assert_allclose(stationary_sd(network), expected, rtol=1e-8)


def test_forecast_errors_add_up_the_powers_of_the_transition():
    network, dense = random_case(3)
    noise = np.diag(network.noise_sd**2)
    found = forecast_error_sd(network, 5)
    for horizon in range(1, 6):
        powers = [np.linalg.matrix_power(dense, k) for k in range(horizon)]
        expected = np.diag(sum(power @ noise @ power.T for power in powers))
        np.testing.assert_allclose(found[horizon - 1] ** 2, expected, rtol=1e-12)


def test_far_forecasts_err_by_the_stationary_spread():
    network, _ = random_case(5, radius=0.8)
    np.testing.assert_allclose(forecast_error_sd(network, 300)[-1], stationary_sd(network), rtol=1e-9)


def test_simulated_forecasts_err_as_stated():
    network, dense = random_case(7)
    states = np.stack(list(itertools.islice(frames(network, np.random.default_rng(1), burn_in=200), 40_000)))
    floor = MEAN_ABSOLUTE * forecast_error_sd(network, 3)
    for lead in (1, 2, 3):
        forecast = states[:-lead] @ np.linalg.matrix_power(dense, lead).T
        np.testing.assert_allclose(np.abs(states[lead:] - forecast).mean(0), floor[lead - 1], rtol=0.04)
    np.testing.assert_allclose(states.std(0), stationary_sd(network), rtol=0.08)


def test_unconnected_parts_are_solved_apart_with_the_same_result():
    one, first = random_case(1)
    two, second = random_case(2)
    order = np.random.default_rng(0).permutation(12)
    whole = np.block([[first, np.zeros((6, 6))], [np.zeros((6, 6)), second]])[np.ix_(order, order)]
    both = Autoregression(sparse.csr_array(whole), np.concatenate([one.noise_sd, two.noise_sd])[order])
    apart = np.concatenate([forecast_error_sd(one, 4), forecast_error_sd(two, 4)], axis=1)[:, order]
    np.testing.assert_allclose(forecast_error_sd(both, 4), apart, rtol=1e-12)


def test_an_unstable_network_has_no_stationary_state():
    network, _ = random_case(1, radius=1.01)
    with refused("E107", "spectral radius"):
        stationary_sd(network)


def test_the_spectral_radius_is_the_largest_eigenvalue():
    assert spectral_radius(np.diag([0.2, -0.7])) == pytest.approx(0.7)
