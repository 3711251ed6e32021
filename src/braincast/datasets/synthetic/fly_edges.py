"""Who is wired to whom in a synthetic fly: loops compiled by numba, fixed by a seed on any machine.

All chance here is in whole numbers, so no rounding can differ between machines.
"""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Int
from numba import njit, uint64

from braincast.dynamics.splitmix import STEP, mixed

_TRIES = 16  # draws from the neuron's own places before any other neuron will do


class Places(NamedTuple):
    """Where targets are drawn from.

    `region[neuron]`; `stubs` lists each neuron as often as it attracts edges, region by region, `starts` tells where a
    region's part begins; `choices[region]` lists regions as often as its neurons send there (a power of two of them).
    """

    region: Int[np.ndarray, " neuron"]
    stubs: Int[np.ndarray, " stub"]
    starts: Int[np.ndarray, " region_and_end"]
    choices: Int[np.ndarray, "region choice"]


def wire(
    degrees: Int[np.ndarray, " neuron"],
    n_answers: int,
    places: Places,
    excites: Bool[np.ndarray, " neuron"],
    seed: np.uint64,
) -> tuple[Int[np.ndarray, " neuron_and_end"], Int[np.ndarray, " edge"]]:
    """Where each neuron's edges begin, and their sorted targets: no neuron twice in a row, none of it itself.

    Each neuron draws `degrees` targets; then `n_answers` edges that go one way only, chosen evenly among those between
    a neuron that excites and one that inhibits, are answered by one back, as far as there are so many.
    """
    begins = np.concatenate(([0], np.cumsum(degrees, dtype=np.int64)))
    targets = _draw(begins, places.region, places.stubs, places.starts, places.choices, seed)
    sender_begins, senders = _transpose(begins, targets)
    targets = _transpose(sender_begins, senders)[1]  # the same ones, now sorted
    answered, counts = _choose(begins, targets, sender_begins, senders, excites, n_answers, ~seed)
    return _join(begins, targets, sender_begins, senders, answered, counts)


@njit(cache=True)
@no_type_check
def draw_for_edges(table, pre, post, excites, seed):
    """An entry of a table (a power of two of them) for each edge.

    It is the same in both directions of half of all pairs of a neuron that excites and one that inhibits. (Two that
    excite each other with strong edges would never come to rest.)
    """
    drawn = np.empty(pre.size, table.dtype)
    mask = uint64(table.size - 1)
    for k in range(pre.size):
        one, other = uint64(min(pre[k], post[k])), uint64(max(pre[k], post[k]))
        word = mixed(seed + ((one << uint64(32)) | other) * STEP)
        alike = excites[pre[k]] == excites[post[k]]
        if pre[k] < post[k] and (alike or word & uint64(1)):
            word = mixed(word)
        drawn[k] = table[(word >> uint64(1)) & mask]
    return drawn


@njit(cache=True, inline="always")
@no_type_check
def _below(word, n):
    """A whole number below `n` (< 2**32) from the upper half of a word."""
    return ((word >> uint64(32)) * uint64(n)) >> uint64(32)


@njit(cache=True)
@no_type_check
def _draw(begins, region, stubs, starts, choices, seed):
    n = region.size
    targets = np.empty(begins[n], np.int32)
    taken_by = np.full(n, -1, np.int32)
    state, mask = seed, uint64(choices.shape[1] - 1)
    for i in range(n):
        taken_by[i] = i
        for k in range(begins[i], begins[i + 1]):
            tries, j = 0, i
            while taken_by[j] == i:
                state = state + STEP
                word = mixed(state)
                if tries < _TRIES:
                    place = choices[region[i], word & mask]
                    j = stubs[starts[place] + np.int64(_below(word, starts[place + 1] - starts[place]))]
                else:
                    j = np.int64(_below(word, n))
                tries += 1
            taken_by[j] = i
            targets[k] = j
    return targets


@njit(cache=True)
@no_type_check
def _transpose(begins, targets):
    n = begins.size - 1
    ends = np.zeros(n + 1, np.int64)
    for j in targets:
        ends[j + 1] += 1
    for j in range(n):
        ends[j + 1] += ends[j]
    place, senders = ends.copy(), np.empty(targets.size, np.int32)
    for i in range(n):
        for k in range(begins[i], begins[i + 1]):
            senders[place[targets[k]]] = i
            place[targets[k]] += 1
    return ends, senders


@njit(cache=True)
@no_type_check
def _choose(begins, targets, sender_begins, senders, excites, n_answers, seed):
    """Marks of the edges to answer, chosen evenly among those that go one way (selection sampling, Knuth 3.4.2 S)."""
    n = begins.size - 1
    answered, counts = np.zeros(senders.size, np.bool_), np.zeros(n, np.int64)
    known, left = np.full(n, -1, np.int32), np.int64(0)
    for i in range(n):
        for k in range(begins[i], begins[i + 1]):
            known[targets[k]] = i
        for k in range(sender_begins[i], sender_begins[i + 1]):
            answered[k] = known[senders[k]] != i and excites[senders[k]] != excites[i]
            left += answered[k]
    state, wanted = seed, np.int64(n_answers)
    for i in range(n):
        for k in range(sender_begins[i], sender_begins[i + 1]):
            if answered[k]:
                state = state + STEP
                answered[k] = np.int64(_below(mixed(state), left)) < wanted
                left -= 1
                wanted -= answered[k]
                counts[i] += answered[k]
    return answered, counts


@njit(cache=True)
@no_type_check
def _join(begins, targets, sender_begins, senders, answered, counts):
    """Each row's targets and those it answers, both sorted, merged."""
    n = begins.size - 1
    joined_begins = np.zeros(n + 1, np.int64)
    for i in range(n):
        joined_begins[i + 1] = joined_begins[i] + begins[i + 1] - begins[i] + counts[i]
    joined = np.empty(joined_begins[n], np.int32)
    for i in range(n):
        k = begins[i]
        at = joined_begins[i]
        for m in range(sender_begins[i], sender_begins[i + 1]):
            if answered[m]:
                while k < begins[i + 1] and targets[k] < senders[m]:
                    joined[at] = targets[k]
                    at += 1
                    k += 1
                joined[at] = senders[m]
                at += 1
        while k < begins[i + 1]:
            joined[at] = targets[k]
            at += 1
            k += 1
    return joined_begins, joined
