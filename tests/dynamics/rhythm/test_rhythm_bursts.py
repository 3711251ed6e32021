import numpy as np
import pytest
from made_rhythms import bursting

from braincast.dynamics.rhythm import activity_of, bursts_of

WINDOW = {"from_ms": 0.0, "to_ms": 10_000.0}


def test_bursts_have_the_starts_ends_and_counts_they_were_made_with():
    found = bursts_of(bursting([100, 1100, 2150], 300, n_spikes=7), **WINDOW)
    np.testing.assert_allclose(found.start_ms, [100, 1100, 2150])
    np.testing.assert_allclose(found.duration_ms, 300)
    assert found.n_spikes.tolist() == [7, 7, 7]


@pytest.mark.parametrize(("gap_ms", "n_bursts"), [(149.0, 1), (150.0, 1), (151.0, 2)])
def test_a_gap_of_more_than_150_ms_parts_two_bursts(gap_ms, n_bursts):
    times = np.concatenate([bursting([0], 100), bursting([100 + gap_ms], 100)])
    assert len(bursts_of(times, **WINDOW)) == n_bursts


@pytest.mark.parametrize(("long_ms", "n_bursts"), [(0.0, 0), (40.0, 0), (41.0, 1)])
def test_only_what_lasts_longer_than_40_ms_is_a_burst(long_ms, n_bursts):
    assert len(bursts_of(bursting([500], long_ms), **WINDOW)) == n_bursts


def test_a_burst_cut_off_by_the_end_has_no_duration():
    found = bursts_of(bursting([0, 1000], 300), from_ms=0.0, to_ms=1250.0)
    assert found.ended.tolist() == [True, False]
    assert np.isnan(found.duration_ms).tolist() == [False, True]


def test_a_burst_under_way_when_the_window_opens_is_not_counted():
    assert bursts_of(bursting([100, 1100], 300), from_ms=150.0, to_ms=5000.0).start_ms.tolist() == [1100]


def test_spikes_need_not_be_sorted():
    times = bursting([100, 1100], 300)
    found = bursts_of(np.random.default_rng(0).permutation(times), **WINDOW)
    np.testing.assert_array_equal(found.start_ms, bursts_of(times, **WINDOW).start_ms)


def test_a_cell_without_spikes_has_no_bursts():
    assert len(bursts_of(np.zeros(0), **WINDOW)) == 0


@pytest.mark.parametrize(
    ("times", "word"),
    [
        (np.zeros(0), "silent"),
        (np.arange(10) * 1000.0, "silent"),  # 1 Hz
        (np.arange(11) * 900.0, "irregular"),  # a little more, one by one
        (np.arange(300) * 1000 / 30, "tonic"),
        (np.arange(100) * 100.0, "irregular"),  # 10 Hz: one burst without an end
        (bursting(np.arange(10) * 1000, 300), "bursting"),
        (bursting(np.arange(10) * 1000, 400, n_spikes=60), "bursting"),  # 60 Hz, but in bursts
        (bursting([100, 5000], 400), None),  # one cycle
    ],
)
def test_a_cell_is_told_to_be_what_its_train_was_made_as(times, word):
    assert activity_of(times, **WINDOW) == word
