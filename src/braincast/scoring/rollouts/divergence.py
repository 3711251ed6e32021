"""How fast paths that are close together move apart: the largest Lyapunov exponent from data.

The slope of the mean log distance to the nearest neighbour over time (Rosenstein et al. 1993, Physica D 65:117). It is
a biased estimate: neighbours are at finite distance, and noise looks like divergence. So it is compared between paths
of equal number and length alone.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from braincast.scoring.rollouts.ruler import STATE_COMPONENTS, Ruler

_MOST_POINTS, _MOST_OTHERS = 1000, 8000
_AT_ONCE = 256
_SAME = 1e-9  # nearer than this is the same point, or one that does not move


def log_distances(
    scores: Float[np.ndarray, "case lead component"], start: Int[np.ndarray, " case"], ruler: Ruler
) -> tuple[Float[np.ndarray, "case step"], Float[np.ndarray, "case step"]]:
    """Σ log distance / dt of each path's points to what was their nearest neighbour, step after step, and the counts.

    Neighbours are points of any path, but none within one span of divergence in the recording's own time. Steps go from
    the first to the last frame of `divergence`.
    """
    from scipy.spatial.distance import cdist

    earliest, n_steps = ruler.rollout.divergence
    state = scores[..., :STATE_COMPONENTS]
    n_cases, n_leads = state.shape[:2]
    growth, pairs = np.zeros((2, n_cases, n_steps - earliest + 1))
    if n_leads <= n_steps:
        return growth, pairs
    case, lead = (grid.ravel() for grid in np.mgrid[0:n_cases, 0 : n_leads - n_steps])
    asked = _spread_out(len(case), _MOST_POINTS)
    others = _spread_out(len(case), _MOST_OTHERS)
    points, clock = state[case, lead], start[case] + lead
    for first in range(0, len(asked), _AT_ONCE):
        own = asked[first : first + _AT_ONCE]
        apart = cdist(points[own], points[others])
        apart[np.abs(clock[own][:, None] - clock[others]) <= n_steps] = np.inf
        apart[apart <= _SAME] = np.inf
        found = np.isfinite(apart.min(axis=1))
        own, near = own[found], others[apart.argmin(axis=1)[found]]
        for step in range(earliest, n_steps + 1):
            moved = state[case[own], lead[own] + step] - state[case[near], lead[near] + step]
            distance = np.sqrt((moved**2).sum(axis=1))
            known = distance > _SAME
            np.add.at(growth[:, step - earliest], case[own][known], np.log(distance[known]) / ruler.dt)
            np.add.at(pairs[:, step - earliest], case[own][known], 1.0)
    return growth, pairs


def slope(
    growth: Float[np.ndarray, "resample step"], pairs: Float[np.ndarray, "resample step"]
) -> Float[np.ndarray, " resample"]:
    """Least-squares slope of the mean log distance over the steps, per unit of time; NaN without neighbours."""
    with np.errstate(divide="ignore", invalid="ignore"):
        curve = growth / pairs
    step = np.arange(curve.shape[1]) - (curve.shape[1] - 1) / 2
    return curve @ step / (step**2).sum()


def _spread_out(n: int, most: int) -> Int[np.ndarray, " chosen"]:
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(np.int64))
