"""Activity that lies in a file of any format and is read in slabs of frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

_SLAB_VALUES = 1 << 21  # 16 MiB in float64
_LARGEST_SLAB = 32  # times as many values, rather than reading a chunk twice


def spans(shape: tuple[int, ...], n_values: int = _SLAB_VALUES, *, whole: int = 1) -> Iterator[tuple[int, int]]:
    """Bounds of consecutive slabs of frames of a matrix [time, neuron], each of at most `n_values` values.

    Slabs are made of `whole` frames each, or a multiple, unless these hold more than 32 times as many values.
    """
    n_frames = _frames_of(shape, n_values)
    if whole <= _frames_of(shape, _LARGEST_SLAB * n_values):
        n_frames = max(n_frames // whole, 1) * whole
    for start in range(0, shape[0], n_frames):
        yield start, min(start + n_frames, shape[0])


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
        return _frames_of(self.shape, _SLAB_VALUES)

    def spans(self) -> Iterator[tuple[int, int]]:
        """Bounds of consecutive slabs that hold a few megabytes each."""
        return spans(self.shape)

    def mapped(self, change: Callable[[np.ndarray], np.ndarray], dtype: np.dtype) -> Slabs:
        """The same frames, each slab changed by a function that keeps its shape."""
        return Slabs(self.shape, dtype, lambda start, stop: change(self.frames(start, stop)).astype(dtype, copy=False))

    def only(self, kept: np.ndarray) -> Slabs:
        """The neurons whose entry in the mask `kept` is true."""
        columns = np.flatnonzero(kept)
        shape = (self.shape[0], len(columns))
        return Slabs(shape, self.dtype, lambda start, stop: self.frames(start, stop)[:, columns])


def _frames_of(shape: tuple[int, ...], n_values: int) -> int:
    """Frames in a slab: one at least, however many neurons."""
    return max(1, n_values // max(1, shape[1]))
