"""Cells with a shape, by Jaxley, against closed forms, NEURON and the engine of single compartments."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from braincast.errors import BraincastError

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]

CABLES = ROOT / "examples" / "cables"


@pytest.fixture(scope="module", autouse=True)
def _jaxley():
    pytest.importorskip("jaxley", reason="cables need pip install 'braincast[morphology]'")


@pytest.fixture(scope="module")
def rallpacks():
    """The benchmark's closed form and its measure of error."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("cable_accuracy")


@pytest.fixture(scope="module")
def passive():
    """Rallpack 1: 1 mm × 1 µm, 1,000 compartments, 0.1 nA at one end; then for long enough to be steady."""
    from braincast.dynamics.cable import Cable, Injection, cylinder
    from braincast.dynamics.conductance import read_circuit

    cable = Cable.of(cylinder(1000.0, 1.0, n_points=5), read_circuit(CABLES / "passive.toml"), longest_um=1.0)
    return cable.simulate(record=[1, 2, 3, 4, 5], duration_ms=500.0, dt_ms=0.05, injections=[Injection(1, 0.1)])


def test_rallpack_1_is_the_closed_form_to_a_thousandth(passive, rallpacks):
    first = passive.time_ms <= 250
    for column, at_um in ((0, 0.5), (4, 999.5)):
        exact = rallpacks.sealed_cable_mv(passive.time_ms[first], at_um)
        assert rallpacks.relative_rms(passive.voltage_mv[first, column], exact) < 1e-3


def test_a_sealed_cable_settles_where_the_closed_form_says(passive):
    from math import pi

    space_um = 1000.0  # λ = √(radius/2 · 4 Ω m² / 1 Ω m)
    endless_mohm = 1e-6 * 1.0 * space_um * 1e-6 / (pi * 0.5e-6**2)
    middles_um = np.array([0.5, 249.5, 499.5, 749.5, 999.5])
    exact_mv = 0.1 * endless_mohm * np.cosh((1000 - middles_um) / space_um) / np.sinh(1000 / space_um)
    assert passive.voltage_mv[-1] + 65 == pytest.approx(exact_mv, rel=1e-3)


def test_rallpack_3_is_neuron_at_fine_steps_to_a_thousandth(rallpacks):
    from braincast.dynamics.conductance import read_circuit, simulate

    reference = json.loads(rallpacks.NEURON.read_text(encoding="utf-8"))
    run = simulate(read_circuit(CABLES / "axon.toml"), duration_ms=60.0, dt_ms=0.00625, integrator="staggered")
    found = run.voltage_mv[:: round(reference["every_ms"] / 0.00625), 0]
    assert len(run.spike_times_ms["axon"]) == 4
    assert rallpacks.relative_rms(found, np.array(reference["far"])[: len(found)]) < 1e-3


@pytest.fixture(scope="module")
def branched(tmp_path_factory):
    """A round soma and a dendrite that forks, with the squid's membrane and 10 µA/cm² everywhere."""
    from braincast.dynamics.cable import Cable, read_swc
    from braincast.dynamics.conductance import read_circuit

    path = tmp_path_factory.mktemp("morphology") / "cell.swc"
    path.write_text("7 1 0 0 0 10 -1\n3 3 0 12 0 2 7\n4 3 0 60 0 1 3\n5 3 40 60 0 0.5 4\n6 3 0 60 55 0.5 4\n", "utf-8")
    return Cable.of(read_swc(path), read_circuit("hh").changed({"current": 10}), longest_um=20.0)


def test_compartments_have_the_surface_and_length_of_the_morphology_and_keep_to_the_longest(branched):
    nodes, morphology = branched.cell.nodes, branched.morphology
    assert nodes["area"].sum() == pytest.approx(morphology.area_um2, rel=1e-6)
    assert nodes["length"].max() <= 20.0
    assert nodes["length"].sum() == pytest.approx(morphology.length_um + 20)  # the soma is as long as it is wide
    assert branched.n_compartments == 1 + 3 + 2 + 3
    with pytest.raises(BraincastError, match=r"E308.*no point 1"):
        branched.compartment(1)


def test_a_cell_that_is_driven_evenly_spikes_everywhere_when_the_engine_of_circuits_says(branched):
    from braincast.dynamics.conductance import simulate
    from braincast.dynamics.conductance.crossings import upward_crossings

    run = branched.simulate(record=[7, 6], duration_ms=40.0, dt_ms=0.01)
    trace, found = upward_crossings(run.voltage_mv, 0.0)
    ours = simulate(branched.circuit, duration_ms=40.0, dt_ms=0.01, integrator="staggered").spike_times_ms["axon"]
    for place in (0, 1):
        assert found[trace == place] * 0.01 == pytest.approx(ours, abs=2e-3)


def test_what_no_cable_can_be_made_of_is_refused():
    from braincast.dynamics.cable import Cable, cylinder
    from braincast.dynamics.conductance import read_circuit

    with pytest.raises(BraincastError, match=r"E902.*3 cells"):
        Cable.of(cylinder(100.0, 1.0), read_circuit("pyloric"))
    with pytest.raises(BraincastError, match="E903 longest_um"):
        Cable.of(cylinder(100.0, 1.0), read_circuit("hh"), longest_um=0.0)
