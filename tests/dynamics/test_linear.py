"""The steady state of linear networks, against sums of matrix powers and a simulated differential equation."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from braincast.dynamics.linear import normalised, propagation, steady_state_response


def random_weights(seed: int, n: int = 9) -> np.ndarray:
    """Sparse weights, with one neuron that has no input and one without output."""
    rng = np.random.default_rng(seed)
    weights = rng.random((n, n)) * (rng.random((n, n)) < 0.4)
    weights[:, 2] = 0.0
    weights[5] = 0.0
    return weights


def test_inputs_or_outputs_sum_to_one_and_missing_ones_stay_zero():
    weights = random_weights(1)
    inputs, outputs = normalised(weights, "input").sum(axis=0), normalised(weights, "output").sum(axis=1)
    np.testing.assert_allclose(inputs, np.where(np.arange(9) == 2, 0.0, 1.0), atol=1e-15)
    np.testing.assert_allclose(outputs, np.where(np.arange(9) == 5, 0.0, 1.0), atol=1e-15)


def test_the_steady_state_sums_paths_of_every_length():
    coupling = 0.7 * normalised(random_weights(2), "input")
    paths = sum(np.linalg.matrix_power(coupling, length) for length in range(200))
    np.testing.assert_allclose(steady_state_response(coupling), paths, rtol=1e-10, atol=1e-14)


def test_the_steady_state_is_where_a_simulated_network_comes_to_rest():
    coupling, tau_s = 0.6 * normalised(random_weights(3), "input"), 0.1
    response = steady_state_response(coupling)
    for pre in (0, 4, 5):
        push = np.eye(9)[pre]
        found = solve_ivp(
            lambda _, x, push=push: (-x + coupling.T @ x + push) / tau_s, (0, 6), np.zeros(9), rtol=1e-9, atol=1e-12
        )
        np.testing.assert_allclose(found.y[:, -1], response[pre], atol=1e-7)


def test_an_edge_carries_from_pre_to_post_and_not_back():
    response = steady_state_response(np.array([[0.0, 0.5], [0.0, 0.0]]))
    np.testing.assert_allclose(response, [[1.0, 0.5], [0.0, 1.0]])


def test_a_chain_multiplies_its_gains():
    coupling = np.diag([0.5, 0.25, 0.8], 1)
    assert steady_state_response(coupling)[0, 3] == pytest.approx(0.5 * 0.25 * 0.8)
    assert steady_state_response(coupling)[3, 0] == 0.0


@pytest.mark.parametrize("by", ["input", "output"])
def test_propagation_shares_one_normalisation_among_edge_kinds(by):
    weights = {"chemical": random_weights(4), "electrical": random_weights(5)}
    gains = {"chemical": 0.3, "electrical": 0.8}
    total = weights["chemical"] + weights["electrical"]
    sums = total.sum(axis=0, keepdims=True) if by == "input" else total.sum(axis=1, keepdims=True)
    sums[sums == 0] = 1.0
    coupling = sum(gains[kind] * weights[kind] / sums for kind in weights)
    paths = sum(np.linalg.matrix_power(coupling, length) for length in range(400))
    np.testing.assert_allclose(propagation(weights, gains, by), paths, rtol=1e-9, atol=1e-13)


def test_without_gain_only_the_pushed_neuron_moves():
    weights = {"chemical": random_weights(6)}
    np.testing.assert_array_equal(propagation(weights, {"chemical": 0.0}, "input"), np.eye(9))
