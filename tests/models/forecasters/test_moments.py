"""Moments of windows: what they sum, and that blocks and pieces change nothing."""

import numpy as np
import pytest
from made_windows import task_on, vector_process
from numpy.lib.stride_tricks import sliding_window_view
from refusals import refused

from braincast.models.forecasters.own_past import moments as moments_module
from braincast.models.forecasters.own_past.moments import neuron_moments, shared_moments
from braincast.models.forecasters.population import population_moments as population_moments_module
from braincast.models.forecasters.population.population_moments import population_moments, within_limits

CONTEXT, HORIZON = 6, 3


@pytest.fixture
def training():
    return task_on(
        *(vector_process(150, 4, seed=seed) for seed in range(2)), context=CONTEXT, horizon=HORIZON
    ).training(0)


def _windows(training, n_frames, recording):
    parts = [s.activity.astype(float) for s in training.series if s.recording == recording]
    return np.concatenate([sliding_window_view(part, n_frames, axis=0) for part in parts])  # row, neuron, frame


@pytest.mark.parametrize("n_frames", [1, 2, 9])
def test_products_are_those_of_all_windows(training, n_frames):
    for recording, found in neuron_moments(training, n_frames, slice(0, 4)).items():
        rows = _windows(training, n_frames, recording)
        assert found.n_rows == len(rows)
        np.testing.assert_allclose(found.gram, np.einsum("rni,rnj->nij", rows, rows), atol=1e-9)
        np.testing.assert_allclose(found.total, rows.sum(axis=0), atol=1e-9)


def test_shared_moments_count_every_neuron_as_rows(training):
    rows = _windows(training, 5, 1).reshape(-1, 5)
    found = shared_moments(training, 5)[1]
    assert found.n_rows == len(rows)
    np.testing.assert_allclose(found.gram[0], rows.T @ rows, atol=1e-8)


def test_blocks_of_neurons_give_the_same_sums(training, monkeypatch):
    whole = shared_moments(training, 5)
    monkeypatch.setattr(moments_module, "_BLOCK_BYTES", 8 * 5 * 5 * 3)
    again = task_on(
        *(vector_process(150, 4, seed=seed) for seed in range(2)), context=CONTEXT, horizon=HORIZON
    ).training(0)
    for recording, found in shared_moments(again, 5).items():
        np.testing.assert_allclose(found.gram, whole[recording].gram, atol=1e-9)


def test_population_moments_are_those_of_all_windows(training):
    found = population_moments(training, 2, 3)[0]
    rows = _windows(training, 5, 0).transpose(0, 2, 1).reshape(-1, 20)
    np.testing.assert_allclose(found.gram, rows[:, :8].T @ rows[:, :8], atol=1e-9)
    np.testing.assert_allclose(found.cross, rows[:, :8].T @ rows[:, 8:], atol=1e-9)


def test_windows_longer_than_every_piece_are_refused(training):
    with refused("E306", "106 frames", "105"):
        shared_moments(training, 106)
    with refused("E306", "106 frames", "105"):
        population_moments(training, 105, 1)


def test_too_many_neurons_for_a_vector_autoregression_are_refused(training):
    with refused("E306", "weights, more than 16,777,216", "pooled-linear"):
        population_moments(training, 1025, 1)


def test_an_order_is_lowered_to_the_context_and_to_the_number_of_neurons(training, monkeypatch):
    assert within_limits(100, 1, training) == CONTEXT
    monkeypatch.setattr(population_moments_module, "MOST_FEATURES", 9)
    assert within_limits(4, 1, training) == 2
    monkeypatch.setattr(population_moments_module, "MOST_WEIGHTS", 3 * 4 * 4)
    assert within_limits(4, 3, training) == 1
    monkeypatch.setattr(population_moments_module, "MOST_FEATURES", 3)
    with refused("E306", "16 weights, more than"):
        population_moments(training, within_limits(4, 1, training), 1)
