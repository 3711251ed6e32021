"""Scores of any forecast: bounds, symmetries, and what must not matter."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from braincast.scoring.evidence import Units, gather
from braincast.scoring.metrics import METRICS

OF_PAIRS = [key for key, metric in METRICS.items() if not metric.of_windows]
SHAPE = (4, 6)
PREDICTIONS = arrays.arrays(float, SHAPE, elements=st.integers(1, 9).map(lambda tenth: tenth / 10))
OUTCOMES = arrays.arrays(float, SHAPE, elements=st.sampled_from([0.0, 1.0, np.nan]))
FEW = settings(max_examples=60, deadline=None)
NAMES = tuple(map(str, range(4))), tuple(map(str, range(6)))
UNITS = Units(np.arange(4), np.arange(4) % 2, np.arange(6), *NAMES)
ONES = np.ones((1, 4), dtype=np.int64), np.ones((1, 6), dtype=np.int64)


def score(key: str, prediction: np.ndarray, truth: np.ndarray) -> float:
    evidence = gather(prediction[:, None], truth[:, None], np.ones(truth[:, None].shape, dtype=bool), UNITS)
    return float(METRICS[key].values(evidence, *ONES)[0])


@FEW
@given(prediction=PREDICTIONS, truth=OUTCOMES)
def test_metrics_stay_within_their_bounds(prediction, truth):
    for key in ("auroc", "auroc_within_fold", "auroc_per_stimulus", "average_precision", "brier", "mae"):
        value = score(key, prediction, truth)
        assert np.isnan(value) or 0 <= value <= 1
    for key in ("correlation", "rank_correlation"):
        value = score(key, prediction, truth)
        assert np.isnan(value) or abs(value) <= 1 + 1e-12
    for key in ("r2", "correlation", "rank_correlation"):
        value = score(key, prediction, truth)
        assert np.isnan(value) or value <= 1 + 1e-12


@FEW
@given(prediction=PREDICTIONS, truth=OUTCOMES)
def test_rank_metrics_see_only_the_order(prediction, truth):
    for key in ("auroc", "auroc_within_fold", "auroc_per_stimulus", "average_precision", "rank_correlation"):
        np.testing.assert_equal(score(key, prediction, truth), score(key, np.exp(5 * prediction), truth))


@FEW
@given(prediction=PREDICTIONS, truth=OUTCOMES)
def test_a_forecast_turned_upside_down_has_the_auroc_turned_upside_down(prediction, truth):
    for key in ("auroc", "auroc_within_fold", "auroc_per_stimulus"):
        there, back = score(key, prediction, truth), score(key, 1 - prediction, truth)
        assert np.isnan(there) == np.isnan(back)
        assert np.isnan(there) or abs(there + back - 1) < 1e-12


@FEW
@given(prediction=PREDICTIONS, truth=OUTCOMES, noise=PREDICTIONS)
def test_what_is_predicted_where_nothing_was_measured_does_not_matter(prediction, truth, noise):
    elsewhere = np.where(np.isnan(truth), noise, prediction)
    for key in OF_PAIRS:
        np.testing.assert_equal(score(key, elsewhere, truth), score(key, prediction, truth))


@FEW
@given(prediction=PREDICTIONS, truth=OUTCOMES, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_responding_neurons_does_not_matter(prediction, truth, seed):
    order = np.random.default_rng(seed).permutation(SHAPE[1])
    for key in OF_PAIRS:
        there, back = score(key, prediction, truth), score(key, prediction[:, order], truth[:, order])
        np.testing.assert_allclose(back, there, rtol=1e-9, atol=1e-12)


@FEW
@given(prediction=PREDICTIONS, truth=OUTCOMES)
def test_a_truth_without_any_measurement_defines_nothing(prediction, truth):
    for key in OF_PAIRS:
        assert np.isnan(score(key, prediction, np.full(SHAPE, np.nan)))
