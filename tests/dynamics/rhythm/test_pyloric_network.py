"""The rhythm of the pyloric network: known figures, and what conductances, modulators and warmth do to it."""

import numpy as np
import pytest

from braincast.dynamics.conductance import parameters_of, read_circuit, simulate, simulate_spikes, stacked
from braincast.dynamics.conductance.circuit import Calcium, Warmth
from braincast.dynamics.rhythm import analysis_of

pytestmark = pytest.mark.slow

END_MS = 15_000.0
CHANGES = {
    "as it is": {},
    "half H": {"H": "x0.5"},
    "double H": {"H": "x2"},
    "double KCa": {"KCa": "x2"},
    "dopamine": {"dopamine": 1.0},
    "serotonin": {"serotonin": 1.0},
    "7 °C": {"temperature": 7.0},
    "23 °C": {"temperature": 23.0},
}


@pytest.fixture(scope="module")
def spikes():
    """All of them as one batch, at a step at which the scheme of second order has converged within a spike a burst."""
    import jax

    circuit = read_circuit("pyloric")
    with jax.enable_x64(True):
        batch = stacked([parameters_of(circuit.changed(each)) for each in CHANGES.values()])
        options = {"duration_ms": END_MS, "dt_ms": 0.05, "integrator": "staggered", "dtype": np.float64}
        found = simulate_spikes(circuit, batch, **options)
    return dict(zip(CHANGES, found, strict=True))


@pytest.fixture(scope="module")
def rhythms(spikes):
    return {name: analysis_of(each, from_ms=5_000.0, to_ms=END_MS) for name, each in spikes.items()}


def test_the_network_has_its_known_period_duty_and_phases(rhythms):
    # An independent implementation with an adaptive solver: 1,701 ± 14 ms, 0.34, 0.49, 0.56.
    found = rhythms["as it is"]
    assert found["class"] == "pyloric"
    assert found["period_ms"] == pytest.approx(1701, abs=14)
    assert found["duty"]["AB/PD"] == pytest.approx(0.34, abs=0.01)
    assert found["phase"]["LP"]["start"] == pytest.approx(0.49, abs=0.01)
    assert found["phase"]["PY"]["start"] == pytest.approx(0.56, abs=0.01)


def test_more_h_or_kca_shortens_the_period_and_less_h_lengthens_it(rhythms):
    factor = {name: each["period_ms"] / rhythms["as it is"]["period_ms"] for name, each in rhythms.items()}
    # Factors of another implementation; its 1.18 for half of H came from steps that had not converged.
    assert factor["double H"] == pytest.approx(0.90, rel=0.05)
    assert factor["double KCa"] == pytest.approx(0.74, rel=0.05)
    assert 1.08 < factor["half H"] < 1.24


def test_dopamine_lets_lp_and_py_begin_earlier_and_fire_more_and_pd_less(rhythms, spikes):
    before, after = rhythms["as it is"], rhythms["dopamine"]
    assert after["class"] == "pyloric"
    for cell in ("LP", "PY"):
        assert after["phase"][cell]["start"] < before["phase"][cell]["start"] - 0.05
        assert len(spikes["dopamine"][cell]) > 1.5 * len(spikes["as it is"][cell])
    assert len(spikes["dopamine"]["AB/PD"]) < 0.8 * len(spikes["as it is"]["AB/PD"])


def test_serotonin_lets_lp_fire_more_and_py_less(rhythms, spikes):
    assert rhythms["serotonin"]["class"] == "pyloric"
    assert len(spikes["serotonin"]["LP"]) > 1.1 * len(spikes["as it is"]["LP"])
    assert len(spikes["serotonin"]["PY"]) < 0.7 * len(spikes["as it is"]["PY"])


def test_warmth_makes_the_rhythm_three_to_four_times_as_fast_and_keeps_phases(rhythms):
    cold, warm = rhythms["7 °C"], rhythms["23 °C"]
    assert (cold["class"], warm["class"]) == ("pyloric", "pyloric")
    assert 3 < cold["period_ms"] / warm["period_ms"] < 4.5
    for cell in ("LP", "PY"):
        assert warm["phase"][cell]["start"] == pytest.approx(cold["phase"][cell]["start"], abs=0.08)


def test_an_isolated_pacemaker_first_spikes_when_another_implementation_says():
    # That one takes RT/2F at 283 K with F = 96,520 C/mol: 84.67 ms. The same here is a temperature of 9.75 °C.
    cell = read_circuit("stg-cell")
    as_warm = {name: own.model_copy(update={"q10": Warmth()}) for name, own in cell.currents.items()}
    cell = cell.model_copy(update={"currents": as_warm, "calcium": Calcium(), "temperature": 9.75})
    spikes = simulate(cell, duration_ms=100.0, dt_ms=0.0125, integrator="staggered").spike_times_ms
    assert spikes["AB/PD"][0] == pytest.approx(84.67, abs=0.005)
