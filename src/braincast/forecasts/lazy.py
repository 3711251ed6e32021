"""A stored array behind xarray's labels: nothing is read until values are asked for, and then only those."""

from __future__ import annotations

from typing import Any

import numpy as np
import zarr
from xarray.backends import BackendArray
from xarray.core import indexing

from braincast.brain.arrays import values_of


class StoredArray(BackendArray):
    """What xarray wraps; a chunk that does not decode is E210 when it is read."""

    def __init__(self, array: zarr.Array) -> None:
        self._array = array
        self.shape = array.shape
        self.dtype = np.dtype(array.dtype)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> np.ndarray:
        support = indexing.IndexingSupport.BASIC
        return indexing.explicit_indexing_adapter(key, self.shape, support, self._part)

    def _part(self, key: Any) -> np.ndarray:
        return values_of(self._array, key)


def lazily(array: zarr.Array) -> indexing.CopyOnWriteArray:
    """Data for an `xr.DataArray` that stay in their store; who writes into them writes into a copy in memory."""
    unread: Any = indexing.LazilyIndexedArray(StoredArray(array))  # xarray annotates it too narrowly
    return indexing.CopyOnWriteArray(unread)
