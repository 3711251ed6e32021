"""How different two circuits are: in how many conductances one has a multiple of the other's."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int


def fold_differences(
    sets: Float[np.ndarray, "circuit conductance"], other: Float[np.ndarray, " conductance"], fold: float = 2.0
) -> Int[np.ndarray, " circuit"]:
    """In how many conductances each set differs from `other` by at least `fold`; where one has none, it counts not."""
    both = (sets > 0) & (other > 0)
    ratio = np.divide(sets, other, out=np.ones_like(sets), where=both)
    return ((ratio >= fold) | (ratio <= 1 / fold)).sum(axis=1)


def mutually_different(
    sets: Float[np.ndarray, "circuit conductance"], *, fold: float = 2.0, at_least: int = 3
) -> Int[np.ndarray, " chosen"]:
    """Rows of which any two differ by `fold` in so many conductances: each in turn that does so from all before."""
    chosen: list[int] = []
    for row in range(len(sets)):
        if (fold_differences(sets[chosen], sets[row], fold) >= at_least).all():
            chosen.append(row)
    return np.array(chosen, dtype=np.int64)


def all_differ(sets: Float[np.ndarray, "circuit conductance"], *, fold: float = 2.0, at_least: int = 3) -> bool:
    """Whether any two do."""
    return all((fold_differences(sets[:row], sets[row], fold) >= at_least).all() for row in range(len(sets)))
