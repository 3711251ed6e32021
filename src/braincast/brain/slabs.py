"""Activity that lies in a file of any format and is read in slabs of frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

_SLAB_VALUES = 1 << 21  # 16 MiB in float64


@dataclass(frozen=True, eq=False)
class Slabs:
    """A matrix [time, neuron] of which `frames(start, stop)` gives the part [stop - start, neuron].

    Indexed like an array by frames, or by frames and neurons; nothing else is read.

    >>> Slabs((4, 2), np.dtype(float), lambda start, stop: np.arange(8.0).reshape(4, 2)[start:stop])[1:3, :1]
    array([[2.],
           [4.]])
    """

    shape: tuple[int, int]
    dtype: np.dtype
    frames: Callable[[int, int], np.ndarray]

    ndim = 2

    def __getitem__(self, key: Any) -> np.ndarray:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        start, stop, step = (slice(None) if rows is Ellipsis else rows).indices(self.shape[0])
        return self.frames(start, max(start, stop))[::step][:, columns]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.frames(0, self.shape[0]), dtype)

    @property
    def slab_frames(self) -> int:
        """Frames in a slab of a few megabytes."""
        return max(1, _SLAB_VALUES // max(1, self.shape[1]))

    def spans(self) -> Iterator[tuple[int, int]]:
        """Bounds of consecutive slabs that hold a few megabytes each."""
        for start in range(0, self.shape[0], self.slab_frames):
            yield start, min(start + self.slab_frames, self.shape[0])

    def mapped(self, change: Callable[[np.ndarray], np.ndarray], dtype: np.dtype) -> Slabs:
        """The same frames, each slab changed by a function that keeps its shape."""
        return Slabs(self.shape, dtype, lambda start, stop: change(self.frames(start, stop)).astype(dtype, copy=False))

    def only(self, kept: np.ndarray) -> Slabs:
        """The neurons whose entry in the mask `kept` is true."""
        columns = np.flatnonzero(kept)
        shape = (self.shape[0], len(columns))
        return Slabs(shape, self.dtype, lambda start, stop: self.frames(start, stop)[:, columns])
