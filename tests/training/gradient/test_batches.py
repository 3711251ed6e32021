"""Batches: their order follows from seed and step, and few are made ahead."""

import threading
import time

import numpy as np
import pytest

from braincast.training.gradient.batches import WAITING_BYTES, n_ahead, prefetched, rows_of


def test_each_pass_takes_every_window_once_but_the_few_left_over():
    passes = [np.concatenate([rows_of(step, 23, 5, 7) for step in range(first, first + 4)]) for first in (0, 4)]
    for rows in passes:
        assert len(set(rows.tolist())) == 20 and rows.min() >= 0 and rows.max() < 23
    assert passes[0].tolist() != passes[1].tolist()


def test_the_windows_of_a_step_follow_from_seed_and_step_alone():
    late = rows_of(17, 23, 5, 7)
    for step in (3, 900, 16):
        rows_of(step, 23, 5, 7)
    np.testing.assert_array_equal(rows_of(17, 23, 5, 7), late)
    assert rows_of(17, 23, 5, 8).tolist() != late.tolist()


def test_with_fewer_windows_than_a_batch_all_are_one():
    assert sorted(rows_of(3, 4, 10, 0).tolist()) == [0, 1, 2, 3]


def test_as_many_batches_wait_as_their_bytes_allow_but_one_at_the_least():
    assert [n_ahead(size) for size in (1, WAITING_BYTES // 3, 10 * WAITING_BYTES)] == [8, 3, 1]


def test_batches_come_in_order_and_no_more_than_asked_for_are_made_ahead():
    made = []
    coming = prefetched(lambda step: made.append(step) or step, range(10), 3)
    assert next(coming) == 0
    until(lambda: len(made) == 4)
    assert made == [0, 1, 2, 3]
    assert list(coming) == list(range(1, 10)) and made == list(range(10))


def test_what_goes_wrong_in_the_making_is_raised_where_the_batch_is_asked_for():
    def make(step):
        if step == 2:
            raise ValueError("two")
        return step

    coming = prefetched(make, range(5), 2)
    assert [next(coming), next(coming)] == [0, 1]
    with pytest.raises(ValueError, match="two"):
        next(coming)


def test_the_thread_ends_when_nobody_asks_any_more():
    coming = prefetched(lambda step: step, range(1000), 2)
    next(coming)
    coming.close()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("batches")])


def until(happened, patience_s=120.0):
    """Wait for another thread."""
    end = time.monotonic() + patience_s
    while not happened() and time.monotonic() < end:
        time.sleep(0.001)
    assert happened()
