"""The squid's axon: rest, gates, thresholds, spike times and rates, against equations written anew for scipy."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp


def _rates(v):
    def over(x):
        return x / (1 - np.exp(-x)) if abs(x) > 1e-9 else 1.0

    alpha = (over((v + 40) / 10), 0.07 * np.exp(-(v + 65) / 20), 0.1 * over((v + 55) / 10))
    beta = (4 * np.exp(-(v + 65) / 18), 1 / (1 + np.exp(-(v + 35) / 10)), 0.125 * np.exp(-(v + 65) / 80))
    return np.array(alpha), np.array(beta)


def _slope(_, y, current):
    v, m, h, n = y
    alpha, beta = _rates(v)
    ionic = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
    return [current - ionic, *(alpha - (alpha + beta) * np.array([m, h, n]))]


def _scipy_spikes(current, duration_ms):
    def crosses(_, y, __):
        return y[0]

    crosses.direction = 1
    alpha, beta = _rates(-64.99638)
    start = [-64.99638, *(alpha / (alpha + beta))]
    solved = solve_ivp(
        _slope, (0, duration_ms), start, "LSODA", events=crosses, rtol=1e-10, atol=1e-10, args=(current,)
    )
    return solved.t_events[0]


@pytest.fixture(scope="module")
def squid():
    from braincast.dynamics.conductance import read_circuit

    return read_circuit("hh")


@pytest.fixture(scope="module")
def run(squid):
    from braincast.dynamics.conductance import simulate

    def run(current, duration_ms, **how):
        return simulate(squid.changed({"current": current}), duration_ms=float(duration_ms), **how)

    return run


def test_it_rests_where_it_rests(run):
    found = run(0, 200)
    assert found.voltage_mv[-1, 0] == pytest.approx(-64.99638, abs=1e-5)
    assert found.rate_hz == {"axon": 0.0}


def test_gates_at_minus_65_are_those_of_the_literature(squid):
    gates = [gate for current in squid.currents.values() for gate in current.gates.values()]
    steady = [gate(-65.0, 0.0, np.exp)[0] for gate in gates]
    np.testing.assert_allclose(steady, [0.052932, 0.596121, 0.317677], atol=5e-7)


def test_rates_have_no_hole_where_the_quotient_is_zero_over_zero(squid):
    gates = [gate for current in squid.currents.values() for gate in current.gates.values()]
    for gate, voltage in zip((gates[0], gates[2]), (-40.0, -55.0), strict=True):
        for near in (-1e-2 - 1e-9, -1e-2 + 1e-9, 0.0, 1e-2 - 1e-9, 1e-2 + 1e-9):
            alpha, beta = (part[gates.index(gate)] for part in _rates(voltage + near))
            steady, rate = gate(voltage + near, 0.0, np.exp)
            assert (steady, rate) == (pytest.approx(alpha / (alpha + beta), rel=1e-9), pytest.approx(alpha + beta))


def test_spikes_come_when_scipy_says(run):
    wanted = _scipy_spikes(10, 50)
    np.testing.assert_allclose(wanted[:3], [1.901, 16.823, 31.472], atol=5e-4)
    np.testing.assert_allclose(run(10, 50, integrator="adaptive").spike_times_ms["axon"], wanted, atol=1e-3)
    np.testing.assert_allclose(
        run(10, 50, integrator="staggered", dt_ms=0.005).spike_times_ms["axon"], wanted, atol=1e-3
    )


def test_spike_times_converge_at_the_order_of_the_scheme(run):
    wanted = _scipy_spikes(10, 35)[2]
    steps = np.array([0.05, 0.025, 0.0125])
    for scheme, order in (("exponential-euler", 1), ("staggered", 2)):
        found = [run(10, 35, integrator=scheme, dt_ms=dt).spike_times_ms["axon"][2] for dt in steps]
        slope = np.polyfit(np.log(steps), np.log(np.abs(np.array(found) - wanted)), 1)[0]
        assert slope == pytest.approx(order, abs=0.05)


@pytest.mark.parametrize(("current", "rate_hz"), [(8, 62.47), (10, 68.32), (30, 98.75)])
def test_it_fires_at_the_published_rates(run, current, rate_hz):
    times = run(current, 300, integrator="staggered", dt_ms=0.01).spike_times_ms["axon"]
    assert 1e3 / np.diff(times)[-1] == pytest.approx(rate_hz, abs=0.02)


def test_the_peak_at_10_is_40_mv(run):
    assert run(10, 20, integrator="staggered", dt_ms=0.005).voltage_mv.max() == pytest.approx(40.26, abs=0.01)


def test_it_fires_on_and_on_from_6_26_and_only_once_at_100(run):
    count = {
        current: len(run(current, 400, integrator="staggered").spike_times_ms["axon"]) for current in (6.2, 6.3, 100)
    }
    assert count[6.2] < 5 < 15 < count[6.3]
    assert count[100] == 1
    assert run(100, 400, integrator="staggered").rate_hz["axon"] == pytest.approx(2.5)
