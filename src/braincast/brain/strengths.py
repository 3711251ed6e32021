"""An order of weights on given edges in which every neuron's strength is nearly what it was, compiled with numba.

Starting from a random order, pairs of edges exchange their weights whenever this brings strengths nearer (simulated
annealing at temperature 0; Misic et al. 2015, Neuron 86:1518; Milisav et al. 2025, Nature Computational Science 5:48).
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit


def weights_near_strengths(
    pre: Int[np.ndarray, " edge"],
    post: Int[np.ndarray, " edge"],
    weights: Float[np.ndarray, " edge"],
    wanted: Float[np.ndarray, " end"],
    rng: np.random.Generator,
    swaps_per_edge: int,
) -> Int[np.ndarray, " edge"]:
    """For each edge the edge whose weight it takes. `wanted` has a strength for each neuron (undirected edges), or
    twice as many: what leaves all neurons, then what reaches them. Errors count relative to what is wanted."""
    n_neurons = 1 + int(max(pre.max(), post.max()))
    directed = len(wanted) >= 2 * n_neurons
    first, second = pre.astype(np.int64), post.astype(np.int64) + (len(wanted) // 2 if directed else 0)
    order = rng.permutation(len(weights))
    have = np.bincount(first, weights[order], len(wanted)) + np.bincount(second, weights[order], len(wanted))
    scale = 1 / np.where(wanted > 0, wanted, 1.0)
    tries = rng.integers(0, len(weights), size=(len(weights) * swaps_per_edge, 2))
    _exchange(first, second, weights, order, (have - wanted) * scale, scale, tries)
    return order


@njit(cache=True)
@no_type_check
def _shift(errors, end, change):
    """Move one strength; returns by how much the sum of squared errors grows."""
    growth = change * (2 * errors[end] + change)
    errors[end] += change
    return growth


@njit(cache=True)
@no_type_check
def _exchange(first, second, weights, order, errors, scale, tries):
    for attempt in range(tries.shape[0]):
        i, j = tries[attempt, 0], tries[attempt, 1]
        gain = weights[order[j]] - weights[order[i]]
        a, b, c, d = first[i], second[i], first[j], second[j]
        growth = _shift(errors, a, gain * scale[a]) + _shift(errors, b, gain * scale[b])
        growth += _shift(errors, c, -gain * scale[c]) + _shift(errors, d, -gain * scale[d])
        if growth < 0:
            order[i], order[j] = order[j], order[i]
        else:
            _shift(errors, a, -gain * scale[a])
            _shift(errors, b, -gain * scale[b])
            _shift(errors, c, gain * scale[c])
            _shift(errors, d, gain * scale[d])
