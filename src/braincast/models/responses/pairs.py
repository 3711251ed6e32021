"""From matrices over neurons to rows over asked pairs."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int


def of_pairs(
    matrix: Float[np.ndarray, "pre post feature"],
    members: Int[np.ndarray, "case member"],
    case: Int[np.ndarray, " pair"],
    neuron: Int[np.ndarray, " pair"],
) -> Float[np.ndarray, "pair feature"]:
    """matrix[stimulated, neuron] for each pair, summed over the stimulated neurons of its case."""
    total = np.zeros((len(case), matrix.shape[-1]))
    for member in members.T:
        stimulated = member[case]
        total += np.where((stimulated >= 0)[:, None], matrix[stimulated, neuron], 0.0)
    return total
