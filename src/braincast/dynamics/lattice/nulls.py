"""Null circuits: the same cell types and connections with one thing about the wiring removed.

Every function is called as `null(circuit, seed=seed)`; the same seed gives the same circuit, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.lattice.circuit import ColumnarCircuit
from braincast.dynamics.lattice.hexagon import positions

_N_ARRANGEMENTS = 256


def offsets_shuffled(circuit: ColumnarCircuit, *, seed: int) -> ColumnarCircuit:
    """Each offset of each connection at another place of the same ring of columns, so that no side is preferred.

    How far a connection reaches, with how many synapses to how many columns, stays: what converges on a cell is the
    same. Lost is on which side of it the inputs stand, from which a circuit could tell directions. Places are drawn at
    random without repeats; of many arrangements that one is kept whose synapses lie most evenly around the cell, since
    a few offsets that are drawn once stand on some side again. To permute counts over a connection's own offsets would
    not do: those of an input that stands on one side all do.
    """
    rng = np.random.default_rng(seed)
    offset = circuit.offset.copy()
    for connection in range(circuit.n_connections):
        own = np.flatnonzero(circuit.connection == connection)
        offset[own] = _evenly(circuit.offset[own], circuit.count[own], rng)
    return replace(circuit, offset=offset)


def _evenly(
    offset: Int[np.ndarray, "offset 2"], count: Float[np.ndarray, " offset"], rng: np.random.Generator
) -> Int[np.ndarray, "offset 2"]:
    """Of arrangements on the same rings the one whose mean place, by synapses, is nearest the middle."""
    drawn = np.zeros((_N_ARRANGEMENTS, *offset.shape), dtype=offset.dtype)
    distance = _distance(offset)
    for ring in np.unique(distance):
        members, places = np.flatnonzero(distance == ring), _ring(int(ring))
        chosen = rng.random((_N_ARRANGEMENTS, len(places))).argsort(axis=1)[:, : len(members)]
        drawn[:, members] = places[chosen]
    place = positions(drawn.reshape(-1, 2)).reshape(drawn.shape)
    return drawn[np.linalg.norm((place * count[:, None]).sum(axis=1), axis=1).argmin()]


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
