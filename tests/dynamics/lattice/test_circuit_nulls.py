"""Null circuits take one thing away and leave the rest, bit for bit the same for a seed."""

from dataclasses import replace

import numpy as np
import pytest
from made_eyes import made_circuit

from braincast.dynamics.lattice.circuit import ColumnarCircuit, expand
from braincast.dynamics.lattice.hexagon import positions
from braincast.dynamics.lattice.nulls import CIRCUIT_NULLS, offsets_shuffled, signs_shuffled


def sides(reach: int = 3) -> ColumnarCircuit:
    """The made circuit with a connection whose inputs all stand on one side."""
    circuit = made_circuit()
    offset = circuit.offset.copy()
    own = np.flatnonzero(circuit.connection == 1)
    offset[own] = [(reach, -k) for k in range(len(own))]
    return replace(circuit, offset=offset)


def distance(offset: np.ndarray) -> np.ndarray:
    u, v = offset.T
    return (np.abs(u) + np.abs(v) + np.abs(u + v)) // 2


@pytest.mark.parametrize("name", CIRCUIT_NULLS)
def test_the_same_seed_gives_the_same_circuit_and_another_seed_another(name):
    null, circuit = CIRCUIT_NULLS[name], sides()
    same, again, other = (null(circuit, seed=seed) for seed in (1, 1, 2))
    for field in ("offset", "sign"):
        assert np.array_equal(getattr(same, field), getattr(again, field))
    assert not (np.array_equal(same.offset, other.offset) and np.array_equal(same.sign, other.sign))


def test_shuffled_offsets_keep_types_counts_and_distances_and_never_fall_together():
    circuit = sides()
    shuffled = offsets_shuffled(circuit, seed=0)
    assert np.array_equal(distance(shuffled.offset), distance(circuit.offset))
    for field in ("pre", "post", "sign", "connection", "count"):
        assert getattr(shuffled, field) is getattr(circuit, field)
    for connection in range(circuit.n_connections):
        places = shuffled.offset[shuffled.connection == connection]
        assert len(np.unique(places, axis=0)) == len(places)


def test_shuffled_offsets_stand_evenly_around_the_cell():
    circuit = sides()
    own = circuit.connection == 1

    def off_the_middle(one: ColumnarCircuit) -> float:
        return float(np.linalg.norm(np.average(positions(one.offset[own]), axis=0, weights=one.count[own])))

    assert off_the_middle(circuit) > 2
    assert max(off_the_middle(offsets_shuffled(circuit, seed=seed)) for seed in range(20)) < 0.5


def test_edges_of_a_null_reach_as_far_as_before():
    circuit = made_circuit()
    before, after = expand(circuit, 4), expand(offsets_shuffled(circuit, seed=3), 4)
    at_centre = [
        np.bincount(one.circuit.connection[one.term[np.isin(one.post, one.central)]]) for one in (before, after)
    ]
    assert np.array_equal(*at_centre)


def test_types_exchange_signs_where_each_has_one():
    circuit = made_circuit()
    dale = replace(circuit, sign=np.where(circuit.pre == 1, -1, 1))
    shuffled = [signs_shuffled(dale, seed=seed) for seed in range(8)]
    for one in shuffled:
        assert all(len(set(one.sign[one.pre == pre])) == 1 for pre in set(one.pre))
    assert {int(one.pre[one.sign < 0][0]) for one in shuffled} > {1}


def test_where_a_type_has_both_signs_connections_exchange_them():
    circuit = made_circuit()
    shuffled = signs_shuffled(circuit, seed=0)
    assert sorted(shuffled.sign) == sorted(circuit.sign) and not np.array_equal(shuffled.sign, circuit.sign)
    assert shuffled.offset is circuit.offset
