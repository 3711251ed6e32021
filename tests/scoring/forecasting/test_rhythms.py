"""How well a forecast keeps time: periods and phases of known waves, and of what has none."""

import numpy as np
import pytest

from braincast.scoring.forecasting.rhythms import cycle, rhythm_sums

N_FRAMES = 120


def bursts(period: float, *, phase: float = 0.0, shifts=(0.0, 0.4, 0.7), duty: float = 0.3) -> np.ndarray:
    """Smooth bursts of three neurons [time, neuron] that begin at `shifts` of the cycle."""
    time = np.arange(N_FRAMES)[:, None] / period - phase
    return np.tanh(8 * (np.cos(2 * np.pi * (time - np.array(shifts) - duty / 2)) - np.cos(np.pi * duty)))


def errors(forecast: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    sums = rhythm_sums(forecast[None], truth[None], 0)
    return sums["period_error"].sum() / sums["periods"].sum(), sums["phase_error"].sum() / sums["phases"].sum()


def test_a_forecast_that_is_right_but_for_where_in_the_cycle_it_began_keeps_perfect_time():
    found = errors(bursts(30.0, phase=0.37), bursts(30.0))
    assert found == pytest.approx((0.0, 0.0), abs=0.004)


def test_a_longer_period_with_the_same_phases_is_wrong_by_its_share_alone():
    assert errors(bursts(36.0, phase=0.1), bursts(30.0)) == pytest.approx((0.2, 0.0), abs=0.006)


def test_bursts_that_come_late_are_wrong_by_their_shift():
    late = bursts(30.0, shifts=(0.0, 0.5, 0.7))
    assert errors(late, bursts(30.0)) == pytest.approx((0.0, 2 * 0.1 / 5), abs=0.004)  # one neuron's two of five marks


def test_what_has_no_rhythm_has_the_largest_error():
    truth = bursts(30.0)
    ripple = 0.05 * bursts(30.0)
    decay = np.exp(-np.arange(N_FRAMES)[:, None] / 10) * np.ones(3)
    for still in (np.zeros_like(truth), ripple, decay):
        assert errors(still, truth) == (1.0, 0.5)


def test_the_mean_of_members_is_what_is_looked_at():
    truth = bursts(30.0)
    members = np.stack([truth - 0.3, truth + 0.3], axis=-1)
    assert errors(members, truth) == pytest.approx((0.0, 0.0), abs=1e-6)


def test_a_truth_without_a_rhythm_or_with_gaps_is_not_counted():
    gap = bursts(30.0)
    gap[5, 1] = np.nan
    sums = rhythm_sums(np.stack([bursts(30.0)] * 2), np.stack([gap, np.zeros((N_FRAMES, 3))]), 0)
    assert all(values.sum() == 0 for values in sums.values())


def test_ripples_on_a_burst_are_no_bursts():
    rng = np.random.default_rng(0)
    noisy = bursts(30.0) + 0.15 * rng.standard_normal((N_FRAMES, 3))
    found = cycle(noisy, 0, np.zeros(3))
    assert found.period == pytest.approx(30.0, rel=0.03)
