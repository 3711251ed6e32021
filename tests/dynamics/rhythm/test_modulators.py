"""What modulators and warmth do to the numbers of a circuit."""

import math

import numpy as np
import pytest
from refusals import refused

from braincast.dynamics.conductance import equations_of, parameters_of, read_circuit

NETWORK = """
title = "Two cells"
[cells.A]
area = "1e-3 cm2"
currents = { Na = "100 mS/cm2", Kd = "50 mS/cm2", H = "0.1 mS/cm2", CaS = "4 mS/cm2" }
[calcium]
q10 = { time = 2 }
"""


@pytest.fixture(scope="module")
def pyloric():
    return read_circuit("pyloric")


def test_half_a_dose_changes_conductances_half_as_much(pyloric):
    half = pyloric.changed({"dopamine": 0.5})
    assert half.cells["LP"].currents["A"] == pytest.approx(50 * (1 - 0.4 / 2))
    assert half.cells["AB/PD"].currents["A"] == pytest.approx(50 * (1 + 0.3 / 2))
    assert half.cells["LP"].currents["H"] == pytest.approx(0.01)  # there was none to scale


def test_peptides_open_the_modulatory_current_in_their_cells_and_nothing_else(pyloric):
    for peptide, cells in {
        "proctolin": {"AB/PD", "LP", "PY"},
        "CCAP": {"AB/PD", "LP"},
        "RPCH": {"AB/PD", "LP"},
    }.items():
        changed = pyloric.changed({peptide: 1.0})
        opened = {cell for cell, own in changed.cells.items() if own.currents.get("MI", 0) > 0}
        assert opened == cells
        for cell, own in changed.cells.items():
            assert {**own.currents, "MI": 0.0} == {**pyloric.cells[cell].currents, "MI": 0.0}


def test_every_modulator_names_its_papers(pyloric):
    assert set(pyloric.modulators) == {"dopamine", "serotonin", "proctolin", "CCAP", "RPCH", "pilocarpine"}
    assert all("19" in each.citation or "20" in each.citation for each in pyloric.modulators.values())


@pytest.mark.parametrize(
    "declared", ['adds = { "B.H" = "1 mS/cm2" }', 'adds = { "A.Q" = "1 mS/cm2" }', 'scales = { "A.KCa" = 2 }']
)
def test_a_modulator_of_what_is_not_there_is_refused(tmp_path, declared):
    path = tmp_path / "own.toml"
    path.write_text(f"{NETWORK}\n[modulators.tea]\n{declared}\n")
    with refused("E902", "modulators.tea"):
        read_circuit(path)


def test_ten_degrees_more_speed_up_gates_currents_and_calcium_by_their_q10(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(NETWORK)
    cold, warm = (slopes_at(read_circuit(path).changed({"temperature": degrees})) for degrees in (10.0, 20.0))
    np.testing.assert_allclose(warm["gates"], 2.5 * cold["gates"], rtol=1e-5)
    np.testing.assert_allclose(warm["conductances"], 1.5 * cold["conductances"], rtol=1e-5)
    assert cold["calcium_time"] / warm["calcium_time"] == pytest.approx(2.0)
    # Calcium flows in faster by its conductance, and by what Nernst's potential gains; half of it stays.
    gained = 1.5 * (nernst_mv(20.0) + 65) / (nernst_mv(10.0) + 65)
    assert 2.0 * (warm["settled"] - 0.05) == pytest.approx((cold["settled"] - 0.05) * gained, rel=1e-4)


def slopes_at(circuit):
    """How fast things move at -65 mV with all gates at 0.3."""
    import jax

    equations = equations_of(circuit)

    @jax.jit
    def found(parameters):
        state = equations.start(parameters)
        state = state._replace(gates=tuple(0.3 + 0 * gate for gate in state.gates))
        settled, time = equations.calcium_flow(parameters, state)
        return {
            "gates": jax.numpy.stack(equations.slope(parameters, state).gates),
            "conductances": jax.numpy.stack(equations.conductances(parameters, state)),
            "settled": settled[0],
            "calcium_time": time,
        }

    return jax.tree.map(np.asarray, found(parameters_of(circuit)))


def nernst_mv(degrees):
    """The potential of calcium, 0.05 µM inside and 3,000 µM outside."""
    return 1e3 * 8.314462618 * (degrees + 273.15) / (2 * 96485.33212) * math.log(3000 / 0.05)
