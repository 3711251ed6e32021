"""How far out an observation stands among draws."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

_TINY = 1e-12


def rank_p(own: float, null: Float[np.ndarray, " draw"]) -> float:
    """(1 + draws at least as large) / (1 + draws) (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39)."""
    return float((1 + np.sum(null >= own - _TINY * abs(own))) / (1 + len(null)))
