"""Chaotic convection in three variables: the model of Lorenz (1963, J Atmos Sci 20:130)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.dynamics import runge_kutta

PRANDTL, RAYLEIGH, SHAPE = 10.0, 28.0, 8.0 / 3.0  # as in the paper
_STEP = 0.01  # of the Runge-Kutta scheme; local error below 1e-5

State = Float[np.ndarray, "*run 3"]


def tendency(state: State) -> State:
    """x' = σ (y - x), y' = x (ρ - z) - y, z' = x y - β z; several runs may be stacked."""
    x, y, z = np.moveaxis(state, -1, 0)
    return np.stack([PRANDTL * (y - x), x * (RAYLEIGH - z) - y, x * y - SHAPE * z], axis=-1)


def jacobian(state: State) -> Float[np.ndarray, "*run 3 3"]:
    """How the tendency of each variable (rows) moves with each variable (columns)."""
    x, y, z = np.moveaxis(state, -1, 0)
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows = [[-PRANDTL * one, PRANDTL * one, zero], [RAYLEIGH - z, -one, -x], [y, x, -SHAPE * one]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def advanced(state: State, time: float) -> State:
    """The state a while later, in equal steps of the classical Runge-Kutta scheme."""
    return runge_kutta.advanced(tendency, state, time, _STEP)
