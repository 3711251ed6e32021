"""Frames of a linear network made when they are asked for, so that a large brain need not fit in memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from braincast.dynamics.autoregression import Autoregression, frames

_BURN_IN = 500  # 0.95^500 < 1e-11 of the state at rest is left


class LinearSimulation:
    """A network's activity in conditions that each start anew, with noise of their own.

    Frames cost least in rising order, and any order gives the same bits: a frame that lies back is reached again from
    the start of its condition.
    """

    def __init__(self, network: Autoregression, starts: np.ndarray, *, seed: int) -> None:
        self._network, self._starts, self._seed = network, np.asarray(starts, np.int64), seed
        self._condition, self._next = -1, 0
        self._states: Iterator[np.ndarray] = iter(())

    def frames(self, start: int, stop: int) -> Float[np.ndarray, "time neuron"]:
        """Frames `start` to `stop` as float32."""
        activity = np.empty((max(0, stop - start), self._network.n_neurons), np.float32)
        for frame in range(start, stop):
            activity[frame - start] = self._state(frame)
        return activity

    def _state(self, frame: int) -> np.ndarray:
        condition = int(np.searchsorted(self._starts, frame, side="right")) - 1
        if condition != self._condition or frame < self._next:
            self._begin(condition)
        while self._next < frame:
            next(self._states)
            self._next += 1
        self._next += 1
        return next(self._states)

    def _begin(self, condition: int) -> None:
        rng = np.random.default_rng(np.random.SeedSequence([self._seed, 1, condition]))
        self._condition, self._next = condition, int(self._starts[condition])
        self._states = frames(self._network, rng, burn_in=_BURN_IN)
