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
from jaxtyping import Float, Int
from numba import njit

_PORTION = 1 << 20
_CHANGES = 30  # how often at least the way to draw pairs changes
_NEIGHBOURS = 20  # neurons of one region of space, about


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
    sources, targets = pre[order].astype(np.int64), post[order].astype(np.int64)
    mirrors, origins = _placed(mirror, order), np.arange(len(order))
    for tries in _portions(len(pre), len(pre) // 2 * swaps_per_edge, rng):
        _undirected_swaps(sources, targets, mirrors, origins, starts, tries)
    rewired, taken_from = np.empty_like(post), np.empty_like(order)
    rewired[order] = targets
    taken_from[order] = order[origins]
    return rewired, taken_from


def swap_at_length(
    pre: Int[np.ndarray, " edge"],
    post: Int[np.ndarray, " edge"],
    mirror: Int[np.ndarray, " edge"] | None,
    places: Float[np.ndarray, "neuron axis"],
    bounds: Float[np.ndarray, " bound"],
    rng: np.random.Generator,
    swaps_per_edge: int,
) -> tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " edge"]]:
    """The same for swaps that also keep how many edges have a length between which `bounds` (Betzel & Bassett 2018,
    PNAS 115:E4880); `mirror` is None for directed edges.

    Both edges of a swap keep their bins or exchange them. Such pairs are rare, so of every three portions of tries one
    takes both edges from one bin and one from neurons in one region of space. A pair is as likely to be drawn after its
    swap as before.
    """
    order, starts = _blocks(pre, len(places))
    sources, targets = pre[order].astype(np.int64), post[order].astype(np.int64)
    mirrors, origins = _placed(mirror, order), np.arange(len(order))
    bins = _bins_of_pairs(places, bounds, sources, targets)
    n_tries = len(pre) * swaps_per_edge // (1 if mirror is None else 2)
    neighbourhood = _neighbourhoods(places)[sources]
    for number, tries in enumerate(_portions(len(pre), n_tries, rng, least=_CHANGES)):
        if number % 3:
            tries = _within_groups(tries[:, 0], bins if number % 3 == 1 else neighbourhood, rng)
        _swaps_at_length(sources, targets, mirrors, origins, starts, bins, places, bounds, tries)
    rewired, taken_from = np.empty_like(post), np.empty_like(order)
    rewired[order] = targets
    taken_from[order] = order[origins]
    return rewired, taken_from


def _within_groups(
    first: Int[np.ndarray, " try"], groups: Int[np.ndarray, " edge"], rng: np.random.Generator
) -> Int[np.ndarray, "try 2"]:
    """With each row one of its own group."""
    by_group, sizes = np.argsort(groups, kind="stable"), np.bincount(groups)
    starts, own = np.cumsum(sizes) - sizes, groups[first]
    return np.stack([first, by_group[starts[own] + rng.integers(0, sizes[own])]], axis=1)


def _neighbourhoods(places: Float[np.ndarray, "neuron axis"]) -> Int[np.ndarray, " neuron"]:
    """A number for each neuron's region of space: a grid, with as many neurons in each slice along an axis."""
    n_neurons, n_axes = places.shape
    n_slices = max(1, round((n_neurons / _NEIGHBOURS) ** (1 / max(n_axes, 1))))
    cells = np.zeros(n_neurons, np.int64)
    for along in places.T:
        rank = np.argsort(np.argsort(along, kind="stable"))  # neurons without a place come last
        cells = cells * n_slices + rank * n_slices // n_neurons
    return np.unique(cells, return_inverse=True)[1].astype(np.int64)


def _placed(mirror: Int[np.ndarray, " edge"] | None, order: Int[np.ndarray, " edge"]) -> Int[np.ndarray, " row"]:
    """Mirrors among rows in this order; none of directed edges."""
    if mirror is None:
        return np.empty(0, np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return place[mirror[order]]


def _portions(
    n_rows: int, n_tries: int, rng: np.random.Generator, least: int = 1
) -> Iterator[Int[np.ndarray, "try 2"]]:
    """Pairs of rows to try, all pairs equally likely, in at least so many portions if there are as many tries."""
    size = max(1, min(_PORTION, n_tries // least))
    for done in range(0, n_tries, size):
        yield rng.integers(0, n_rows, size=(min(size, n_tries - done), 2))


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
        if _may_swap(targets, starts, sources[i], targets[i], sources[j], targets[j]):
            _swap_undirected_rows(targets, mirrors, origins, sources, i, j)


@njit(cache=True)
@no_type_check
def _swap_undirected_rows(targets, mirrors, origins, sources, i, j):
    back_i, back_j = mirrors[i], mirrors[j]
    a, b, c, d = sources[i], targets[i], sources[j], targets[j]
    # Row i (a → d) pairs with back_j (d → a), row j (c → b) with back_i (b → c).
    targets[i], targets[back_j] = d, a
    targets[j], targets[back_i] = b, c
    mirrors[i], mirrors[back_j] = back_j, i
    mirrors[j], mirrors[back_i] = back_i, j
    origins[back_i], origins[back_j] = origins[back_j], origins[back_i]


@njit(cache=True)
@no_type_check
def _swaps_at_length(sources, targets, mirrors, origins, starts, bins, places, bounds, tries):
    for attempt in range(tries.shape[0]):
        i, j = tries[attempt, 0], tries[attempt, 1]
        a, b, c, d = sources[i], targets[i], sources[j], targets[j]
        to_d, to_b = _bin_of_pair(places, bounds, a, d), _bin_of_pair(places, bounds, c, b)
        straight = to_d == bins[i] and to_b == bins[j]
        if not (straight or (to_d == bins[j] and to_b == bins[i])) or not _may_swap(targets, starts, a, b, c, d):
            continue
        bins[i], bins[j] = to_d, to_b
        if len(mirrors):
            bins[mirrors[j]], bins[mirrors[i]] = to_d, to_b
            _swap_undirected_rows(targets, mirrors, origins, sources, i, j)
        else:
            targets[i], targets[j] = d, b


@njit(cache=True)
@no_type_check
def _bin_of_pair(places, bounds, a, b):
    """How many bounds lie below the distance; one more than all of them where it is not known."""
    squared = 0.0
    for axis in range(places.shape[1]):
        squared += (places[a, axis] - places[b, axis]) ** 2
    if not squared >= 0:
        return len(bounds) + 1
    distance, bin_number = np.sqrt(squared), 0
    while bin_number < len(bounds) and bounds[bin_number] < distance:
        bin_number += 1
    return bin_number


@njit(cache=True)
@no_type_check
def _bins_of_pairs(places, bounds, sources, targets):
    bins = np.empty(len(sources), np.int64)
    for row in range(len(sources)):
        bins[row] = _bin_of_pair(places, bounds, sources[row], targets[row])
    return bins
