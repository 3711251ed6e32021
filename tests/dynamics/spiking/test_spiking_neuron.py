"""Single neurons against closed forms: firing rates, time courses, delays, Poisson drive."""

import numpy as np
import pytest
from refusals import refused
from scipy import stats

from braincast.dynamics.spiking import FLY, LeakyIntegrateAndFire, Network, Poisson, Schedule, potentials, simulate

NOBODY = np.zeros(0, np.int32)


def alone(n_neurons, **parameters):
    return Network.from_edges(NOBODY, NOBODY, NOBODY, n_neurons, LeakyIntegrateAndFire(**parameters))


@pytest.mark.parametrize("dt_s", [1e-4, 1e-5])
def test_constant_drive_gives_the_rate_of_the_formula(dt_s):
    # interval = refractory + τm ln(I / (I - 7 mV)): the first step awake ends one step after it began.
    drive_mv = np.array([7.05, 7.5, 8.0, 10.0, 14.0, 28.0, 70.0])
    network = alone(len(drive_mv), bias_mv=drive_mv, dt_s=dt_s)
    spikes = simulate(network, [], duration_s=0.5, seed=0)
    interval_s = FLY.refractory_s + FLY.membrane_time_s * np.log(drive_mv / (drive_mv - 7.0))
    for neuron, expected_s in enumerate(interval_s):
        steps = np.diff(spikes.step[spikes.neuron == neuron])
        assert len(set(steps)) == 1
        assert abs(steps[0] * dt_s - expected_s) <= dt_s * (1 + 1e-9)


def test_a_drive_just_below_the_threshold_never_makes_a_spike():
    assert len(simulate(alone(1, bias_mv=6.999), [], duration_s=2.0, seed=0)) == 0


def test_one_synapse_moves_the_membrane_as_two_exponentials_after_the_delay():
    pair = Network.from_edges(np.array([0]), np.array([1]), np.array([20]), 2)
    drives = [Schedule(np.array([0]), np.array([0.0]))]
    found = potentials(pair, drives, [1], duration_s=0.1, seed=0)[:, 0] + 52.0
    # The kick of step 0 makes a spike in step 1, which arrives 18 steps later and moves v from the step after on.
    since_s = np.maximum(np.arange(1000) - 19, 0) * FLY.dt_s
    expected = 20 * 0.275 / 3 * (np.exp(-since_s / 0.020) - np.exp(-since_s / 0.005))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_input_during_the_refractory_period_is_lost_and_one_step_later_counts():
    chain = Network.from_edges(np.array([0, 2]), np.array([1, 1]), np.array([10, 2000]), 3)
    first = simulate(chain, [Schedule(np.array([2]), np.array([0.0]))], duration_s=0.03, seed=0)
    spike = first.step[first.neuron == 1].item()
    for arrival, moved in ((spike + 21, False), (spike + 22, True)):
        # A kick makes a spike in the next step, which arrives 18 steps later.
        kicks = Schedule(np.array([2, 0]), np.array([0, arrival - 19]) * 1e-4)
        trace = potentials(chain, [kicks], [1], duration_s=0.03, seed=0)[:, 0]
        assert np.all(trace[spike : arrival + 1] == -52.0)
        assert bool(np.any(trace[arrival:] != -52.0)) is moved


def test_poisson_drive_is_as_frequent_and_as_variable_as_it_says():
    rate_hz = np.repeat([10.0, 150.0, 1000.0], 200)
    drive = Poisson(np.arange(600), rate_hz)
    kicks = drive.kicks(0, 20_000, 1e-4, 12345)
    counts = np.bincount(kicks.neuron, minlength=600)
    for rate in (10.0, 150.0, 1000.0):
        chance, n_steps = rate * 1e-4, 20_000
        those = counts[rate_hz == rate]
        mean, variance = n_steps * chance, n_steps * chance * (1 - chance)
        assert abs(those.mean() - mean) < 3 * np.sqrt(variance / 200)
        assert abs(those.var(ddof=1) - variance) < 3 * variance * np.sqrt(2 / 199)
        gaps = np.concatenate(
            [np.diff(kicks.step[kicks.neuron == neuron]) for neuron in np.flatnonzero(rate_hz == rate)]
        )
        expected = stats.geom(chance)
        edges = np.unique(expected.ppf(np.linspace(0.1, 0.9, 9)))
        observed = np.bincount(np.searchsorted(edges, gaps), minlength=len(edges) + 1)
        share = np.diff([0, *expected.cdf(edges), 1])
        # Long gaps are cut off by the end of a train, a little more so for slow ones.
        assert stats.chisquare(observed, share * observed.sum()).pvalue > (1e-9 if rate == 10.0 else 0.001)


