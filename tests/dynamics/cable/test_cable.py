"""Cells with a shape, by Jaxley, against closed forms, NEURON and the engine of single compartments."""

import json
from pathlib import Path

import numpy as np
import pytest

from braincast.errors import BraincastError

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]

PASSIVE = """
title = "A passive membrane"
[initial]
voltage = "-65 mV"
[cells.cable]
area = "1e-5 cm2"
reversals = { leak = "-65 mV" }
[cells.cable.currents]
leak = "0.25 S/m2"
"""
AXON = (
    PASSIVE.replace('"-65 mV"\n[cells', '"-65 mV"\n[cells', 1)
    .replace("[cells.cable.currents]", '[cells.cable.currents]\nsquid-Na = "1200 S/m2"\nsquid-K = "360 S/m2"')
    .replace("[initial]", 'temperature = "6.3 degC"\n[initial]')
)


@pytest.fixture(scope="module", autouse=True)
def _jaxley():
    pytest.importorskip("jaxley", reason="cables need pip install 'braincast[morphology]'")


@pytest.fixture(scope="module")
def circuit(tmp_path_factory):
    from braincast.dynamics.conductance import read_circuit

    def read(text):
        path = tmp_path_factory.mktemp("circuits") / "cell.toml"
        path.write_text(text, encoding="utf-8")
        return read_circuit(path)

    return read


@pytest.fixture(scope="module")
def passive(circuit):
    """Rallpack 1: 1 mm × 1 µm, 1,000 compartments, 0.1 nA at one end; then for long enough to be steady."""
    from braincast.dynamics.cable import Cable, Injection, cylinder

    cable = Cable.of(cylinder(1000.0, 1.0, n_points=5), circuit(PASSIVE), longest_um=1.0)
    return cable.simulate(record=[1, 2, 3, 4, 5], duration_ms=500, dt_ms=0.05, injections=[Injection(1, 0.1)])


def relative_rms(found, reference):
    return np.sqrt(np.mean((found - reference) ** 2)) / np.ptp(reference)


def test_rallpack_1_is_the_closed_form_to_a_thousandth(passive):
    from rallpacks import sealed_cable_mv

    first = passive.time_ms <= 250
    for column, at_um in ((0, 0.5), (4, 999.5)):
        exact = sealed_cable_mv(passive.time_ms[first], at_um)
        assert relative_rms(passive.voltage_mv[first, column], exact) < 1e-3


def test_a_sealed_cable_settles_where_the_closed_form_says(passive):
    resistance_ohm, space_um = 100 / (np.pi * 0.5e-4**2) * 0.1, 1000.0  # of an endless cable; λ
    at_um = np.array([0.5, 250.5, 500.5, 750.5, 999.5])
    exact = 0.1e-6 * resistance_ohm * np.cosh((1000 - at_um) / space_um) / np.sinh(1000 / space_um)
    assert passive.voltage_mv[-1] + 65 == pytest.approx(exact, rel=1e-3)


def test_rallpack_3_is_neuron_at_fine_steps_to_a_thousandth(circuit):
    from braincast.dynamics.cable import Cable, Injection, cylinder

    recorded = json.loads((ROOT / "benchmarks" / "results" / "rallpack3_neuron.json").read_text(encoding="utf-8"))
    cable = Cable.of(cylinder(1000.0, 1.0), circuit(AXON), longest_um=1.0)
    run = cable.simulate(record=[1, 2], duration_ms=50, dt_ms=0.00625, injections=[Injection(1, 0.1)])
    every = round(recorded["every_ms"] / 0.00625)
    for column, end in enumerate(("near", "far")):
        found = run.voltage_mv[::every, column]
        assert relative_rms(found, np.array(recorded[end])[: len(found)]) < 1e-3


def test_a_round_cell_of_one_compartment_spikes_when_the_engine_of_circuits_says():
    from braincast.dynamics.cable import Cable, Injection, Morphology
    from braincast.dynamics.conductance import read_circuit, simulate
    from braincast.dynamics.conductance.crossings import upward_crossings

    soma = Morphology(np.array([1]), np.array([1]), np.zeros((1, 3)), np.array([10.0]), np.array([-1]))
    squid = read_circuit("hh")
    drive_na = 10.0 * soma.area_um2 * 1e-8 * 1e3
    run = Cable.of(soma, squid).simulate(record=[1], duration_ms=40, dt_ms=0.01, injections=[Injection(1, drive_na)])
    _, found = upward_crossings(run.voltage_mv, 0.0)
    ours = simulate(squid.changed({"current": 10}), duration_ms=40, dt_ms=0.01, integrator="staggered")
    assert found * 0.01 == pytest.approx(ours.spike_times_ms["axon"], abs=2e-3)


def test_compartments_have_the_surface_and_length_of_the_morphology_and_keep_to_the_longest(tmp_path):
    from braincast.dynamics.cable import Cable, read_swc
    from braincast.dynamics.conductance import read_circuit

    path = tmp_path / "cell.swc"
    path.write_text("7 1 0 0 0 10 -1\n3 3 0 12 0 2 7\n4 3 0 60 0 1 3\n5 3 40 60 0 0.5 4\n6 3 0 60 55 0.5 4\n", "utf-8")
    morphology = read_swc(path)
    cable = Cable.of(morphology, read_circuit("hh"), longest_um=20)
    nodes = cable.cell.nodes
    assert nodes["area"].sum() == pytest.approx(morphology.area_um2, rel=1e-6)
    assert nodes["length"].max() <= 20.0
    assert nodes["length"].sum() == pytest.approx(morphology.length_um + 20)  # the soma is as long as it is wide
    assert cable.n_compartments == 1 + 3 + 2 + 3
    with pytest.raises(BraincastError, match=r"E308.*no point 1"):
        cable.compartment(1)


def test_what_no_cable_can_be_made_of_is_refused():
    from braincast.dynamics.cable import Cable, cylinder
    from braincast.dynamics.conductance import read_circuit

    with pytest.raises(BraincastError, match="E902.*3 cells"):
        Cable.of(cylinder(100.0, 1.0), read_circuit("pyloric"))
    with pytest.raises(BraincastError, match="E903 longest_um"):
        Cable.of(cylinder(100.0, 1.0), read_circuit("hh"), longest_um=0.0)
