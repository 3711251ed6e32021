"""Filters in time against scipy and the closed forms of papers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.signal import lsim

from braincast.dynamics.detectors.filters import high_pass, low_pass
from braincast.dynamics.detectors.motion_energy import MotionEnergy

DT_S, TAU_S = 0.003, 0.04
TIME_S = np.arange(200) * DT_S


@pytest.mark.parametrize("order", [1, 2, 4])
def test_a_low_pass_is_exact_for_light_that_changes_linearly_between_frames(order):
    signal = np.random.default_rng(order).normal(size=200)
    poles = np.poly1d([TAU_S, 1.0]) ** order
    expected = lsim(([1.0], poles.coef), signal - signal[0], TIME_S)[1] + signal[0]
    # Between the stages of a cascade a course is no longer a broken line.
    tolerance = 1e-10 if order == 1 else 0.02
    np.testing.assert_allclose(low_pass(signal[:, None], TAU_S, DT_S, order=order)[:, 0], expected, atol=tolerance)


def test_a_filter_rests_where_a_constant_signal_leaves_it():
    constant = np.full((50, 2), 0.7)
    np.testing.assert_allclose(low_pass(constant, TAU_S, DT_S, order=3), constant, atol=1e-12)
    np.testing.assert_allclose(high_pass(constant, TAU_S, DT_S), 0, atol=1e-12)


def test_motion_energy_sees_fast_and_slow_through_the_filters_of_adelson_and_bergen():
    dt_s, tau_s = 0.0005, 0.02
    impulse = np.zeros((800, 1))
    impulse[1] = 1 / dt_s
    fast, slow = MotionEnergy(tau_s).filtered(impulse, dt_s)[:, 1:, 0]
    time = np.arange(799) * dt_s / tau_s
    for seen, n in ((fast, 3), (slow, 5)):
        terms = 1 / math.factorial(n) - time**2 / math.factorial(n + 2)
        expected = time**n * np.exp(-time) * terms / tau_s
        np.testing.assert_allclose(seen, expected, atol=2e-3 * np.abs(expected).max())
