"""Two reconstructions beside each other: on made-up wirings of which the answer is known, and on the real ones."""

import numpy as np
import pytest
from fetched import fetched
from made_lattices import small_circuit

from braincast.brain.connectome import Connectome
from braincast.datasets.fly.optic_agreement import CommonWiring, agreement, common_wiring, overlaps, synapses_per_column
from braincast.datasets.fly.optic_lobe import columnar_circuit, load
from braincast.datasets.registry import load_dataset
from braincast.dynamics.lattice.circuit import expand


def wiring_of(columnar, table):
    return CommonWiring(("A", "B", "C"), np.array(columnar, float), np.array(table, float), ())


APART = [[0, 3, 0], [4, 0, 5], [1, 2, 0]]


def test_wirings_that_differ_only_in_how_many_synapses_a_target_gets_agree_wholly():
    found = agreement(wiring_of(APART, np.array(APART) * [10, 200, 3]))
    assert (found.n_targets, found.n_both, found.n_only_columnar, found.n_only_table) == (3, 5, 0, 0)
    assert (found.rank_correlation, found.rank_correlation_in_target) == pytest.approx((1, 1))
    assert found.overlap == pytest.approx(1) and found.overlap_with_others < 0.5


def test_inputs_that_one_of_them_lacks_are_counted_and_weak_ones_can_be_left_aside():
    other = [[1, 3, 0], [4, 0, 5], [0, 2, 0]]
    found = agreement(wiring_of(APART, other))
    assert (found.n_both, found.n_only_columnar, found.n_only_table) == (4, 1, 1)
    assert found.overlap == pytest.approx(1)  # the median
    assert overlaps(wiring_of(APART, other)) == pytest.approx({"A": 0.8, "B": 1, "C": 1})
    strong = agreement(wiring_of(APART, other), least_share=0.25)
    assert (strong.n_both, strong.n_only_columnar, strong.n_only_table) == (4, 0, 0)


def test_synapses_of_a_column_are_those_of_the_middle_of_a_large_eye():
    circuit = small_circuit()
    lattice = expand(circuit, 24)
    far = np.maximum.reduce([np.abs(lattice.u), np.abs(lattice.v), np.abs(lattice.u + lattice.v)])
    expected = np.zeros((3, 3))
    # Six by six columns are a whole number of every stride's cells.
    middle = (np.abs(lattice.u[lattice.post] + 0.5) < 3) & (np.abs(lattice.v[lattice.post] + 0.5) < 3)
    assert far[lattice.post[middle]].max() < 18
    ends = (lattice.cell_type[lattice.pre[middle]], lattice.cell_type[lattice.post[middle]])
    np.add.at(expected, ends, circuit.count[lattice.term[middle]] / 36)
    assert synapses_per_column(circuit) == pytest.approx(expected)


def test_types_that_the_table_does_not_name_are_left_out_and_listed():
    types = Connectome.from_edges(["A", "R", "X"], ["R", "X"], ["A", "A"])
    types = types.with_edges(types.edges.assign(synapses_right=[7, 9]))
    wiring = common_wiring(small_circuit(), types)
    assert (wiring.types, wiring.unmatched) == (("R", "A"), ("W",))
    assert wiring.table.tolist() == [[0, 7], [0, 0]] and wiring.columnar[0, 1] == 6


def test_the_two_flies_share_most_of_the_inputs_of_t4_and_t5(fresh_home, test_data, monkeypatch):
    types = load_dataset("fly-optic-types", from_path=test_data, offline=True).specimens["FAFB"].connectome
    monkeypatch.undo()
    circuit = columnar_circuit(load(fetched("fly-optic-lobe")))
    wiring = common_wiring(circuit, types)
    assert len(wiring.types) == 51 and len(wiring.unmatched) == 8
    motion = tuple(f"T{n}{letter}" for n in (4, 5) for letter in "abcd")
    found = agreement(wiring.onto(motion))
    assert found.n_targets == 8 and found.n_only_columnar == 0
    assert found.overlap > 0.7 > 2 * found.overlap_with_others
