"""Nulls that leave every edge in place and exchange what stands on the edges."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from braincast.brain.connectome import Connectome
from braincast.brain.null_wirings.edge_rows import connections, named, rows_of


def weights_shuffled(connectome: Connectome, *, seed: int) -> Connectome:
    """The same edges with their weights exchanged at random within each kind; signs and delays stay.

    Both directions of an undirected connection move together; self-loops keep their weights.
    """
    rng = np.random.default_rng(seed)
    weights = connectome.edges["weight"].to_numpy().copy()
    for kind in connectome.kinds:
        forward, backward = connections(connectome, kind)
        exchange(weights, rng.permutation(len(forward)), forward, backward)
    edges = connectome.edges.assign(weight=weights)
    return connectome.with_edges(edges, named(connectome, f"weights-shuffled, seed {seed}"))


def signs_shuffled(connectome: Connectome, *, seed: int) -> Connectome:
    """The same edges with their known signs exchanged at random within each kind; unknown ones (0) stay unknown.

    Where the wiring keeps Dale's rule (all known signs that leave a neuron by edges of the kind are alike), so does
    the null: neurons exchange signs, and the numbers of excitatory and of inhibitory neurons stay. Otherwise, and for
    undirected kinds, edges exchange them, and the numbers of edges stay; self-loops keep theirs then.
    """
    rng = np.random.default_rng(seed)
    signs = connectome.edges["sign"].to_numpy().copy()
    for kind in connectome.kinds:
        rows = rows_of(connectome, kind)
        known = rows[signs[rows] != 0]
        forward, backward = connections(connectome, kind)
        pre = connectome.edges["pre"].to_numpy()[known]
        of_neurons = _signs_of_neurons(pre, signs[known]) if backward is None else None
        if of_neurons is None:
            between = signs[forward] != 0
            forward, backward = forward[between], None if backward is None else backward[between]
            exchange(signs, rng.permutation(len(forward)), forward, backward)
        else:
            _, neuron_of_edge = np.unique(pre, return_inverse=True)
            signs[known] = rng.permutation(of_neurons)[neuron_of_edge]
    edges = connectome.edges.assign(sign=signs)
    return connectome.with_edges(edges, named(connectome, f"signs-shuffled, seed {seed}"))


def exchange(
    values: np.ndarray,
    order: Int[np.ndarray, " connection"],
    forward: Int[np.ndarray, " connection"],
    backward: Int[np.ndarray, " connection"] | None,
) -> None:
    """Give each connection the values of that in `order`, in both directions; `values` is changed in place."""
    values[forward] = values[forward[order]]
    if backward is not None:
        values[backward] = values[backward[order]]


def _signs_of_neurons(
    pre: Int[np.ndarray, " edge"], signs: Int[np.ndarray, " edge"]
) -> Int[np.ndarray, " neuron"] | None:
    """The one sign of each neuron among `pre`, in the order of rows; None where some neuron has both."""
    neurons, neuron_of_edge, n_edges = np.unique(pre, return_inverse=True, return_counts=True)
    sums = np.bincount(neuron_of_edge, weights=signs, minlength=len(neurons))
    if not np.array_equal(np.abs(sums), n_edges):
        return None
    return np.sign(sums).astype(signs.dtype)
