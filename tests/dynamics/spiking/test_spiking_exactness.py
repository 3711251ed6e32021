"""The engine against a plain integrator: the same spikes in the same steps."""

import numpy as np
import pytest
from plain_spikes import plain_spikes

from braincast.dynamics.spiking import LeakyIntegrateAndFire, Network, Poisson, Schedule, potentials, simulate


def recurrent(seed, n_neurons, *, parameters=None, delay_s=None, per_neuron=40, largest=None):
    """A random network, one in five neurons inhibitory, in which a tenth of the neurons wakes the others."""
    random = np.random.default_rng(seed)
    pre, post = random.integers(0, n_neurons, (2, n_neurons * per_neuron), dtype=np.int32)
    sign = np.where(random.random(n_neurons) < 0.2, -1, 1)
    count = sign[pre] * random.integers(1, largest or 30, len(pre))
    delays = None if delay_s is None else random.choice(delay_s, len(pre))
    return Network.from_edges(pre, post, count, n_neurons, parameters or LeakyIntegrateAndFire(), delays)


def same_spikes(network, drives, n_steps, **options):
    """Whether engine and referee agree in every spike, and the share of spikes at neurons that nobody drives."""
    silenced = options.pop("silenced", ())
    found = simulate(
        network, drives, duration_s=n_steps * network.parameters.dt_s, seed=3, silenced=silenced, n_threads=1
    )
    expected, _ = plain_spikes(network, drives, n_steps, seed=3, silenced=silenced)
    driven = np.concatenate([drive.driven for drive in drives])
    recruited = ~np.isin(expected[:, 1], driven)
    assert len(expected) > 100
    assert np.array_equal(np.stack([found.step, found.neuron], axis=1), expected)
    return recruited.mean()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24))
def test_strongly_recurrent_networks_spike_as_the_plain_integrator_says(seed):
    n_neurons = (100, 200, 300, 500, 700, 1000)[seed % 6]
    network = recurrent(seed, n_neurons)
    drives = [Poisson(np.arange(n_neurons // 10), 150.0)]
    assert same_spikes(network, drives, 2500) > 0.5


def test_a_recurrent_network_spikes_as_the_plain_integrator_says():
    assert same_spikes(recurrent(1, 200), [Poisson(np.arange(20), 150.0)], 1500) > 0.5


def various(n_neurons):
    """Every parameter different from neuron to neuron; some synapses slower than their membrane, some driven alone."""
    random = np.random.default_rng(5)

    def between(low, high):
        return random.uniform(low, high, n_neurons)

    return LeakyIntegrateAndFire(
        rest_mv=between(-56, -50),
        reset_mv=between(-60, -49),
        threshold_mv=between(-47, -42),
        membrane_time_s=between(0.01, 0.03),
        synapse_time_s=random.choice([0.002, 0.005, 0.009, 0.035], n_neurons),
        refractory_s=random.integers(0, 40, n_neurons) * 1e-4,
        unit_weight_mv=between(0.1, 0.4),
        bias_mv=between(-4, 12),
        delay_s=random.integers(1, 30, n_neurons) * 1e-4,
        adaptation_mv=random.choice([0.0, 1.5], n_neurons),
        adaptation_time_s=between(0.04, 0.3),
    )


def test_neurons_that_differ_in_every_parameter_spike_as_the_plain_integrator_says():
    network = recurrent(2, 120, parameters=various(120), per_neuron=15)
    assert len(network.delay_steps) > 20
    assert same_spikes(network, [Poisson(np.arange(10), 100.0)], 1500) > 0.5


@pytest.mark.parametrize(
    "changes",
    [
        {"adaptation_mv": 2.0, "adaptation_time_s": 0.1},
        {"adaptation_mv": 1.0, "adaptation_time_s": 0.004},
        {"reset_mv": -48.0, "refractory_s": 0.0001},
        {"reset_mv": -47.0, "rest_mv": -55.0, "refractory_s": 0.0},
        {"dt_s": 0.0006, "synapse_time_s": 0.05},
        {"bias_mv": 9.0, "reset_mv": -60.0, "adaptation_mv": 0.5},
    ],
    ids=lambda changes: ",".join(changes),
)
def test_other_neurons_spike_as_the_plain_integrator_says(changes):
    parameters = LeakyIntegrateAndFire(**changes)
    network = recurrent(4, 100, parameters=parameters, per_neuron=20)
    assert same_spikes(network, [Poisson(np.arange(10), 150.0)], 1200) > 0.3


def test_edges_with_delays_of_their_own_spike_as_the_plain_integrator_says():
    network = recurrent(6, 100, delay_s=[0.0001, 0.0013, 0.004, np.nan])
    assert list(network.delay_steps) == [1, 13, 18, 40]
    assert same_spikes(network, [Poisson(np.arange(10), 150.0)], 1200) > 0.5


def test_silenced_neurons_spike_and_reach_nobody():
    network = recurrent(7, 100)
    drives = [Poisson(np.arange(10), 150.0)]
    assert same_spikes(network, drives, 1200, silenced=np.arange(20, 60)) > 0.3


def test_kicks_below_the_threshold_add_up_as_the_plain_integrator_says():
    network = recurrent(8, 60, per_neuron=10, largest=8)
    random = np.random.default_rng(8)
    drives = [
        Schedule(random.integers(0, 30, 900), random.uniform(0, 0.1, 900), kick_mv=3.0),
        Poisson(np.arange(25, 50), 400.0, kick_mv=4.0),
    ]
    same_spikes(network, drives, 1000)


def test_exponents_begun_anew_change_no_spike(monkeypatch):
    from braincast.dynamics.spiking import trial

    monkeypatch.setattr(trial, "_TABLE", 300)
    network = recurrent(9, 100)
    assert same_spikes(network, [Poisson(np.arange(10), 150.0)], 1200) > 0.5


def test_spikes_under_way_survive_a_full_buffer(monkeypatch):
    from braincast.dynamics.spiking import trial

    monkeypatch.setattr(trial, "_ROOM", 1)
    monkeypatch.setattr(trial, "_SPAN", 50)
    network = recurrent(10, 100)
    assert same_spikes(network, [Poisson(np.arange(10), 150.0)], 1200) > 0.5


def test_potentials_are_those_of_the_plain_integrator():
    network = recurrent(11, 60, parameters=various(60), per_neuron=15)
    drives = [Poisson(np.arange(5), 100.0)]
    found = potentials(network, drives, np.arange(60), duration_s=0.05, seed=4)
    _, expected = plain_spikes(network, drives, 500, seed=4)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
