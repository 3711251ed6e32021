"""A circuit over an eye: cells and edges against a slow loop, hulls filled, and eyes that cannot be."""

import time

import numpy as np
import pytest
from made_lattices import TRIANGLE, small_circuit
from refusals import refused

from braincast.dynamics.lattice.circuit import expand
from braincast.dynamics.lattice.size import most_edges, require_room


def slow_edges(circuit, extent):
    """All edges as names and places, found one by one."""
    reach = range(-extent, extent + 1)
    places = [(u, v) for u in reach for v in reach if abs(u + v) <= extent]
    cells = {
        (row, u, v)
        for row, (stride_u, stride_v) in enumerate(circuit.stride.tolist())
        for u, v in places
        if u % stride_u == 0 and v % stride_v == 0
    }
    found = {}
    for term, connection in enumerate(circuit.connection):
        du, dv = circuit.offset[term].tolist()
        for row, u, v in cells:
            target = (int(circuit.post[connection]), u + du, v + dv)
            if row == circuit.pre[connection] and target in cells:
                found[(row, u, v), target] = float(circuit.count[term])
    return cells, found


@pytest.mark.parametrize("extent", [0, 1, 4, 6])
@pytest.mark.parametrize("is_filled", [False, True])
def test_an_eye_has_the_cells_and_edges_of_a_loop_over_all_columns(extent, is_filled):
    circuit = small_circuit().filled(0.5) if is_filled else small_circuit()
    cells, edges = slow_edges(circuit, extent)
    lattice = expand(circuit, extent)
    names = list(zip(lattice.cell_type.tolist(), lattice.u.tolist(), lattice.v.tolist(), strict=True))
    assert names == sorted(cells)
    counts = circuit.count[lattice.term].tolist()
    ends = zip(lattice.pre, lattice.post, counts, strict=True)
    assert {(names[pre], names[post]): count for pre, post, count in ends} == edges
    assert lattice.n_edges == len(edges) <= most_edges(extent, len(circuit.count))


def test_filling_keeps_what_was_counted_and_adds_the_holes_of_wide_connections_alone():
    circuit = small_circuit()
    filled = circuit.filled(0.5, "closed")
    sizes = np.bincount(filled.connection)
    assert sizes.tolist() == [15, 2, 2]  # the lattice points of the triangle; two offsets have no hull
    assert filled.count[filled.connection == 0].tolist() == [1.0, 2.0, 3.0, *[0.5] * 12]
    assert filled.offset[filled.connection == 0].tolist()[:3] == [list(place) for place in TRIANGLE]
    assert filled.count[filled.connection > 0].tolist() == circuit.count[circuit.connection > 0].tolist()
    assert np.bincount(circuit.filled(0.5).connection)[0] < 15


def test_the_central_cells_stand_at_the_centre_one_of_each_type():
    lattice = expand(small_circuit(), 3)
    assert lattice.cell_type[lattice.central].tolist() == [0, 1, 2]
    assert np.flatnonzero(lattice.cell_type == 0)[len(lattice.columns) // 2] == lattice.central[0]


def test_eyes_that_cannot_be_are_refused_before_anything_is_built():
    with refused("E913", "no eye of extent -1"):
        expand(small_circuit(), -1)
    began = time.process_time()
    for extent in (10**6, 10**9, 10**30):
        with refused("E913", "columns", "Ask for at most"):
            expand(small_circuit(), extent)
    assert time.process_time() - began < 10  # not a speed: building even the smallest of them would take hours
    require_room(15, 2143)
