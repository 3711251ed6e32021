"""Double-edge swaps that keep every degree (Maslov & Sneppen 2002, Science 296:910), compiled with numba.

Edges are held in rows sorted by presynaptic neuron. A swap changes only where rows point to: a → b and c → d become
a → d and c → b. So each neuron's block of rows stays in place, and whether a → d exists is a scan of a's own block:
no hash table, few cache misses. The pairs of rows to try are drawn by numpy, in portions.

The number of tries is fixed and a refused swap counts as one: then all graphs with these degrees that can be reached
become equally likely. Counting successful swaps instead would favour graphs with many possible swaps (Artzy-Randrup
& Stone 2005, Phys. Rev. E 72:056708).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import no_type_check

import numpy as np
from jaxtyping import Int
from numba import njit

_PORTION = 1 << 20


def swap_directed(
    pre: Int[np.ndarray, " edge"],
    post: Int[np.ndarray, " edge"],
    n_neurons: int,
    rng: np.random.Generator,
    swaps_per_edge: int,
) -> Int[np.ndarray, " edge"]:
    """New targets of the edges after `swaps_per_edge` tried swaps for each.

    In- and out-degrees are kept, no new self-loop and no new parallel edge arises, self-loops stay where they are.
    """
    order, starts = _blocks(pre, n_neurons)
    sources, targets = pre[order].astype(np.int64), post[order].astype(np.int64)
    for tries in _portions(len(pre), len(pre) * swaps_per_edge, rng):
        _directed_swaps(sources, targets, starts, tries)
    rewired = np.empty_like(post)
    rewired[order] = targets
    return rewired


def swap_undirected(
    pre: Int[np.ndarray, " edge"],
    post: Int[np.ndarray, " edge"],
    mirror: Int[np.ndarray, " edge"],
    n_neurons: int,
    rng: np.random.Generator,
    swaps_per_edge: int,
) -> tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " edge"]]:
    """The same for undirected edges that stand once in each direction; `mirror` is the row of the other direction.

    Returns new targets and, for each row, the row whose weight it takes so that both directions stay alike.
    """
    order, starts = _blocks(pre, n_neurons)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    sources, targets = pre[order].astype(np.int64), post[order].astype(np.int64)
    mirrors, origins = place[mirror[order]], np.arange(len(order))
    for tries in _portions(len(pre), len(pre) // 2 * swaps_per_edge, rng):
        _undirected_swaps(sources, targets, mirrors, origins, starts, tries)
    rewired, taken_from = np.empty_like(post), np.empty_like(order)
    rewired[order] = targets
    taken_from[order] = order[origins]
    return rewired, taken_from


def _portions(n_rows: int, n_tries: int, rng: np.random.Generator) -> Iterator[Int[np.ndarray, "try 2"]]:
    """Pairs of rows to try, all pairs equally likely."""
    for done in range(0, n_tries, _PORTION):
        yield rng.integers(0, n_rows, size=(min(_PORTION, n_tries - done), 2))


def _blocks(
    pre: Int[np.ndarray, " edge"], n_neurons: int
) -> tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " neuron_plus_1"]]:
    """The order that sorts edges by `pre`, and where each neuron's block of rows starts."""
    starts = np.zeros(n_neurons + 1, np.int64)
    np.cumsum(np.bincount(pre, minlength=n_neurons), out=starts[1:])
    return np.argsort(pre, kind="stable").astype(np.int64), starts


# no_type_check keeps the tests' import hook away from the kernels: numba cannot compile a checked function.
@njit(cache=True)
@no_type_check
def _points_to(targets, starts, neuron, target):
    for row in range(starts[neuron], starts[neuron + 1]):  # noqa: SIM110 - numba compiles the plain loop fastest
        if targets[row] == target:
            return True
    return False


@njit(cache=True)
@no_type_check
def _may_swap(targets, starts, a, b, c, d):
    """True where a → d and c → b would be new, no self-loops, and no self-loop is given up."""
    if a == b or c == d or a == c or b == d or a == d or c == b:  # noqa: SIM109
        return False
    return not (_points_to(targets, starts, a, d) or _points_to(targets, starts, c, b))


@njit(cache=True)
@no_type_check
def _directed_swaps(sources, targets, starts, tries):
    for attempt in range(tries.shape[0]):
        i, j = tries[attempt, 0], tries[attempt, 1]
        if _may_swap(targets, starts, sources[i], targets[i], sources[j], targets[j]):
            targets[i], targets[j] = targets[j], targets[i]


@njit(cache=True)
@no_type_check
def _undirected_swaps(sources, targets, mirrors, origins, starts, tries):
    for attempt in range(tries.shape[0]):
        i, j = tries[attempt, 0], tries[attempt, 1]
        back_i, back_j = mirrors[i], mirrors[j]
        a, b, c, d = sources[i], targets[i], sources[j], targets[j]
        if _may_swap(targets, starts, a, b, c, d):
            # Row i (a → d) pairs with back_j (d → a), row j (c → b) with back_i (b → c).
            targets[i], targets[back_j] = d, a
            targets[j], targets[back_i] = b, c
            mirrors[i], mirrors[back_j] = back_j, i
            mirrors[j], mirrors[back_i] = back_i, j
            origins[back_i], origins[back_j] = origins[back_j], origins[back_i]
