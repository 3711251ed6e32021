"""The wiring as the spiking engine reads it: edges in order of the neuron that sends, packed into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int, Shaped
from numba import njit

from braincast.brain.connectome import Connectome
from braincast.dynamics.spiking.kernel import AHEAD
from braincast.dynamics.spiking.parameters import FLY, LeakyIntegrateAndFire
from braincast.errors import BraincastError

_WORD_BITS = {4: 32, 8: 64}
_SPIKING_KINDS = ("chemical", "tract")


@dataclass(frozen=True, eq=False)
class Network:
    """Neurons' parameters and their edges, by delay and by the neuron that sends, each edge packed into one word.

    A word holds the neuron that receives in its lowest `target_bits` bits and the signed count above them, in 4 bytes
    where both fit, else in 8; after the last edge there are a few words that mean nothing. `start[k, i]` to
    `start[k, i + 1]` are the edges of neuron i with delay `delay_steps[k]`. `n_left_out` counts edges of the connectome
    that cannot take part: electrical ones, modulators, and those whose sign is unknown.
    """

    parameters: LeakyIntegrateAndFire
    start: Int[np.ndarray, "delay neuron_and_end"]
    words: Int[np.ndarray, " edge_and_beyond"]
    target_bits: int
    delay_steps: Int[np.ndarray, " delay"]
    n_left_out: int = 0

    @classmethod
    def from_connectome(cls, connectome: Connectome, parameters: LeakyIntegrateAndFire = FLY) -> Network:
        """Chemical edges with weight × sign as their signed count; those of unknown sign are left out and counted.

        A finite `delay_s` of an edge stands above the parameters'. Errors: E103 for a weight that is no whole number
        or is too large to pack, E107 for a delay.
        """
        edges = connectome.edges
        codes = edges["kind"].cat.codes.to_numpy()
        names = list(edges["kind"].cat.categories)
        spiking = [names.index(kind) for kind in _SPIKING_KINDS if kind in names]
        sign = edges["sign"].to_numpy()
        kept = (sign != 0) & np.isin(codes, spiking)
        columns = [edges[name].to_numpy() for name in ("pre", "post", "weight", "delay_s")]
        if not kept.all():
            columns, sign = [column[kept] for column in columns], sign[kept]
        pre, post, weight, delay_s = columns
        count = whole_numbers(weight, "connectome.edges.weight")
        count *= sign
        n_left_out = len(kept) - len(pre)
        return cls.from_edges(pre, post, count, connectome.n_neurons, parameters, delay_s, n_left_out=n_left_out)

    @classmethod
    def from_edges(
        cls,
        pre: Shaped[np.ndarray, " pre"],
        post: Shaped[np.ndarray, " post"],
        weight: Shaped[np.ndarray, " weight"],
        n_neurons: int,
        parameters: LeakyIntegrateAndFire = FLY,
        delay_s: Float[np.ndarray, " edge"] | None = None,
        *,
        word_bytes: int | None = None,
        n_left_out: int = 0,
    ) -> Network:
        """Edges from and to neurons by number, with signed counts; NaN in `delay_s` is the sending neuron's delay.

        `word_bytes` (4 or 8) is chosen where it is not given. Errors: E102 for an unknown neuron, E103 for a weight
        that is not a whole number, E106 for lengths, E107 for neurons or weights that the words cannot hold.
        """
        if not len(pre) == len(post) == len(weight):
            what = f"{len(pre)}, {len(post)} and {len(weight)} values of pre, post and weight"
            raise BraincastError("E106", "edges", what, "Give one of each for every edge")
        _require_neurons(pre, n_neurons, "edges.pre")
        _require_neurons(post, n_neurons, "edges.post")
        count = whole_numbers(weight, "edges.weight")
        bits, word_bytes = _packing(count, n_neurons, word_bytes)
        of_edge, delay_steps = _delays(parameters, pre, delay_s, n_neurons)
        row = n_neurons + 1
        start = np.zeros(len(delay_steps) * row + 1, np.int64)
        words = np.zeros(len(pre) + AHEAD, np.int32 if word_bytes == 4 else np.int64)
        of_edge = np.zeros(0, np.int32) if of_edge is None else of_edge
        _fill_rows(pre, post, count, of_edge, n_neurons, bits, start, words)
        return cls(parameters, start[:-1].reshape(-1, row), words, bits, delay_steps, n_left_out)

    @property
    def n_neurons(self) -> int:
        """Neurons, with or without edges."""
        return self.start.shape[1] - 1

    @property
    def n_edges(self) -> int:
        """Edges that take part."""
        return int(self.start[-1, -1])

    @property
    def nbytes(self) -> int:
        """Memory of the edges."""
        return self.start.nbytes + self.words.nbytes

    def edges(self) -> tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " edge"], Int[np.ndarray, " edge"]]:
        """Pre, post and signed count of each edge, unpacked, in the order of the words."""
        each = np.diff(self.start, axis=1)
        pre = np.concatenate([np.repeat(np.arange(self.n_neurons), row) for row in each])
        words = self.words[: self.n_edges]
        return pre, words & ((1 << self.target_bits) - 1), words >> self.target_bits


def whole_numbers(weight: Shaped[np.ndarray, " edge"], where: str) -> Int[np.ndarray, " edge"]:
    """Weights as a new array of int32; E103 where they are not finite, not whole, or beyond int32."""
    if weight.dtype.kind in "iu" and weight.dtype.itemsize <= 4:
        return weight.astype(np.int32)
    largest = np.iinfo(np.int32).max
    with np.errstate(invalid="ignore"):
        count = weight.astype(np.int32)
    if not np.array_equal(count, weight):
        first = int(np.flatnonzero(count != weight)[0])
        what = f"edge {first} has weight {weight[first]:g}, which is not a whole number within ±{largest}"
        raise BraincastError("E103", where, what, "Give synapse counts; unit_weight_mv scales them")
    return count


def _require_neurons(ends: Shaped[np.ndarray, " edge"], n_neurons: int, where: str) -> None:
    if ends.dtype.kind not in "iu":
        raise BraincastError("E102", where, f"neurons are {ends.dtype} values", "Give neurons by number, as integers")
    if len(ends) and (ends.min() < 0 or ends.max() >= n_neurons):
        first = int(np.flatnonzero((ends < 0) | (ends >= n_neurons))[0])
        what = f"edge {first} names neuron {int(ends[first])} of {n_neurons}"
        raise BraincastError("E102", where, what, f"Use numbers from 0 to {n_neurons - 1}")


def _packing(count: Int[np.ndarray, " edge"], n_neurons: int, word_bytes: int | None) -> tuple[int, int]:
    """Bits for a neuron's number, and bytes of a word."""
    if n_neurons > np.iinfo(np.int32).max:
        what = f"{n_neurons} neurons are more than 32 bits can number"
        raise BraincastError("E107", "network", what, "Simulate a part of the brain")
    bits = max(1, int(n_neurons - 1).bit_length()) if n_neurons else 1
    lowest, highest = (int(count.min()), int(count.max())) if len(count) else (0, 0)
    needed = bits + max(highest.bit_length(), (-lowest - 1).bit_length() if lowest < 0 else 0) + 1
    if word_bytes is None:
        word_bytes = 4 if needed <= 32 else 8
    if word_bytes not in _WORD_BITS or needed > _WORD_BITS[word_bytes]:
        what = f"{n_neurons} neurons and weights from {lowest} to {highest} need {needed} bits of {8 * word_bytes}"
        raise BraincastError("E107", "network", what, "Leave word_bytes out, so that it is chosen")
    return bits, word_bytes


