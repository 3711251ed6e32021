"""The classical Runge-Kutta scheme of fourth order, for any equation x' = f(x)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

State = Float[np.ndarray, "*shape"]
Tendency = Callable[[State], State]


def advanced(tendency: Tendency, state: State, time: float, step: float) -> State:
    """The state a while later, in equal steps of about `step`."""
    n_steps = max(1, round(time / step))
    step = time / n_steps
    for _ in range(n_steps):
        first = tendency(state)
        second = tendency(state + step / 2 * first)
        third = tendency(state + step / 2 * second)
        fourth = tendency(state + step * third)
        state = state + step / 6 * (first + 2 * second + 2 * third + fourth)
    return state
