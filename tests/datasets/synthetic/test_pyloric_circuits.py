"""Simulated crabs: what is told of them, how they are recorded, and that nothing of it hangs on a last bit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from braincast.datasets.registry import dataset_card
from braincast.datasets.synthetic.pyloric.animals import (
    CELLS,
    MODULATORS,
    animals,
    content_hash,
    typical_circuit,
    wiring,
)


def conductances(circuit):
    """All conductances of a circuit by name."""
    own = {f"{name}.{key}": g for name, cell in circuit.cells.items() for key, g in cell.currents.items()}
    return own | {synapse.name: synapse.conductance for synapse in circuit.synapses}


def test_animals_share_their_wiring_and_differ_twofold_in_conductances():
    circuits = list(animals().values())
    assert {tuple(circuit.cells) for circuit in circuits} == {CELLS}
    assert len({tuple(s.name for s in circuit.synapses) for circuit in circuits}) == 1
    spread = np.array([[g for g in conductances(c).values() if g > 0] for c in circuits])
    assert ((spread.max(axis=0) / spread.min(axis=0)) > 2).sum() >= 3
    assert dataset_card("pyloric-circuits").n_animals == f"{len(circuits)} (simulated)"


def test_the_wiring_says_who_inhibits_whom_and_by_how_many_kinds_of_synapses():
    connectome = wiring(typical_circuit(), "pyloric")
    expected = [[0, 2, 2], [1, 0, 1], [0, 1, 0]]
    np.testing.assert_array_equal(connectome.adjacency().toarray(), expected)
    np.testing.assert_array_equal(connectome.adjacency(signed=True).toarray(), -np.array(expected))


def test_the_card_pins_every_conductance_that_the_data_are_made_of():
    assert dataset_card("pyloric-circuits").content_sha256 == content_hash()


def test_every_modulator_changes_every_animal():
    for circuit in animals().values():
        before = conductances(circuit)
        for name in MODULATORS:
            assert conductances(circuit.changed({name: 1.0})) != before


@pytest.fixture(scope="module")
def dataset():
    from braincast.datasets.registry import load_dataset

    return load_dataset("pyloric-circuits")


@pytest.mark.slow
def test_a_modulator_comes_after_the_context_of_its_condition(dataset):
    slow = dataset.specimens["crab-1"].recordings["slow-wave"]
    track = slow.stimulus.to_numpy()
    rows = list(slow.conditions.itertuples(index=False))
    assert [row.name for row in rows] == [name for _ in range(2) for m in MODULATORS for name in ("control", m)]
    for name, start, stop in rows:
        if name == "control":
            assert track[start:stop].sum() == 0
        else:
            assert track[start : start + 60].sum() == 0 and stop - start == 160  # 3 s, then 5 s
            assert (track[start + 60 : stop, MODULATORS.index(name)] == 1).all()


@pytest.mark.slow
def test_slow_frames_are_means_of_fine_ones_in_steps_of_the_digitiser(dataset):
    for specimen in dataset.specimens.values():
        fine, slow = specimen.recordings["voltage"], specimen.recordings["slow-wave"]
        assert (fine.dt_s, slow.dt_s) == (pytest.approx(0.005), pytest.approx(0.05))
        means = fine.activity[:2600].astype(float).reshape(260, 10, 3).mean(axis=1)
        np.testing.assert_allclose(slow.activity[:260], means, atol=0.0101)
        steps = slow.activity.astype(float) / 0.01
        np.testing.assert_allclose(steps, np.round(steps), atol=2e-3)


@pytest.mark.slow
def test_a_difference_in_the_last_bits_is_not_seen_in_a_simulation_on_a_grid():
    from braincast.datasets.synthetic.pyloric.experiment import DT_MS, STATE_GRID
    from braincast.dynamics.conductance.equations import equations_of, parameters_of, stacked
    from braincast.dynamics.conductance.frames import framed
    from braincast.dynamics.conductance.integrators import STAGGERED
    from braincast.dynamics.conductance.steps import beginning

    circuit = animals()["crab-1"]
    with jax.enable_x64(True):
        parameters, dt = stacked([parameters_of(circuit)] * 2), jnp.asarray(DT_MS)
        state = beginning(equations_of(circuit), parameters, dt, STAGGERED)
        state = state._replace(voltage=state.voltage * jnp.array([[1.0], [1.0 + 1e-13]]))
        _, voltage, _ = framed(equations_of(circuit), parameters, state, dt, STAGGERED, 300, 5, 10, grid=STATE_GRID)
    assert np.ptp(voltage[0]) > 40  # it fires
    np.testing.assert_array_equal(voltage[0, 1:], voltage[1, 1:])  # from the first rounding on


@pytest.mark.slow
def test_the_tasks_are_made_again_from_their_dataset_bit_for_bit_and_their_truth_has_a_rhythm(dataset):
    from braincast.scoring.forecasting.rhythms import cycle
    from braincast.tasks.forecasting.pyloric import DECLARED, declare
    from braincast.tasks.registry import task_card

    for name in DECLARED:
        assert declare(name, dataset) == task_card(name)
    slow = [specimen.recordings["slow-wave"] for specimen in dataset.specimens.values()]
    for recording in slow:
        rhythm = cycle(recording.activity[:160].astype(float), 0, np.full(3, 5.0))
        assert 22 < rhythm.period < 40  # frames of 50 ms
        assert np.isfinite(rhythm.landmarks).all()
