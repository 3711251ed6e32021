"""Linear networks at rest: how a steady push to one neuron spreads along edges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy.linalg import expm

Square = Float[np.ndarray, "pre post"]


def normalised(weights: Square, by: Literal["input", "output"]) -> Square:
    """Weights divided so that each neuron's inputs (or outputs) sum to 1; a neuron without any keeps zeros."""
    total = weights.sum(axis=0 if by == "input" else 1, keepdims=True)
    return np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)


def steady_state_response(coupling: Square) -> Square:
    """Response of each neuron to a constant unit input into each other one: (I - coupling)^-1, as [pre, post].

    It is the fixed point of τ dx/dt = -x + couplingᵀ x + input, and sums the paths of every length. The spectral radius
    of `coupling` must be below 1.
    """
    return np.linalg.inv(np.eye(len(coupling)) - coupling)


def communicability(weights: Square, time: float) -> Square:
    """exp(time · D^-½ W D^-½) of the weights made symmetric: all walks, long ones damped (Estrada & Hatano 2008).

    D is the diagonal of total weights, so that hubs do not rule (Crofts & Higham 2009). A neuron without edges
    reaches only itself.
    """
    symmetric = (weights + weights.T) / 2
    strength = np.sqrt(symmetric.sum(axis=1))
    scale = np.divide(1.0, strength, out=np.zeros_like(strength), where=strength > 0)
    values, vectors = np.linalg.eigh(symmetric * scale[:, None] * scale[None, :])
    return (vectors * np.exp(time * values)) @ vectors.T


def diffusion(weights: Square, time: float) -> Square:
    """exp(-time · (I - P)): where a random walker that leaves pre along its outputs is after a while (Kondor 2002).

    P divides each neuron's outputs by their sum; a walker on a neuron without outputs stays.
    """
    walk = normalised(weights, "output")
    walk[np.diag_indices_from(walk)] += walk.sum(axis=1) == 0
    return expm(time * (walk - np.eye(len(walk))))


def propagation(weights: Mapping[str, Square], gains: Mapping[str, float], by: Literal["input", "output"]) -> Square:
    """Steady-state response of a network with a gain for each edge kind.

    Weights of all kinds are normalised by their common sum, so that with gains below 1 the network is stable.
    """
    total = sum(weights.values()).sum(axis=0 if by == "input" else 1, keepdims=True)  # pyright: ignore
    share = {kind: np.divide(w, total, out=np.zeros_like(w), where=total > 0) for kind, w in weights.items()}
    return steady_state_response(sum(gains[kind] * share[kind] for kind in weights))  # pyright: ignore
