"""Sums over tiles: what they are, and that neither storage nor workers change a bit of them."""

import math

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from refusals import refused

from braincast.scoring.forecasting.slabs import slabs
from braincast.scoring.forecasting.sums import ForecastSums, Grouping, add_up
from braincast.scoring.tiles import TILE_NEURONS

SHAPE = (11, 3, TILE_NEURONS + 700)


@pytest.fixture(scope="module")
def held():
    """(prediction, truth, grouping): 11 cases of which 8 count, two tiles of neurons, a hundredth of the truth lost."""
    rng = np.random.default_rng(0)
    prediction, truth = rng.normal(size=(2, *SHAPE)).astype(np.float32)
    truth[rng.random(SHAPE) < 0.01] = np.nan
    column = np.stack([rng.integers(0, 7, SHAPE[2]), 7 + rng.integers(0, 4, SHAPE[2])])
    return prediction, truth, Grouping((np.arange(11) < 8).astype(float), column, 11)


def same_bits(a: ForecastSums, b: ForecastSums) -> bool:
    """Whether two sums are equal in every array."""
    kept = ("errors_by_group", "counts_by_group", "errors_by_neuron", "counts_by_neuron")
    by_case = all(np.array_equal(a.by_case[name], b.by_case[name]) for name in a.by_case)
    return by_case and all(np.array_equal(getattr(a, name), getattr(b, name)) for name in kept)


def test_sums_by_case_and_lead_are_those_of_numpy(held):
    prediction, truth, grouping = held
    found = add_up(prediction, truth, grouping).by_case
    seen = np.isfinite(truth)
    p, t = np.where(seen, prediction, 0).astype(float), np.where(seen, truth, 0).astype(float)
    expected = {
        "count": seen,
        "prediction": p,
        "truth": t,
        "prediction_squared": p**2,
        "truth_squared": t**2,
        "product": p * t,
        "absolute_error": np.abs(p - t),
        "squared_error": (p - t) ** 2,
        "active_prediction": seen & (p > 1),
        "active_truth": seen & (t > 1),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values.sum(axis=2), rtol=1e-12, atol=1e-9, err_msg=name)


def test_sums_by_neuron_count_the_headline_and_sums_by_group_all_cases(held):
    prediction, truth, grouping = held
    found = add_up(prediction, truth, grouping)
    seen = np.isfinite(truth)
    error = np.where(seen, np.abs(prediction.astype(float) - truth), 0)
    np.testing.assert_allclose(found.errors_by_neuron, error[:8].sum(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(found.counts_by_neuron, seen[:8].sum(axis=0))
    for column in range(11):
        inside = (grouping.column == column).any(axis=0)
        np.testing.assert_allclose(found.errors_by_group[:, column], error[..., inside].sum(axis=(1, 2)), rtol=1e-12)
        np.testing.assert_array_equal(found.counts_by_group[:, column], seen[..., inside].sum(axis=(1, 2)))


def test_sums_are_as_good_as_exact_ones():
    rng = np.random.default_rng(3)
    prediction, truth = (rng.normal(size=(2, 1, 1, 4096)) * np.exp(8 * rng.normal(size=4096))).astype(np.float32)
    found = add_up(prediction, truth).by_case["absolute_error"][0, 0]
    assert found == pytest.approx(math.fsum(np.abs(prediction.astype(float) - truth).ravel()), rel=1e-14)


@pytest.mark.parametrize("chunks", [(1, 3, SHAPE[2]), (4, 2, 1000), (3, 3, TILE_NEURONS)])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_chunks_workers_and_allowance_change_no_bit(held, chunks, workers):
    prediction, truth, grouping = held
    stored = zarr.create_array(zarr.storage.MemoryStore(), data=prediction, chunks=chunks)
    expected = add_up(prediction, truth, grouping)
    for allowance in (1 << 18, 1 << 22, 1 << 28):
        found = add_up(stored, truth, grouping, workers=workers, allowance=allowance)
        assert same_bits(found, expected)


def test_float32_and_float64_of_the_same_values_give_the_same_bits(held):
    prediction, truth, grouping = held
    assert same_bits(add_up(prediction.astype(np.float64), truth, grouping), add_up(prediction, truth, grouping))


def test_an_array_in_another_order_in_memory_gives_the_same_bits(held):
    prediction, truth, grouping = held
    assert same_bits(add_up(np.asfortranarray(prediction), truth, grouping), add_up(prediction, truth, grouping))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("observed", [True, False])
def test_a_prediction_that_is_no_number_is_refused_and_its_place_named(held, value, observed):
    prediction, truth, _ = held
    prediction, truth = prediction.copy(), truth.copy()
    prediction[9, 2, TILE_NEURONS + 5] = value
    truth[9, 2, TILE_NEURONS + 5] = 0.5 if observed else np.nan
    with refused("E208", "case 9, lead 2, neuron 4101"):
        add_up(prediction, truth, allowance=1 << 18)


@pytest.mark.parametrize("shape", [(11, 3, 40), (11, 3), (10, 3, 41, 2), (10, 3, 41)])
def test_a_forecast_of_another_shape_is_refused(shape):
    with refused("E212", "expected (11, 3, 41)"):
        add_up(np.zeros(shape, dtype=np.float32), np.zeros((11, 3, 41), dtype=np.float32))


def test_without_any_truth_every_sum_is_zero():
    found = add_up(np.ones((2, 1, 5)), np.full((2, 1, 5), np.nan)).by_case
    assert all((values == 0).all() for values in found.values())


FEW = settings(max_examples=40, deadline=None)
CUBES = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(1, 3), st.integers(1, 300)),
    elements=st.floats(-8, 8, width=32),
)


@FEW
@given(truth=CUBES, seed=st.integers(0, 99), lost=st.floats(0, 1))
def test_any_shape_and_any_gaps_give_numpys_errors(truth, seed, lost):
    rng = np.random.default_rng(seed)
    prediction = rng.normal(size=truth.shape).astype(np.float32)
    truth = np.where(rng.random(truth.shape) < lost, np.nan, truth).astype(np.float32)
    found = add_up(prediction, truth).by_case
    error = np.nan_to_num(prediction.astype(float) - truth)
    np.testing.assert_allclose(found["absolute_error"], np.abs(error).sum(axis=2), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found["squared_error"], (error**2).sum(axis=2), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(found["count"], np.isfinite(truth).sum(axis=2))


@FEW
@given(
    shape=st.tuples(st.integers(1, 50), st.integers(1, 40), st.integers(1, 90_000)),
    allowance=st.integers(1 << 16, 1 << 30),
    chunk=st.integers(1, 9),
)
def test_slabs_cover_everything_once_within_the_allowance_at_borders_of_tiles(shape, allowance, chunk):
    found = list(slabs(shape, 8, allowance, (chunk, shape[1], shape[2])))
    assert sum((c.stop - c.start) * (n.stop - n.start) for c, n in found) == shape[0] * shape[2]
    assert found == sorted(found, key=lambda part: (part[0].start, part[1].start))
    assert all(c.start % 4 == 0 and n.start % TILE_NEURONS == 0 for c, n in found)
    least = 4 * min(shape[2], TILE_NEURONS) * shape[1] * 8  # four cases of one tile are always read together
    largest = max((c.stop - c.start) * (n.stop - n.start) for c, n in found) * shape[1] * 8
    assert largest <= max(allowance // 4, least)