def test_neurons_and_trials_are_driven_independently():
    drive = Poisson(np.arange(50), 500.0)
    trains = np.zeros((2, 50, 20_000))
    for trial, key in enumerate((1, 2)):
        kicks = drive.kicks(0, 20_000, 1e-4, key)
        trains[trial, kicks.neuron, kicks.step] = 1
    correlations = np.asarray(np.corrcoef(trains.reshape(100, -1)))[np.triu_indices(100, 1)]
    assert abs(correlations.mean()) < 3 / np.sqrt(20_000 * len(correlations))
    assert abs(correlations.std() * np.sqrt(20_000) - 1) < 3 / np.sqrt(2 * len(correlations))


def test_every_kick_of_a_driven_neuron_makes_one_spike_in_the_next_step():
    drive = Poisson(np.arange(40), 150.0)
    spikes = simulate(alone(40), [drive], duration_s=1.0, seed=9)
    assert abs(len(spikes) / 40 - 150) < 3 * np.sqrt(150 / 40)
    together = spikes.counts()[0]
    assert together.std() > 0


def test_kicks_do_not_depend_on_how_time_is_divided():
    drive = Poisson(np.arange(7), 300.0)
    whole = drive.kicks(0, 3000, 1e-4, 5)
    parts = [drive.kicks(first, first + 500, 1e-4, 5) for first in range(0, 3000, 500)]
    assert np.array_equal(whole.step, np.concatenate([part.step for part in parts]))
    assert np.array_equal(whole.neuron, np.concatenate([part.neuron for part in parts]))


def test_adaptation_lengthens_intervals_towards_the_closed_form():
    # Once the intervals T are equal, a just after a spike is b / (1 - e^{-T/τa}); v crosses after T as it should.
    drive_mv, jump_mv, slow_s = 20.0, 3.0, 0.1
    network = alone(1, bias_mv=drive_mv, adaptation_mv=jump_mv, adaptation_time_s=slow_s)
    steps = np.diff(simulate(network, [], duration_s=3.0, seed=0).step)
    first, last = steps[0] * FLY.dt_s, steps[-20:].mean() * FLY.dt_s
    assert last > 1.5 * first
    membrane_s, awake_s = FLY.membrane_time_s, last - FLY.refractory_s
    held = jump_mv / (1 - np.exp(-last / slow_s)) * np.exp(-FLY.refractory_s / slow_s)
    share = slow_s / (slow_s - membrane_s)
    end_mv = drive_mv * (1 - np.exp(-awake_s / membrane_s)) - share * held * (
        np.exp(-awake_s / slow_s) - np.exp(-awake_s / membrane_s)
    )
    slope = (drive_mv - end_mv) / membrane_s
    assert abs(end_mv - 7.0) < slope * 2 * FLY.dt_s


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"dt_s": 0.002}, "delay_s"),
        ({"delay_s": 0.00185}, "delay_s"),
        ({"dt_s": 0.0}, "dt_s"),
        ({"membrane_time_s": -1.0}, "membrane_time_s"),
        ({"synapse_time_s": 0.02}, "synapse_time_s"),
        ({"threshold_mv": -52.0}, "threshold_mv"),
        ({"refractory_s": -0.1}, "refractory_s"),
        ({"rest_mv": float("nan")}, "rest_mv"),
        ({"unit_weight_mv": np.array([0.2, np.inf])}, "unit_weight_mv"),
        ({"adaptation_mv": 1.0, "adaptation_time_s": 0.02}, "adaptation_time_s"),
    ],
)
def test_impossible_neurons_are_refused(parameters, word):
    with refused("E107", word):
        LeakyIntegrateAndFire(**parameters)


def test_impossible_drives_are_refused():
    with refused("E107", "rate"):
        Poisson(np.arange(2), -1.0)
    with refused("E107", "rate"):
        Poisson(np.arange(2), float("inf"))
    with refused("E106", "rate"):
        Poisson(np.arange(2), np.ones(3))
    with refused("E308", "twice"):
        Poisson(np.array([1, 1]), 1.0)
    with refused("E308", "neurons"):
        Poisson(np.array([-1]), 1.0)
    with refused("E107", "time_s"):
        Schedule(np.array([0]), np.array([-0.1]))
    with refused("E107", "20000"):
        simulate(alone(1), [Poisson(np.arange(1), 20_000.0)], duration_s=0.1, seed=0)
    with refused("E308", "neuron 5 among 1"):
        simulate(alone(1), [Poisson(np.array([5]), 1.0)], duration_s=0.1, seed=0)
    with refused("E308", "neuron 1 among 1"):
        simulate(alone(1), [], duration_s=0.1, seed=0, silenced=[1])
    with refused("E106", "bias_mv"):
        simulate(alone(3, bias_mv=np.zeros(2)), [], duration_s=0.1, seed=0)
    for duration_s in (0.0, -1.0, float("nan"), 1e9):
        with refused("E107", "duration_s"):
            simulate(alone(1), [], duration_s=duration_s, seed=0)
    with refused("E107", "n_trials"):
        simulate(alone(1), [], duration_s=0.1, n_trials=0, seed=0)
    with refused("E107", "after"):
        simulate(alone(1), [Schedule(np.array([0]), np.array([0.2]))], duration_s=0.1, seed=0)
