"""Circuits in time: batches, gap junctions, synapses, temperature, gradients, and what is refused."""

import numpy as np
import pytest
from refusals import refusal
from scipy.integrate import solve_ivp

PAIR = """
title = "Two passive cells and a gap junction"
[initial]
voltage = "-60 mV"
[cells.left]
area = "1e-5 cm2"
current = "0.5 uA/cm2"
currents = { leak = "0.1 mS/cm2" }
[cells.right]
area = "2e-5 cm2"
capacitance = "2 uF/cm2"
currents = { leak = "0.05 mS/cm2" }
reversals = { leak = "-70 mV" }
[[synapses]]
from = "left"
to = "right"
kind = "electrical"
conductance = "1 nS"
"""


@pytest.fixture(scope="module")
def conductance():
    from braincast.dynamics import conductance

    return conductance


@pytest.fixture
def pair(conductance, tmp_path):
    path = tmp_path / "pair.toml"
    path.write_text(PAIR)
    return conductance.read_circuit(path)


def test_a_gap_junction_lets_current_through_both_ways(conductance, pair):
    def slope(_, v):
        through = 1e-6 * (v[1] - v[0])  # mS × mV
        left = 0.5 - 0.1 * (v[0] + 50) + through / 1e-5
        return [left, (-0.05 * (v[1] + 70) - through / 2e-5) / 2]

    solved = solve_ivp(slope, (0, 40), [-60, -60], rtol=1e-11, atol=1e-11).y[:, -1]
    found = conductance.simulate(pair, duration_ms=40.0, integrator="staggered", dt_ms=0.05)
    np.testing.assert_allclose(found.voltage_mv[-1], solved, atol=1e-4)


def test_a_synapse_opens_towards_what_the_other_voltage_says(conductance):
    from braincast.dynamics.conductance.equations import State

    circuit = conductance.read_circuit("pyloric")
    equations, parameters = conductance.equations_of(circuit), conductance.parameters_of(circuit)
    state = equations.start(parameters)
    held = State(state.voltage.at[:].set([-30.0, -60.0, -60.0]), state.calcium, state.gates, state.synapses * 0)
    wanted = 1 / (1 + np.exp((-35 + 30) / 5))
    after = equations.relaxed(parameters, held, 3.0).synapses
    times = np.array([40, 100, 40, 100]) * (1 - wanted)
    np.testing.assert_allclose(after[:4], wanted * (1 - np.exp(-3.0 / times)), rtol=1e-5)


def test_warmth_makes_gates_faster_by_q10(conductance):
    import jax

    circuit = conductance.read_circuit("hh")
    equations = conductance.equations_of(circuit)
    with jax.enable_x64(True):
        cold, warm = (conductance.parameters_of(circuit.changed({"temperature": t})) for t in (6.3, 16.3))
        start = equations.start(cold)._replace(voltage=jax.numpy.array([-30.0]))
        slopes = [np.array(equations.slope(each, start).gates) for each in (cold, warm)]
        np.testing.assert_allclose(slopes[1], 3 * slopes[0], rtol=1e-12)


def test_a_batch_says_what_each_circuit_says_alone_whatever_its_parts(conductance, monkeypatch):
    from braincast.dynamics.conductance import simulation

    squid = conductance.read_circuit("hh")
    circuits = [squid.changed({"current": current}) for current in (0.0, 7.0, 12.0)]
    batch = conductance.stacked([conductance.parameters_of(each) for each in circuits])
    how = {"duration_ms": 60.0, "integrator": "staggered"}
    alone = [conductance.simulate(each, **how).spike_times_ms["axon"] for each in circuits]
    for n_values in (500_000, 3 * 119):  # in one part, and with seams close to spikes
        monkeypatch.setattr(simulation, "_CHUNK_VALUES", n_values)
        found = conductance.simulate_spikes(squid, batch, dtype=np.float64, **how)
        for one, other in zip(found, alone, strict=True):
            np.testing.assert_allclose(one["axon"], other, atol=1e-9)
    assert [len(times) for times in alone] == [0, 4, 5]


