"""How large the question is that a network answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Frames that are seen and to be forecast, neurons, and features of the stimulus (0 where it is not told)."""

    context: int
    horizon: int
    n_neurons: int
    n_features: int = 0
