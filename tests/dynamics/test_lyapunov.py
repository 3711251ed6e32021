import numpy as np
import pytest
from scipy.integrate import solve_ivp

from braincast.dynamics import convection, lorenz
from braincast.dynamics.lyapunov import flow, lyapunov_exponents


def on_the_attractor(n_runs: int) -> np.ndarray:
    start = np.random.default_rng(0).normal(size=(n_runs, 3)) + np.array([0, 0, 25])
    return convection.advanced(start, 80.0)  # near a fixed point paths leave slowly


@pytest.fixture(scope="module")
def exponents():
    """All three exponents of the convection model, over 128 runs of 30 units of time."""
    tangent_map = flow(convection.tendency, convection.jacobian, time=0.2, step=0.02)
    return lyapunov_exponents(
        tangent_map, on_the_attractor(128), time_per_step=0.2, n_steps=150, n_exponents=3, settle=20
    )


def test_lorenz_63_has_the_known_largest_exponent(exponents):
    # 0.9056 (Viswanath 1998, PhD thesis, Cornell; Sprott 2003, Chaos and time-series analysis).
    assert exponents.value[0] == pytest.approx(0.906, abs=0.02)
    assert exponents.error[0] < 0.01


def test_exponents_sum_to_the_divergence_of_the_flow(exponents):
    # The trace of the Jacobian is the same everywhere; an exponent along the flow is 0. Steps are finite, hence 0.005.
    assert exponents.value.sum() == pytest.approx(-(10 + 1 + 8 / 3), abs=5e-3)
    assert exponents.value[1] == pytest.approx(0.0, abs=0.02)


def test_a_map_has_the_exponent_of_its_closed_form():
    # x → 4 x (1 - x) stretches by 2 at each step on average: ln 2.
    def logistic(state, tangent):
        return 4 * state * (1 - state), (4 - 8 * state)[..., None] * tangent

    state = np.random.default_rng(1).uniform(0.1, 0.9, size=(50, 1))
    found = lyapunov_exponents(logistic, state, time_per_step=1.0, n_steps=400, settle=20)
    assert found.value[0] == pytest.approx(np.log(2), abs=0.01)


def test_a_linear_flow_has_the_real_parts_of_its_eigenvalues():
    matrix = np.array([[-0.1, 1.0, 0.0], [-1.0, -0.1, 0.0], [0.3, 0.0, -0.7]])
    tangent_map = flow(lambda x: x @ matrix.T, lambda x: np.broadcast_to(matrix, (len(x), 3, 3)), time=0.5, step=0.05)
    found = lyapunov_exponents(tangent_map, np.ones((1, 3)), time_per_step=0.5, n_steps=200, n_exponents=3, settle=80)
    np.testing.assert_allclose(found.value, sorted(np.linalg.eigvals(matrix).real)[::-1], atol=0.01)
    assert np.isnan(found.error).all()


@pytest.mark.parametrize("model", [convection, lorenz])
def test_jacobians_are_the_slopes_of_the_tendency(model):
    state = np.random.default_rng(2).normal(size=(2, 3 if model is convection else 7))
    slopes = model.jacobian(state)
    for column in range(state.shape[1]):
        shift = np.zeros(state.shape[1])
        shift[column] = 1e-6
        moved = (model.tendency(state + shift) - model.tendency(state - shift)) / 2e-6
        np.testing.assert_allclose(slopes[..., column], moved, atol=1e-7)


def test_convection_agrees_with_an_adaptive_solver():
    state = np.array([-3.0, -4.0, 20.0])
    expected = solve_ivp(lambda _, x: convection.tendency(x), (0, 0.5), state, rtol=1e-11, atol=1e-11).y[:, -1]
    np.testing.assert_allclose(convection.advanced(state, 0.5), expected, atol=1e-3)