def _delays(
    parameters: LeakyIntegrateAndFire,
    pre: Int[np.ndarray, " edge"],
    delay_s: Float[np.ndarray, " edge"] | None,
    n_neurons: int,
) -> tuple[Int[np.ndarray, " edge"] | None, Int[np.ndarray, " delay"]]:
    """Which delay each edge has (None: all the same), and the delays in steps, shortest first."""
    of_each = parameters.steps(parameters.of_each("delay_s", n_neurons) if n_neurons else 1.0, "delay_s")
    stated = None if delay_s is None or np.isnan(delay_s).all() else ~np.isnan(delay_s)
    if stated is None and (np.ndim(parameters.delay_s) == 0 or len(np.unique(of_each)) == 1):
        return None, np.atleast_1d(of_each)[:1]
    steps = of_each[pre]
    if stated is not None and delay_s is not None:
        steps[stated] = parameters.steps(delay_s[stated].astype(np.float64), "edges.delay_s")
    delay_steps, of_edge = np.unique(steps, return_inverse=True)
    return of_edge.astype(np.int32), delay_steps


@njit(cache=True, nogil=True)
@no_type_check
def _fill_rows(pre, post, count, of_edge, n_neurons, bits, start, words):
    """A counting sort; `start` has a row of n_neurons + 1 for each delay, whose last is the next one's first."""
    alike = len(of_edge) == 0
    for e in range(len(pre)):
        k = 0 if alike else of_edge[e]
        start[k * (n_neurons + 1) + pre[e] + 1] += 1
    for row in range(1, len(start)):
        start[row] += start[row - 1]
    # The place of each row's next edge; afterwards each has moved to the row's end, that is one row up.
    for e in range(len(pre)):
        k = 0 if alike else of_edge[e]
        row = k * (n_neurons + 1) + pre[e]
        words[start[row]] = (np.int64(count[e]) << bits) | np.int64(post[e])
        start[row] += 1
    for row in range(len(start) - 1, 0, -1):
        start[row] = start[row - 1]
    start[0] = 0
