"""Sums of products between the frames of a window: all that a least-squares fit needs to know of the training data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from jaxtyping import Float

from braincast.errors import BraincastError
from braincast.models.forecasters.memory import remembered
from braincast.tasks.forecasting.training import ForecastTraining

_BLOCK_BYTES = 64 << 20


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over `n_rows` windows of `frame` consecutive frames, for each channel (a neuron, or all of them as one)."""

    n_rows: int
    total: Float[np.ndarray, "channel frame"]
    gram: Float[np.ndarray, "channel frame frame"]

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.n_rows + other.n_rows, self.total + other.total, self.gram + other.gram)

    @property
    def mean(self) -> Float[np.ndarray, "channel frame"]:
        return self.total / self.n_rows

    @property
    def covariance(self) -> Float[np.ndarray, "channel frame frame"]:
        return self.gram / self.n_rows - self.mean[:, :, None] * self.mean[:, None, :]

    def as_one_channel(self) -> Moments:
        """All channels as rows of a single one."""
        n_channels = len(self.total)
        return Moments(self.n_rows * n_channels, self.total.sum(axis=0)[None], self.gram.sum(axis=0)[None])


def neuron_blocks(n_neurons: int, n_frames: int) -> list[slice]:
    """Consecutive slices of the neurons whose moments take 64 MiB at most."""
    size = max(1, _BLOCK_BYTES // (8 * n_frames * n_frames))
    return [slice(first, min(first + size, n_neurons)) for first in range(0, n_neurons, size)]


def neuron_moments(training: ForecastTraining, n_frames: int, neurons: slice) -> dict[int, Moments]:
    """The moments of some neurons, each a channel, by recording; remembered when all neurons make one block.

    E306 when no training piece is `n_frames` long.
    """

    def make() -> dict[int, Moments]:
        pieces = [(s.recording, s.activity[:, neurons]) for s in training.series if len(s.activity) >= n_frames]
        if not pieces:
            longest = max((len(series.activity) for series in training.series), default=0)
            what = f"a window takes {n_frames} frames, but the longest training piece has {longest}"
            fix = "Choose a lower order, or a task with a shorter context or horizon"
            raise BraincastError("E306", "training", what, fix)
        recordings = sorted({recording for recording, _ in pieces})
        return {r: _sum(_moments(x, n_frames) for of, x in pieces if of == r) for r in recordings}

    if len(neuron_blocks(len(training.neurons), n_frames)) > 1:
        return make()
    return remembered(training, ("moments", n_frames), make)


def shared_moments(training: ForecastTraining, n_frames: int) -> dict[int, Moments]:
    """The moments of all neurons as one channel, by recording."""

    def make() -> dict[int, Moments]:
        found: dict[int, Moments] = {}
        for neurons in neuron_blocks(len(training.neurons), n_frames):
            for recording, moments in neuron_moments(training, n_frames, neurons).items():
                one = moments.as_one_channel()
                found[recording] = found[recording] + one if recording in found else one
        return found

    return remembered(training, ("shared moments", n_frames), make)


def _moments(activity: Float[np.ndarray, "time neuron"], n_frames: int) -> Moments:
    """Products of frames a and b summed over all windows.

    A window's step to the next changes only its ends, so each product follows from the one before it on its diagonal:
    G[a+1, b+1] = G[a, b] - x[a] x[b] + x[a + rows] x[b + rows]. Only the first row needs a pass over the series.
    """
    x = np.ascontiguousarray(activity.T, dtype=float)  # neuron, time
    n_rows = x.shape[1] - n_frames + 1
    gram = np.empty((len(x), n_frames, n_frames))
    for b in range(n_frames):
        gram[:, 0, b] = np.einsum("nt,nt->n", x[:, :n_rows], x[:, b : b + n_rows])
    for a in range(1, n_frames):
        leaving, entering = x[:, a - 1, None] * x[:, a - 1 : n_frames - 1], x[:, a + n_rows - 1, None]
        gram[:, a, a:] = gram[:, a - 1, a - 1 : -1] - leaving + entering * x[:, a + n_rows - 1 :]
    upper = np.triu(gram)
    gram = upper + np.triu(gram, 1).transpose(0, 2, 1)
    running = np.cumsum(np.pad(x, ((0, 0), (1, 0))), axis=1)
    return Moments(n_rows, running[:, n_rows:] - running[:, :n_frames], gram)


def _sum(moments: Iterable[Moments]) -> Moments:
    return reduce(lambda a, b: a + b, moments)
