"""Lyapunov exponents from tangent dynamics: how fast small differences grow, for any map whose Jacobian is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.dynamics import runge_kutta

State = Float[np.ndarray, "run unit"]
Tangent = Float[np.ndarray, "run unit exponent"]
# A state and small differences from it (columns), both one step later.
TangentMap = Callable[[State, Tangent], tuple[State, Tangent]]


@dataclass(frozen=True, eq=False)
class Exponents:
    """Exponents in falling order, per unit of time: the mean over runs, and its standard error (NaN for one run)."""

    value: Float[np.ndarray, " exponent"]
    error: Float[np.ndarray, " exponent"]


def lyapunov_exponents(
    tangent_map: TangentMap, state: State, *, time_per_step: float, n_steps: int, n_exponents: int = 1, settle: int = 0
) -> Exponents:
    """The leading exponents by repeated orthonormalisation (Benettin et al. 1980, Meccanica 15:9).

    Runs are independent and should begin on the attractor. Over `settle` further steps at the start differences turn
    into the directions that grow, and nothing is counted.
    """
    n_runs, n_units = state.shape
    tangent = np.broadcast_to(np.eye(n_units)[:, :n_exponents], (n_runs, n_units, n_exponents))
    growth = np.zeros((n_runs, n_exponents))
    for step in range(settle + n_steps):
        state, tangent = tangent_map(state, tangent)
        tangent, stretch = np.linalg.qr(tangent)
        if step >= settle:
            growth += np.log(np.abs(np.diagonal(stretch, axis1=1, axis2=2)))
    each = growth / (n_steps * time_per_step)
    error = each.std(axis=0, ddof=1) / np.sqrt(n_runs) if n_runs > 1 else np.full(n_exponents, np.nan)
    return Exponents(each.mean(axis=0), error)


def flow(
    tendency: runge_kutta.Tendency,
    jacobian: Callable[[State], Float[np.ndarray, "run unit unit"]],
    *,
    time: float,
    step: float,
) -> TangentMap:
    """The tangent map of x' = f(x) over a while: x and v with v' = J(x) v, stepped together (Runge-Kutta)."""

    def together(both: Float[np.ndarray, "run unit column"]) -> Float[np.ndarray, "run unit column"]:
        state = both[..., 0]
        return np.concatenate([tendency(state)[..., None], jacobian(state) @ both[..., 1:]], axis=-1)

    def advanced(state: State, tangent: Tangent) -> tuple[State, Tangent]:
        both = runge_kutta.advanced(together, np.concatenate([state[..., None], tangent], axis=-1), time, step)
        return both[..., 0], both[..., 1:]

    return advanced
