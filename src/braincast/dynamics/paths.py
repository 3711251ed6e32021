"""Paths through a connectome."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.sparse.csgraph import shortest_path


def hop_distance(adjacency: sparse.csr_array, *, unreachable: int) -> Int[np.ndarray, "pre post"]:
    """Smallest number of edges from pre to post; `unreachable` where no path leads."""
    hops = shortest_path(adjacency, unweighted=True, directed=True)
    return np.where(np.isfinite(hops), hops, unreachable).astype(np.int64)


def profile_similarity(weights: Float[np.ndarray, "neuron partner"]) -> Float[np.ndarray, "neuron neuron"]:
    """Cosine between the square-rooted partner profiles of each two neurons; 0 for a neuron without partners."""
    profile = np.sqrt(weights)
    length = np.linalg.norm(profile, axis=1, keepdims=True)
    unit = np.divide(profile, length, out=np.zeros_like(profile), where=length > 0)
    return unit @ unit.T
