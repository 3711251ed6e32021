"""What stands beside every model: the truth against itself, and surrogates that lack one thing each.

`surrogate` has each neuron's spectrum, but no relation between neurons: phases are drawn independently. `shuffled` has
every relation between neurons, but none in time: frames are in random order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from braincast.brain.surrogates import phase_randomised
from braincast.tasks.forecasting.card import Piece
from braincast.tasks.forecasting.standardised import Standardised, filled

TRUTH, SURROGATE, SHUFFLED = CONTROLS = "truth", "surrogate", "shuffled"
Frames = Float[np.ndarray, "_ neuron"]


class TrainingPaths:
    """As many windows of a recording's training frames as it has cases, spread evenly over them."""

    def __init__(self, recording: Standardised, pieces: Sequence[Piece], horizon: int, n_cases: int) -> None:
        self.pieces, self.horizon = pieces, horizon
        self.frames = [filled(recording.frames(p.start, p.stop)).astype(np.float64) for p in pieces]
        starts = [np.arange(p.start, p.stop - horizon + 1) for p in pieces]
        every = np.concatenate(starts)
        self.start: Int[np.ndarray, " case"] = every[np.linspace(0, len(every) - 1, n_cases).astype(np.int64)]

    def truth(self) -> Float[np.ndarray, "case lead neuron"]:
        """What the brain did in them."""
        return self._cut(self.frames)

    def surrogate(self, seed: int) -> Float[np.ndarray, "case lead neuron"]:
        """The same with phases drawn independently for each neuron, within each piece."""
        return self._cut([phase_randomised(own, seed=seed + number) for number, own in enumerate(self.frames)])

    def shuffled(self, seed: int) -> Float[np.ndarray, "case lead neuron"]:
        """The same with the frames of all pieces in random order."""
        drawn = np.random.default_rng(seed).permutation(np.concatenate(self.frames))
        return self._cut(np.split(drawn, np.cumsum([len(own) for own in self.frames])[:-1]))

    def _cut(self, frames: Sequence[Frames]) -> Float[np.ndarray, "case lead neuron"]:
        return np.stack([self._window(frames, int(start)) for start in self.start])

    def _window(self, frames: Sequence[Frames], start: int) -> Frames:
        number = next(n for n, p in enumerate(self.pieces) if p.start <= start <= p.stop - self.horizon)
        first = start - self.pieces[number].start
        return frames[number][first : first + self.horizon]
