"""Reading ahead in files whose pieces span many frames, so that each piece is decompressed a few times only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

AHEAD_BYTES = 256 << 20


class Ahead:
    """Frames of a file, of which the last block read is kept; a slab that lies in it costs nothing.

    `read(start, stop)` gives [stop - start, neuron]. Meant for reading from the first frame to the last.
    """

    def __init__(self, read: Callable[[int, int], np.ndarray], n_frames: int, frame_bytes: int) -> None:
        self._read, self._n_frames = read, n_frames
        self._length = max(1, AHEAD_BYTES // max(1, frame_bytes))
        self._start, self._block = 0, np.empty((0, 0))

    def __call__(self, start: int, stop: int) -> np.ndarray:
        if start < self._start or stop > self._start + len(self._block):
            self._block = np.empty((0, 0))  # given up before the next one is read
            self._block = self._read(start, min(self._n_frames, max(stop, start + self._length)))
            self._start = start
        return self._block[start - self._start : stop - self._start]
