"""The Hopf model against closed forms, scipy's solver, Lambert's function and scipy's gamma densities."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import lambertw
from scipy.stats import gamma

from braincast.brain.connectome import Connectome
from braincast.dynamics.haemodynamics import blood_response
from braincast.models.connectome.networks.hopf_network import Steps
from braincast.models.connectome.networks.oscillators import Heard, Swing, alone, delayed, moved
from braincast.models.connectome.networks.tracts import Tracts


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


def as_pairs(states):
    return jnp.stack([jnp.real(jnp.asarray(states)), jnp.imag(jnp.asarray(states))], axis=-1)


def as_complex(pairs):
    return np.asarray(pairs[..., 0]) + 1j * np.asarray(pairs[..., 1])


def test_an_oscillator_alone_swings_with_the_root_of_its_growth_and_its_own_period():
    swing = Swing(jnp.array([0.09, 1e-12, -0.5]), jnp.array([2.0, 0.0, 1.0]))
    start = np.array([0.01 + 0.02j, 0.5, 0.3j])
    settled = alone(as_pairs(start), swing, 200.0)
    np.testing.assert_allclose(np.abs(as_complex(settled)[0]), 0.3, rtol=1e-10)
    later = as_complex(alone(settled, swing, np.pi))  # 2π/ω
    np.testing.assert_allclose(later[0], as_complex(settled)[0], rtol=1e-10)
    # At the bifurcation itself the size falls as 1/√(1/r² + 2t); below it to nothing.
    np.testing.assert_allclose(as_complex(settled)[1], 1 / np.sqrt(4 + 400.0), rtol=1e-9)
    assert abs(as_complex(settled)[2]) < 1e-40


def random_weights(n: int) -> np.ndarray:
    weight = np.random.default_rng(0).random((n, n)) * (1 - np.eye(n))
    return 0.7 * weight / weight.sum(axis=1, keepdims=True)


def test_coupled_oscillators_follow_their_equations_with_errors_that_fall_with_the_square_of_the_step():
    weight, growth, frequency = random_weights(3), np.array([0.2, -0.1, 0.05]), np.array([1.0, 1.5, 0.5])
    start = np.array([0.8 + 0.1j, -0.3j, 0.5 - 0.5j])

    def equations(_, z):
        return (growth + 1j * frequency - np.abs(z) ** 2) * z + weight @ z - weight.sum(axis=1) * z

    expected = solve_ivp(equations, (0, 4), start, rtol=1e-11, atol=1e-12).y[:, -1]
    heard = Heard(jnp.asarray(weight)[None], jnp.asarray(weight.sum(axis=1)))
    swing = Swing(jnp.asarray(growth), jnp.asarray(frequency))
    errors = []
    for n_steps in (40, 80):
        found = moved(as_pairs(start)[None], swing, heard, 4 / n_steps, n_steps)
        errors.append(np.abs(as_complex(found)[-1] - expected).max())
    assert errors[1] < 1e-3 and 3.5 < errors[0] / errors[1] < 4.5


@pytest.mark.parametrize("delay_s", [0.03, 0.4])
def test_what_is_heard_late_moves_a_small_state_as_lambert_s_function_says(delay_s):
    growth, frequency, strength, step_s = -0.1, 2.0, 0.5, 0.01
    # z' = (a + iω - G) z + G z(t - d) has the solution e^{λt}, λ = A + W(G d e^{-Ad})/d with A = a + iω - G.
    rate = growth + 1j * frequency - strength
    exponent = rate + lambertw(strength * delay_s * np.exp(-rate * delay_s)) / delay_s
    n_lags = 2 + int(np.ceil(delay_s / step_s))
    before = 1e-6 * np.exp(-exponent * step_s * np.arange(n_lags))[:, None] * np.ones(2)
    pair = jnp.array([[0.0, strength], [strength, 0.0]])
    heard = Heard(delayed(pair, jnp.full((2, 2), delay_s / step_s), n_lags), pair.sum(axis=1))
    swing = Swing(jnp.full(2, growth), jnp.full(2, frequency))
    found = as_complex(moved(as_pairs(before), swing, heard, step_s, 300))
    np.testing.assert_allclose(found[-1], 1e-6 * np.exp(exponent * 3.0), rtol=3e-4)


def test_a_delay_between_two_steps_is_shared_between_them_and_the_longest_is_the_last():
    found = delayed(jnp.full((1, 3), 2.0), jnp.array([[0.25, 2.0, 9.0]]), 3)
    np.testing.assert_allclose(found[:, 0], [[1.5, 0, 0], [0.5, 0, 0], [0, 2, 2]], atol=1e-12)


def test_the_response_of_the_blood_is_the_difference_of_two_gamma_densities():
    lags = np.arange(0, 32, 0.36)
    expected = gamma.pdf(lags, 6) - gamma.pdf(lags, 16) / 6
    np.testing.assert_allclose(blood_response(0.36), expected / expected.sum(), rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(blood_response(100.0), [1.0])  # in frames that are longer than the response


@pytest.mark.parametrize("observation", ["blood", "direct"])
def test_frames_are_seen_through_the_response_of_the_blood_or_as_they_are(observation):
    steps = Steps(context=4, horizon=3, per_frame=2, step_s=1.0, n_lags=1, observation=observation)
    states = np.random.default_rng(0).normal(size=13)
    response = blood_response(1.0) if observation == "blood" else np.ones(1)
    expected = np.convolve(states, response)[:13:2]
    np.testing.assert_allclose(steps.seen() @ states, expected, rtol=1e-5, atol=1e-6)
    context = np.array([1.0, 3.0, -1.0, 0.0])
    np.testing.assert_allclose(steps.between() @ context, np.interp(np.arange(7) / 2, np.arange(4), context))


def test_tracts_share_out_what_a_region_hears_and_know_how_long_they_are():
    given = {"kind": "tract", "weight": [1.0, 4.0, 16.0]}
    connectome = Connectome.from_edges(["a", "b", "c"], ["a", "b", "c"], ["c", "c", "b"], **given)
    edges = connectome.edges.assign(length_mm=[100.0, np.nan, 50.0], delay_s=[np.nan, 0.2, np.nan])
    tracts = Tracts.of([connectome.with_edges(edges), connectome.with_edges(edges.iloc[:0])], np.array([0, 1, 0]))
    np.testing.assert_allclose(tracts.shared_out(0.5), [[[0, 0, 0], [0, 0, 1], [1 / 3, 2 / 3, 0]], np.zeros((3, 3))])
    assert tracts.length_mm[0, 2, 0] == 100.0 and tracts.length_mm[0, 2, 1] == 0.0
    assert tracts.longest_s(10.0) == pytest.approx(0.2) and tracts.longest_s(0.1) == pytest.approx(1.0)
