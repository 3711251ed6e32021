"""Scores of members against closed forms and numpy, and metrics of windows against scikit-learn and scipy."""

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sklearn

from braincast.scoring.forecasting.sums import add_up
from braincast.scoring.metrics import METRICS, load_metric


@pytest.fixture(scope="module")
def answer():
    """(members, truth): ten draws each, a twentieth of the truth lost."""
    rng = np.random.default_rng(5)
    truth = rng.normal(size=(6, 4, 50)).astype(np.float32)
    members = (0.5 * truth[..., None] + rng.normal(size=(6, 4, 50, 10))).astype(np.float32)
    truth[rng.random(truth.shape) < 0.05] = np.nan
    return members, truth


def value(key: str, forecast: np.ndarray, truth: np.ndarray) -> float:
    """A metric over everything."""
    totals = {name: np.array([sums.sum()]) for name, sums in add_up(forecast, truth).by_case.items()}
    return float(load_metric(key).of_sums(totals)[0])


def test_crps_is_that_of_the_members_step_function(answer):
    members, truth = answer
    seen = np.isfinite(truth)
    x, y = members[seen].astype(float), truth[seen].astype(float)
    pairs = np.abs(x[:, :, None] - x[:, None, :]).mean(axis=(1, 2))
    expected = np.mean(np.abs(x - y[:, None]).mean(axis=1) - pairs / 2)
    assert value("crps", members, truth) == pytest.approx(expected, rel=1e-12)


def test_crps_is_the_integral_of_the_squared_distance_of_distributions():
    members, observed = np.array([-1.0, 0.25, 0.5, 2.0]), 0.1
    grid = np.linspace(-3, 4, 700_001)
    distance = (members[:, None] <= grid).mean(axis=0) - (observed <= grid)
    found = value("crps", members.reshape(1, 1, 1, 4), np.full((1, 1, 1), observed))
    assert found == pytest.approx(np.trapezoid(distance**2, grid), abs=1e-4)


def test_crps_of_normal_quantiles_comes_near_the_closed_form():
    members = stats.norm.ppf((np.arange(400) + 0.5) / 400)
    truth = np.array([[[0.7]]])
    z = 0.7
    closed = z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi)
    assert value("crps", members.reshape(1, 1, 1, -1), truth) == pytest.approx(closed, abs=2e-3)


def test_crps_of_a_single_value_is_its_absolute_error(answer):
    members, truth = answer
    point = members[..., 0]
    assert value("crps", point, truth) == value("mae", point, truth)
    assert value("crps", point[..., None], truth) == pytest.approx(value("mae", point, truth), rel=1e-12)


def test_coverage_counts_truths_between_hazen_quantiles(answer):
    members, truth = answer
    lower, upper = np.quantile(members.astype(float), [0.1, 0.9], axis=3, method="hazen")
    inside = ((lower <= truth) & (truth <= upper))[np.isfinite(truth)]
    assert value("coverage", members, truth) == pytest.approx(inside.mean(), rel=1e-12)


def test_spread_over_error_is_the_ratio_of_spread_to_rmse(answer):
    members, truth = answer
    seen = np.isfinite(truth)
    variance = members.astype(float).var(axis=3, ddof=1)[seen].mean()
    error = members.astype(float).mean(axis=3)[seen] - truth[seen]
    expected = np.sqrt(variance / (error**2).mean())
    assert value("spread_skill", members, truth) == pytest.approx(expected, rel=1e-12)


def test_the_order_of_members_does_not_matter(answer):
    members, truth = answer
    for key in ("crps", "coverage", "mae"):
        assert value(key, members[..., ::-1], truth) == pytest.approx(value(key, np.sort(members), truth), rel=1e-12)


def test_the_point_forecast_is_the_mean_of_the_members(answer):
    members, truth = answer
    mean = members.astype(np.float64).mean(axis=3)
    for key in ("mae", "mse", "r2", "correlation", "active_fraction_error"):
        assert value(key, members, truth) == pytest.approx(value(key, mean, truth), rel=1e-9)


def test_metrics_of_windows_are_those_of_their_referees(answer):
    members, truth = answer
    point, seen = members[..., 3], np.isfinite(truth)
    pair = truth[seen].astype(float), point[seen].astype(float)
    assert value("mae", point, truth) == pytest.approx(sklearn.mean_absolute_error(*pair), rel=1e-12)
    assert value("mse", point, truth) == pytest.approx(sklearn.mean_squared_error(*pair), rel=1e-12)
    assert value("r2", point, truth) == pytest.approx(sklearn.r2_score(*pair), rel=1e-10)
    assert value("correlation", point, truth) == pytest.approx(stats.pearsonr(*pair).statistic, rel=1e-10)


def test_the_active_share_is_compared_frame_by_frame(answer):
    members, truth = answer
    point, seen = members[..., 3], np.isfinite(truth)
    shares = [np.where(seen, a > 1, 0).sum(axis=2) / seen.sum(axis=2) for a in (point, truth)]
    expected = np.abs(shares[0] - shares[1]).mean()
    assert value("active_fraction_error", point, truth) == pytest.approx(expected, rel=1e-12)


def test_honest_quantiles_cover_what_they_promise_and_overconfident_ones_do_not():
    truth = np.random.default_rng(1).normal(size=(20, 5, 200))
    quantiles = np.broadcast_to(stats.norm.ppf((np.arange(10) + 0.5) / 10), (*truth.shape, 10))
    # Between the ten quantiles of a normal the line lies outside the curve: 0.823 instead of 0.8.
    assert value("coverage", quantiles, truth) == pytest.approx(0.823, abs=0.01)
    assert value("coverage", quantiles / 2, truth) < 0.55
    assert value("spread_skill", quantiles, truth) == pytest.approx(1.0, abs=0.05)
    assert METRICS["coverage"].perfect == 0.8
