"""Adaptive cells against scipy's solver, their networks against a plain loop in numpy, and CA1's proportions."""

from dataclasses import replace

import numpy as np
import pytest
from numba import njit
from refusals import refused
from scipy.integrate import solve_ivp

from braincast.dynamics.spiking import LeakyIntegrateAndFire, Network
from braincast.dynamics.spiking.adaptive import (
    POPULATIONS,
    UNIT_NS,
    AdaptiveExponential,
    AdaptiveNetwork,
    Course,
    hippocampus,
    simulate_adaptive,
    sizes,
)
from braincast.dynamics.spiking.adaptive.exponential import exponential

NOBODY, NOTHING = np.zeros(0, np.int32), np.zeros(1)
CELL = AdaptiveExponential(current_pa=900.0, refractory_ms=2.0, peak_mv=-40.0)


def alone(cell, dt_s):
    wiring = Network.from_edges(NOBODY, NOBODY, NOBODY, 1, LeakyIntegrateAndFire(dt_s=dt_s, delay_s=dt_s))
    return AdaptiveNetwork((cell,), np.zeros(1, np.int32), wiring, NOTHING, NOTHING)


def motion(cell):
    """The equations of Brette & Gerstner (2005) for a cell without synapses."""

    def change(_, state):
        v, w = state
        ignition = cell.leak_ns * cell.slope_mv * np.exp((v - cell.threshold_mv) / cell.slope_mv)
        dv = (-cell.leak_ns * (v - cell.rest_mv) + ignition - w + cell.current_pa) / cell.capacitance_pf
        return dv, (cell.adaptation_ns * (v - cell.rest_mv) - w) / cell.adaptation_time_ms

    return change


def test_halving_the_step_quarters_the_error_of_the_potential():
    exact = solve_ivp(motion(CELL), (0, 10), (CELL.rest_mv, 0.0), rtol=1e-11, atol=1e-11, dense_output=True)
    errors = []
    for dt_s in (2e-4, 1e-4, 5e-5):
        course = Course(alone(CELL, dt_s), seed=0, watched=[0])
        course.advance(round(0.01 / dt_s))
        at_ms = np.arange(1, len(course.trace_mv) + 1) * dt_s * 1000
        errors.append(np.abs(course.trace_mv[:, 0] - exact.sol(at_ms)[0]).max())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all((orders > 1.8) & (orders < 2.2))


def test_a_cell_spikes_when_scipys_solver_says_and_adapts():
    dt_s, n_steps = 1e-5, 30_000
    found = simulate_adaptive(alone(CELL, dt_s), duration_s=n_steps * dt_s, seed=0).step
    expected, begin, state = [], 0, (CELL.rest_mv, 0.0)
    while True:
        grid = np.arange(0, n_steps - begin + 1) * dt_s * 1000
        peak = lambda _, y: y[0] - CELL.peak_mv - 5  # noqa: E731
        peak.terminal = True
        run = solve_ivp(motion(CELL), (0, grid[-1]), state, events=peak, rtol=1e-10, atol=1e-9, dense_output=True)
        within = grid[1 : np.searchsorted(grid, run.t[-1])]
        above = np.flatnonzero(run.sol(within)[0] > CELL.peak_mv)
        if not len(above):
            break
        spike = begin + above[0]
        expected.append(spike)
        # The potential is held for the refractory time, while w goes on exponentially towards its value there.
        w, still_ms = run.sol(within[above[0]])[1] + CELL.jump_pa, CELL.refractory_ms - dt_s * 1000
        there = CELL.adaptation_ns * (CELL.reset_mv - CELL.rest_mv)
        state = CELL.reset_mv, there + (w - there) * np.exp(-still_ms / CELL.adaptation_time_ms)
        begin = spike + round(CELL.refractory_ms / dt_s / 1000)
        if begin >= n_steps:
            break
    assert len(found) == len(expected) > 8
    # Each spike lies on a step: an error below one may move it to the next, and those after it as well.
    assert np.all(np.abs(found - expected) <= 1 + np.arange(len(found)))
    assert np.all(np.diff(np.diff(found)) >= -2)


