"""How large the question is that a network answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Frames seen and to be forecast, neurons, features of the stimulus (0 where it is not told), recordings."""

    context: int
    horizon: int
    n_neurons: int
    n_features: int = 0
    n_recordings: int = 1
