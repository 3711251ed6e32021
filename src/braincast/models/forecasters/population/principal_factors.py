"""The leading principal factors of a recording's activity: neuron embeddings, and signals of unit variance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float


def principal_factors(
    pieces: Sequence[Float[np.ndarray, "_ neuron"]], n_factors: int
) -> Float[np.ndarray, "neuron factor"]:
    """Embeddings E such that signals = activity · E / |E|² have unit variance and activity ≈ signals · E'.

    Columns are orthogonal, the strongest first. Found from the smaller of the two Gram matrices, so that many neurons
    or many frames alike stay cheap.
    """
    activity = np.concatenate([np.asarray(piece, dtype=float) for piece in pieces])
    n_frames, n_neurons = activity.shape
    n_factors = max(1, min(n_factors, n_frames, n_neurons))
    if n_neurons <= n_frames:
        values, vectors = np.linalg.eigh(activity.T @ activity / n_frames)
    else:
        values, frames = np.linalg.eigh(activity @ activity.T / n_frames)
        vectors = activity.T @ frames / np.sqrt(np.maximum(values, 1e-300) * n_frames)
    strength = np.sqrt(np.maximum(values[::-1][:n_factors], 1e-12))
    return vectors[:, ::-1][:, :n_factors] * strength


def signals(
    activity: Float[np.ndarray, "*batch neuron"], embedding: Float[np.ndarray, "neuron factor"]
) -> Float[np.ndarray, "*batch factor"]:
    """The factors' signals in some activity: its projection on the embeddings."""
    return activity @ (embedding / (embedding**2).sum(axis=0))
