"""Sums are taken in canonical tiles, whatever the file's chunks, its type or the size of the brain."""

import math

import numpy as np
import pytest
from evidences import units_of
from synthetic import random_answer, small_task

from braincast.forecasts.store import load_forecast, save_forecast
from braincast.scoring.any_task import score
from braincast.scoring.evidence import gather
from braincast.scoring.tiles import TILE_NEURONS, tiles


def test_tiles_cover_every_pair_once_in_index_order():
    seen = [(case, neuron) for case, part in tiles(3, 9000) for neuron in range(part.start, part.stop)]
    assert seen == [(case, neuron) for case in range(3) for neuron in range(9000)]


def test_a_tile_holds_one_case_and_at_most_4096_neurons():
    assert TILE_NEURONS == 4096
    assert [(case, part.start, part.stop) for case, part in tiles(1, 4097)] == [(0, 0, 4096), (0, 4096, 4097)]


@pytest.fixture
def large():
    """(prediction, truth, keep, evidence) of two cases with 10,000 neurons, a third of the pairs unmeasured."""
    rng = np.random.default_rng(8)
    prediction, truth = rng.random((2, 10_000)), rng.normal(size=(2, 10_000)) * 1e3
    truth[rng.random(truth.shape) < 0.3] = np.nan
    keep = rng.random(truth.shape) < 0.9
    return prediction, truth, keep, gather(prediction[:, None], truth[:, None], keep[:, None], units_of(rng, 2, 10_000))


def test_evidence_crosses_tile_borders_in_order(large):
    prediction, truth, keep, evidence = large
    seen = np.isfinite(truth) & keep
    np.testing.assert_array_equal(evidence.prediction, prediction[seen])
    np.testing.assert_array_equal(evidence.truth, truth[seen])
    np.testing.assert_array_equal(evidence.case, np.nonzero(seen)[0])
    sizes = [seen[case, part].sum() for case, part in tiles(2, 10_000)]
    assert len(sizes) == 6
    np.testing.assert_array_equal(np.diff(evidence.first), sizes)


def test_sums_over_tiles_equal_exact_sums(large):
    *_, evidence = large
    sums = evidence.sums(("squared_error", "count"))
    error = (evidence.prediction - evidence.truth) ** 2
    assert sums["squared_error"].sum() == pytest.approx(math.fsum(error), rel=1e-12)
    assert sums["count"].sum() == len(evidence)
    row, column = evidence.row[0], evidence.column[0]
    inside = (evidence.row == row) & (evidence.column == column)
    assert sums["squared_error"][row, column] == pytest.approx(math.fsum(error[inside]), rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_chunking_gives_the_same_bits(tmp_path, dtype):
    task = small_task(n_resamples=10)
    forecast = random_answer(task).astype(dtype)
    documents = []
    for number, chunks in enumerate([(1, 1, 3), (34, 1, 40), (5, 1, 11)]):
        path = save_forecast(forecast, tmp_path / f"{number}.zarr", chunks=chunks)
        assert len(list(path.glob("activity/c/*/0/*"))) == -(-34 // chunks[0]) * -(-40 // chunks[2])
        documents.append(score(task, load_forecast(path, task.card)).to_dict())
    assert documents[0] == documents[1] == documents[2]
    assert documents[0] == score(task, forecast).to_dict()


def test_float32_and_float64_of_the_same_values_give_the_same_bits(tmp_path):
    task = small_task(n_resamples=10)
    single = random_answer(task)
    double = single.astype(np.float64)
    assert score(task, single).to_dict() == score(task, double).to_dict()
