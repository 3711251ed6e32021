"""Models of the pyloric circuit: their arrays are circuits, and they find where in the cycle they are."""

import numpy as np
import pytest

from braincast.brain.nulls import identity_permuted
from braincast.datasets.synthetic.pyloric.animals import MODULATORS, animals, typical_circuit, wiring
from braincast.models.biophysical.circuit_space import modulated, of_circuits, space, typical


def test_the_literatures_wiring_gives_back_the_literatures_circuit():
    circuit = typical_circuit()
    own, expected = typical([wiring(circuit, "pyloric")]), of_circuits([circuit])
    np.testing.assert_allclose(own.maximal, expected.maximal, rtol=1e-12)
    np.testing.assert_allclose(own.synapse, expected.synapse, rtol=1e-12)


def test_another_wiring_moves_synapses_and_leaves_currents():
    true = wiring(typical_circuit(), "pyloric")
    drawn = [identity_permuted(true, seed=seed) for seed in range(8)]
    own = typical([true, *drawn])
    assert len(np.unique(own.synapse > 0, axis=0)) > 2
    assert ((own.synapse > 0).sum(axis=1) == 7).all()
    assert (own.maximal == own.maximal[0]).all()


@pytest.mark.parametrize("name", MODULATORS)
def test_modulated_arrays_are_those_of_modulated_circuits(name):
    circuits = list(animals().values())[:2]
    amounts = np.zeros((2, len(MODULATORS)))
    amounts[1, MODULATORS.index(name)] = 0.7
    own = modulated(of_circuits(circuits), amounts)
    expected = of_circuits([circuits[0], circuits[1].changed({name: 0.7})])
    np.testing.assert_allclose(own.maximal, expected.maximal, rtol=1e-9)
    np.testing.assert_allclose(own.synapse, expected.synapse, rtol=1e-12)


def test_every_ordered_pair_of_cells_has_a_place_for_both_kinds_of_synapses():
    assert len({synapse.name for synapse in space().synapses}) == 12


@pytest.mark.slow
def test_a_circuit_finds_its_own_past_and_goes_on_from_it_as_it_did():
    from braincast.models.biophysical.rehearsal import Timing, continued, rehearsed

    own = of_circuits(list(animals().values())[:2])
    timing = Timing(50, 10, 6)
    run = rehearsed(own, timing, 500)
    places = np.array([3, 40])
    contexts = run.seen_from(1, 0, 10)[places]
    np.testing.assert_array_equal(run.places(1, contexts, 1.0), places)
    going_on = continued(own.of([1, 1]), run.states_after(np.array([1, 1]), places), timing)
    np.testing.assert_allclose(going_on, run.seen_from(1, 10, 6)[places], atol=1e-6)
