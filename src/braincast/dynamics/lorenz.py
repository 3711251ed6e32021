"""A chaotic ring of units: the model of Lorenz (1996, Predictability: a problem partly solved)."""

from __future__ import annotations

from functools import partial

import numpy as np
from jaxtyping import Float

from braincast.dynamics import runge_kutta

FORCING = 8.0  # chaotic for rings of 40 (Lorenz & Emanuel 1998, J Atmos Sci 55:399)
_STEP = 0.0125  # of the Runge-Kutta scheme; local error below 1e-6 at this forcing

State = Float[np.ndarray, "*run unit"]


def tendency(state: State, forcing: float = FORCING) -> State:
    """dx_i/dt = (x_{i+1} - x_{i-2}) x_{i-1} - x_i + forcing, on a ring; several runs may be stacked."""
    ahead, behind, further = (np.roll(state, shift, axis=-1) for shift in (-1, 1, 2))
    return (ahead - further) * behind - state + forcing


def jacobian(state: State) -> Float[np.ndarray, "*run unit unit"]:
    """How the tendency of each unit (rows) moves with each unit (columns)."""
    n_units = state.shape[-1]
    ahead, behind, further = (np.roll(state, shift, axis=-1) for shift in (-1, 1, 2))
    here = np.arange(n_units)
    slopes = np.zeros((*state.shape, n_units))
    slopes[..., here, here] -= 1.0
    slopes[..., here, (here + 1) % n_units] += behind
    slopes[..., here, (here - 2) % n_units] -= behind
    slopes[..., here, (here - 1) % n_units] += ahead - further
    return slopes


def advanced(state: State, time: float, forcing: float = FORCING) -> State:
    """The state a while later, in equal steps of the classical Runge-Kutta scheme."""
    return runge_kutta.advanced(partial(tendency, forcing=forcing), state, time, _STEP)
