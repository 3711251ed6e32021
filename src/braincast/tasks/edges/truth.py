"""The truth of a question about edges: opened by scoring alone."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.brain.connectome import Connectome
from braincast.tasks.edges.question import EdgeQuestion
from braincast.tasks.edges.visible import wired_pairs


def open_edge_truth(question: EdgeQuestion, connectome: Connectome) -> Float[np.ndarray, "pre post"]:
    """1 where a pair that is asked about has an edge, 0 where it has none, NaN for others."""
    return np.where(question.asked, wired_pairs(question, connectome).astype(float), np.nan)