@pytest.mark.parametrize("threshold", [-20.0, 0.0, 20.0])
def test_crossings_are_where_the_sine_crosses(threshold):
    from braincast.dynamics.conductance.crossings import upward_crossings

    time = np.arange(400) * 0.05
    traces = np.stack([50 * np.sin(time), 50 * np.sin(time + 1)], axis=1)
    trace, at = upward_crossings(traces, threshold)
    first = np.arcsin(threshold / 50)
    wanted = [t for t in first + 2 * np.pi * np.arange(4) if 0 < t < time[-1]]
    np.testing.assert_allclose(at[trace == 0] * 0.05, wanted, atol=2e-6)
    assert (np.diff(at[trace == 1]) > 0).all() and len(at[trace == 1]) in (2, 3, 4)


def test_the_gradient_is_that_of_finite_differences(conductance):
    import jax
    import jax.numpy as jnp

    squid = conductance.read_circuit("hh").changed({"current": 10})
    equations = conductance.equations_of(squid)
    with jax.enable_x64(True):
        parameters = conductance.parameters_of(squid)

        @jax.jit
        def end(maximal):
            own = parameters._replace(maximal=maximal)
            scheme = conductance.STAGGERED
            state = conductance.begun(equations, own, 0.025, scheme)
            return conductance.trajectory(equations, own, state, 60, 0.025, scheme)[1][-1, 0]

        gradient = jax.grad(end)(parameters.maximal)
        for place in range(3):
            step = jnp.zeros((3, 1)).at[place].set(1e-4)
            difference = (end(parameters.maximal + step) - end(parameters.maximal - step)) / 2e-4
            np.testing.assert_allclose(gradient[place, 0], difference, rtol=1e-5)


def test_a_step_that_is_too_coarse_is_refused_with_one_that_is_not(conductance):
    squid = conductance.read_circuit("hh").changed({"current": 30})
    error = refusal("E904", conductance.simulate, squid, duration_ms=50.0, dt_ms=0.5)
    assert "gate m of squid-Na" in error.what
    finer = float(error.fix.split()[-1])
    assert conductance.simulate(squid, duration_ms=50.0, dt_ms=finer).spike_times_ms["axon"].size
    refusal("E904", conductance.simulate, squid, duration_ms=1.0, dt_ms=2.0)


def test_a_voltage_that_explodes_is_refused_with_its_cell_and_time(conductance, pair):
    error = refusal("E905", conductance.simulate, pair.changed({"right.current": "1 mA/cm2"}), duration_ms=40.0)
    assert "right" in error.what and "ms" in error.what


@pytest.mark.parametrize(
    "times", [{"duration_ms": -1.0}, {"duration_ms": float("nan")}, {"duration_ms": 1.0, "dt_ms": 0.0}]
)
def test_times_that_are_impossible_are_refused(conductance, pair, times):
    refusal("E305", conductance.simulate, pair, **times)


@pytest.mark.parametrize(
    ("code", "key", "value"),
    [
        ("E902", "middle.leak", 1),
        ("E902", "left.lek", 1),
        ("E902", "left-right.chemical", 1),
        ("E903", "left.leak", -1),
        ("E903", "left.leak", "1 nS"),
        ("E903", "left.leak", "xx"),
        ("E903", "current", "nan"),
        ("E903", "temperature", 400),
        ("E903", "left-right", "2 mS/cm2"),
    ],
)
def test_changes_that_are_impossible_are_refused(pair, code, key, value):
    refusal(code, pair.changed, {key: value})


def test_changes_come_in_three_ways(pair):
    changed = pair.changed({"left.leak": "x3", "right.leak": "1e-3 S/cm2", "left-right": 5, "right.current": 2})
    leaks = [cell.currents["leak"] for cell in changed.cells.values()]
    assert leaks == pytest.approx([0.3, 1.0]) and changed.synapses[0].conductance == 5
    assert [cell.current for cell in changed.cells.values()] == [0.5, 2.0]
    both = pair.changed({"leak": "x2"})
    assert [cell.currents["leak"] for cell in both.cells.values()] == pytest.approx([0.2, 0.1])
