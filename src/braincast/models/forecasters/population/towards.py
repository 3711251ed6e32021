"""What a penalised fit comes to when its penalty is large."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.models.interface import Setting

MEAN, PERSISTENCE, OWN_PAST = "mean", "persistence", "own-past"
TOWARDS = Setting(
    "What a large penalty leads to: mean (targets are levels) or persistence (targets are changes)",
    kind=str,
    choices=(MEAN, PERSISTENCE),
)
POPULATION_TOWARDS = Setting(
    "What a large penalty leads to: mean, persistence, or own-past (each neuron from its own last frames alone)",
    kind=str,
    choices=(MEAN, PERSISTENCE, OWN_PAST),
)


def base_of(towards: str, order: int) -> Float[np.ndarray, " lag"]:
    """Weights on the last frames of what targets are measured from."""
    return np.eye(order)[-1] if towards == PERSISTENCE else np.zeros(order)
