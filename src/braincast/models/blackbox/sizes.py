"""How large the question is that a network answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Frames seen and to be forecast, neurons, features of the stimulus (0 where it is not told), recordings.

    `frame_s` is the length of a frame in seconds, None where it is not known.
    """

    context: int
    horizon: int
    n_neurons: int
    n_features: int = 0
    n_recordings: int = 1
    frame_s: float | None = None
