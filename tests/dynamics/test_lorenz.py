import numpy as np
import pytest
from scipy.integrate import solve_ivp

from braincast.dynamics.lorenz import FORCING, advanced, tendency


def started(seed: int = 0, n: int = 40, time: float = 20.0) -> np.ndarray:
    return advanced(FORCING + np.random.default_rng(seed).standard_normal(n), time)


def test_the_tendency_is_that_of_the_equation():
    state = np.random.default_rng(1).normal(size=7)
    expected = [(state[(i + 1) % 7] - state[i - 2]) * state[i - 1] - state[i] + FORCING for i in range(7)]
    np.testing.assert_allclose(tendency(state), expected)


def test_equal_units_stay_at_rest():
    np.testing.assert_array_equal(advanced(np.full(8, FORCING), 1.0), np.full(8, FORCING))


def test_steps_agree_with_an_adaptive_solver():
    state = started()
    expected = solve_ivp(lambda _, x: tendency(x), (0, 0.5), state, rtol=1e-11, atol=1e-11, method="DOP853").y[:, -1]
    np.testing.assert_allclose(advanced(state, 0.5), expected, atol=1e-4)


def test_stacked_runs_are_those_of_single_ones():
    runs = np.stack([started(1), started(2)])
    np.testing.assert_array_equal(advanced(runs, 0.2)[1], advanced(runs[1], 0.2))


def test_energy_balances_and_small_errors_grow_at_the_known_rate():
    # On average d/dt Σx²/2 = 0 = -Σx² + forcing Σx. The largest Lyapunov exponent at 40 units is 1.67 to 1.69.
    rng = np.random.default_rng(3)
    state = advanced(FORCING + rng.standard_normal((20, 40)), 15.0)
    shift = 1e-7 * rng.standard_normal(state.shape)
    sums, growth, n_steps = np.zeros(2), [], 160
    for _ in range(n_steps):
        sums += state.mean(), (state**2).mean()
        after, beside = advanced(state, 0.05), advanced(state + shift, 0.05)
        stretch = np.linalg.norm(beside - after, axis=1) / np.linalg.norm(shift, axis=1)
        growth.append(np.log(stretch))
        shift, state = (beside - after) / stretch[:, None], after
    mean, square = sums / n_steps
    assert square == pytest.approx(FORCING * mean, rel=0.02)
    assert np.mean(growth[40:]) / 0.05 == pytest.approx(1.68, abs=0.1)
