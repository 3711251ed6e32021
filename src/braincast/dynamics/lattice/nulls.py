"""Null circuits: the same cell types and connections with one thing about the wiring removed.

Every function is called as `null(circuit, seed=seed)`; the same seed gives the same circuit, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from jaxtyping import Int

from braincast.dynamics.lattice.circuit import ColumnarCircuit


def offsets_shuffled(circuit: ColumnarCircuit, *, seed: int) -> ColumnarCircuit:
    """Each offset of each connection at another place of the same ring of columns, drawn at random without repeats.

    How far a connection reaches, with how many synapses to how many columns, stays: what converges on a cell is the
    same. Lost is on which side of it the inputs stand, from which a circuit could tell directions. To permute the
    counts of a connection over its own offsets would not do: those of an input that stands on one side all do.
    """
    rng = np.random.default_rng(seed)
    offset = circuit.offset.copy()
    distance = _distance(circuit.offset)
    for connection in range(circuit.n_connections):
        own = circuit.connection == connection
        for ring in np.unique(distance[own]):
            members = np.flatnonzero(own & (distance == ring))
            offset[members] = rng.permutation(_ring(int(ring)))[: len(members)]
    return replace(circuit, offset=offset)


def signs_shuffled(circuit: ColumnarCircuit, *, seed: int) -> ColumnarCircuit:
    """The signs dealt out anew: as many connections excite and as many inhibit.

    Where all connections that leave a type have one sign (Dale's rule), cell types exchange theirs instead.
    """
    rng = np.random.default_rng(seed)
    sending, first = np.unique(circuit.pre, return_index=True)
    of_type = np.zeros(circuit.n_types, dtype=circuit.sign.dtype)
    of_type[sending] = circuit.sign[first]
    if not np.array_equal(of_type[circuit.pre], circuit.sign):
        return replace(circuit, sign=rng.permutation(circuit.sign))
    of_type[sending] = rng.permutation(of_type[sending])
    return replace(circuit, sign=of_type[circuit.pre])


CIRCUIT_NULLS: Mapping[str, Callable[..., ColumnarCircuit]] = MappingProxyType(
    {"offsets-shuffled": offsets_shuffled, "signs-shuffled": signs_shuffled}
)


def _distance(offset: Int[np.ndarray, "offset 2"]) -> Int[np.ndarray, " offset"]:
    """How many steps from column to column."""
    u, v = offset.T
    return np.maximum(np.maximum(np.abs(u), np.abs(v)), np.abs(u + v))


def _ring(distance: int) -> Int[np.ndarray, "offset 2"]:
    """All offsets so many steps away."""
    near = np.arange(-distance, distance + 1)
    square = np.stack(np.meshgrid(near, near, indexing="ij"), axis=-1).reshape(-1, 2)
    return square[_distance(square) == distance]
