"""Slabs: how much of a stored forecast is read at a time, so that memory stays within an allowance.

A slab is some cases × all leads × some neurons. It says nothing about the order of adding, which goes by tiles; it only
respects the tiles' borders, and starts at every fourth case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import xarray as xr

from braincast.scoring.forecasting.kernels import CASES_AT_A_TIME
from braincast.scoring.tiles import TILE_NEURONS

ALLOWANCE = 256 << 20  # bytes
# A slab is at most this share: the decoder's buffers and the copy in plain order take as much again.
_SHARE = 4

Read = Callable[[slice, slice], np.ndarray]


def slabs(
    shape: tuple[int, int, int], bytes_per_value: int, allowance: int = ALLOWANCE, chunks: tuple[int, ...] | None = None
) -> Iterator[tuple[slice, slice]]:
    """(cases, neurons) of each slab: by cases, then by neurons, in index order.

    `bytes_per_value` counts forecast and truth at one case, lead and neuron. Where whole chunks fit they are not cut.
    """
    n_cases, n_leads, n_neurons = shape
    room = max(1, allowance // _SHARE // (max(n_leads, 1) * bytes_per_value))  # case × neuron pairs
    step = _multiple(room // max(n_neurons, 1), chunks[0] if chunks else 1, CASES_AT_A_TIME)
    width = n_neurons
    if step < CASES_AT_A_TIME:
        step = CASES_AT_A_TIME
        width = max(TILE_NEURONS, room // step // TILE_NEURONS * TILE_NEURONS)
    for case in range(0, n_cases, step):
        for first in range(0, n_neurons, width):
            yield slice(case, min(case + step, n_cases)), slice(first, min(first + width, n_neurons))


class Labelled:
    """A labelled forecast read in parts, whether its values are in memory or in a store."""

    def __init__(self, forecast: xr.DataArray) -> None:
        self._forecast, self.shape, self.dtype = forecast, forecast.shape, forecast.dtype

    def read(self, cases: slice, neurons: slice) -> np.ndarray:
        """All leads (and members) of some cases and neurons."""
        return np.ascontiguousarray(self._forecast[cases, :, neurons].values)


def reader(array: Any) -> Read:
    """How to read (cases, neurons) of an array [case, lead, neuron(, member)] in memory or in a store.

    Numbers of half precision come as float32.
    """

    def plain(cases: slice, neurons: slice) -> np.ndarray:
        return np.ascontiguousarray(array[cases, :, neurons])

    read = array.read if hasattr(array, "read") else plain
    if np.dtype(getattr(array, "dtype", np.float32)) != np.float16:
        return read
    return lambda cases, neurons: read(cases, neurons).astype(np.float32)


def _multiple(room: int, chunk: int, least: int) -> int:
    """The largest number up to `room` that is whole chunks, else whole groups of `least`."""
    both = int(np.lcm(chunk, least))
    return room // both * both or room // least * least
