"""Which windows each step learns from, and making them ready ahead of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import islice
from typing import TypeVar

import numpy as np
from jaxtyping import Int

# Batches that wait for their step, the one in the making included, take no more than this, or are a single one.
WAITING_BYTES = 256 << 20
_MOST_WAITING = 8
Made = TypeVar("Made")


def rows_of(step: int, n_windows: int, batch: int, seed: int) -> Int[np.ndarray, " batch"]:
    """The windows of a step: a new order in each pass over them all, from the seed and the step alone.

    Each pass leaves out the few that are left over when batches are full; with fewer windows than a batch, all are one.
    """
    size = min(batch, n_windows)
    passed, place = divmod(step, n_windows // size)
    return _order(n_windows, seed, passed)[place * size : (place + 1) * size]


@lru_cache(maxsize=2)
def _order(n_windows: int, seed: int, passed: int) -> Int[np.ndarray, " case"]:
    return np.random.default_rng([seed, passed]).permutation(n_windows)


def n_ahead(batch_bytes: int) -> int:
    """How many batches may wait."""
    return max(1, min(_MOST_WAITING, WAITING_BYTES // max(1, batch_bytes)))


def prefetched(make: Callable[[int], Made], steps: Iterable[int], ahead: int) -> Iterator[Made]:
    """`make(step)` for each step, in order, made by another thread at most `ahead` before they are asked for."""
    coming = iter(steps)
    pool = ThreadPoolExecutor(1, thread_name_prefix="batches")
    try:
        waiting = deque(pool.submit(make, step) for step in islice(coming, ahead))
        while waiting:
            made = waiting.popleft().result()
            waiting.extend(pool.submit(make, step) for step in islice(coming, 1))
            yield made
    finally:
        pool.shutdown(cancel_futures=True)