def plain(network, n_steps, seed):
    """Step and cell of each spike: all cells at once, in the order update, threshold, arrivals, resets."""
    dt = 1000 * network.dt_s
    each = {name: np.array([getattr(kind, name) for kind in network.kinds])[network.kind] for name in vars(CELL)}
    pre, post, count = network.wiring.edges()
    delay = np.repeat(network.wiring.delay_steps, np.diff(network.wiring.start, axis=1).sum(axis=1))
    kicks = network.kicks(0, n_steps, seed)

    def change(v, w, ge, gi):
        v = np.minimum(v, each["peak_mv"])
        ignition = each["slope_mv"] * np.exp((v - each["threshold_mv"]) / each["slope_mv"])
        inward = each["leak_ns"] * (each["rest_mv"] - v + ignition) - w + each["current_pa"]
        inward += ge * (each["excitatory_mv"] - v) + gi * (each["inhibitory_mv"] - v)
        dw = (each["adaptation_ns"] * (v - each["rest_mv"]) - w) / each["adaptation_time_ms"]
        return np.array(
            [inward / each["capacitance_pf"], dw, -ge / each["excitatory_time_ms"], -gi / each["inhibitory_time_ms"]]
        )

    state = np.zeros((4, len(network.kind)))
    state[0] = each["rest_mv"]
    last, spikes = np.full(len(network.kind), -(10**9)), []
    fired = np.zeros((n_steps, len(network.kind)), bool)
    for n in range(n_steps):
        free = n - last >= np.floor(each["refractory_ms"] / dt + 1e-3)
        mask = np.stack([free, *np.ones((3, len(free)))])
        state = state + dt * mask * change(*(state + 0.5 * dt * mask * change(*state)))
        fired[n] = free & (state[0] > each["peak_mv"])
        due = n >= delay
        arrived = due & fired[n - np.where(due, delay, 0), pre]
        for row, sign in ((2, 1), (3, -1)):
            np.add.at(state[row], post[arrived], np.maximum(sign * count[arrived], 0) * UNIT_NS)
        now = kicks.neuron[kicks.step == n]
        np.add.at(state[2], now, network.kick_ns[network.kind[now]])
        state[0, fired[n]] = each["reset_mv"][fired[n]]
        state[1, fired[n]] += each["jump_pa"][fired[n]]
        last[fired[n]] = n
        spikes += [(n, i) for i in np.flatnonzero(fired[n])]
    return np.array(spikes)


def test_a_network_spikes_as_a_plain_loop_over_steps_says():
    network = replace(hippocampus(150, seed=3), kick_hz=np.full(5, 300.0), kick_ns=np.array([25.0, 4.0, 5.0, 4.0, 5.0]))
    found = simulate_adaptive(network, duration_s=0.15, seed=4)
    np.testing.assert_array_equal(np.stack([found.step, found.neuron], axis=1), plain(network, 1500, 4))
    assert len(found) > 300 and len(np.unique(network.kind[found.neuron])) == 5


def test_the_network_has_the_proportions_and_the_inputs_of_ca1():
    network, n_of = hippocampus(4_000, seed=0), sizes(4_000)
    whole = sum(population.n_full for population in POPULATIONS.values())
    assert sum(n_of.values()) == 4_000
    for number, (name, population) in enumerate(POPULATIONS.items()):
        assert n_of[name] == np.count_nonzero(network.kind == number)
        assert n_of[name] == pytest.approx(4_000 * population.n_full / whole, abs=3)
    pre, post, weight = network.wiring.edges()
    assert not np.any(pre == post)
    assert np.all((weight > 0) == (network.kind[pre] == 0))
    inputs = np.bincount(post[network.kind[pre] == 0], minlength=4_000)
    assert set(inputs[network.kind == 0]) == {197} and set(inputs[network.kind == 1]) == {423}


def test_the_same_seed_gives_the_same_network_and_spikes():
    runs = [simulate_adaptive(hippocampus(300, seed=s), duration_s=0.1, seed=s) for s in (1, 1, 2)]
    columns = [np.stack([run.step, run.neuron]) for run in runs]
    np.testing.assert_array_equal(columns[0], columns[1])
    assert len(runs[0]) > 0 and not np.array_equal(columns[0], columns[2])


def test_what_cannot_be_is_refused():
    for change in ({"capacitance_pf": 0.0}, {"slope_mv": float("nan")}, {"peak_mv": -80.0}, {"refractory_ms": -1.0}):
        with refused("E107", f"cell.{next(iter(change))}"):
            AdaptiveExponential(**change)
    with refused("E107", "n_cells"):
        hippocampus(99, seed=0)
    with refused("E107", "duration_s"):
        simulate_adaptive(alone(CELL, 1e-4), duration_s=0.0, seed=0)
    with refused("E106", "network.kind"):
        replace(alone(CELL, 1e-4), kind=np.zeros(2, np.int32))


@njit
def at_each(x):
    found = np.empty_like(x)
    for i in range(len(x)):
        found[i] = exponential(x[i])
    return found


def test_the_exponential_is_exact_to_two_units_of_the_last_place():
    x = np.concatenate([np.linspace(-700, 700, 2001), np.random.default_rng(0).uniform(-30, 6, 2000), [0.0]])
    found, exact = at_each(x), np.exp(x)
    assert np.abs((found - exact) / np.spacing(exact)).max() <= 2
    assert at_each(np.array([-1e9]))[0] == at_each(np.array([-700.0]))[0] < 1e-300
