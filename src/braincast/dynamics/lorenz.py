"""A chaotic ring of units: the model of Lorenz (1996, Predictability: a problem partly solved)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

FORCING = 8.0  # chaotic for rings of 40 (Lorenz & Emanuel 1998, J Atmos Sci 55:399)
_STEP = 0.0125  # of the Runge-Kutta scheme; local error below 1e-6 at this forcing

State = Float[np.ndarray, "*run unit"]


def tendency(state: State, forcing: float = FORCING) -> State:
    """dx_i/dt = (x_{i+1} - x_{i-2}) x_{i-1} - x_i + forcing, on a ring; several runs may be stacked."""
    ahead, behind, further = (np.roll(state, shift, axis=-1) for shift in (-1, 1, 2))
    return (ahead - further) * behind - state + forcing


def advanced(state: State, time: float, forcing: float = FORCING) -> State:
    """The state a while later, in equal steps of the classical Runge-Kutta scheme."""
    n_steps = max(1, round(time / _STEP))
    step = time / n_steps
    for _ in range(n_steps):
        first = tendency(state, forcing)
        second = tendency(state + step / 2 * first, forcing)
        third = tendency(state + step / 2 * second, forcing)
        fourth = tendency(state + step * third, forcing)
        state = state + step / 6 * (first + 2 * second + 2 * third + fourth)
    return state
