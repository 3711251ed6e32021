import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from refusals import refused

from braincast.brain.recording import Recording
from braincast.brain.surrogates import surrogate
from braincast.datasets.registry import check, dataset_card, load_dataset
from braincast.datasets.synthetic import linear
from braincast.datasets.synthetic.network import SPECTRAL_RADIUS, module_names, random_network
from braincast.datasets.synthetic.simulation import LinearSimulation
from braincast.dynamics.autoregression import spectral_radius, stationary_sd

DIGEST = """
import hashlib
from braincast.datasets.synthetic.linear import linear_brain
print(hashlib.sha256(linear_brain(100, 200, seed=5).activity.tobytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def dataset():
    """The dataset at its default size."""
    return load_dataset("synthetic-linear", offline=True)


def parts(recording):
    """Training and test frames of each condition, standardised on the training frames, and the scale."""
    activity = np.asarray(recording.activity, np.float64)
    spans = [(a, b) for a, b in zip(recording.conditions["start"], recording.conditions["stop"], strict=True)]
    train = [activity[a : a + int(0.7 * (b - a))] for a, b in spans]
    test = [activity[a + int(0.8 * (b - a)) : b] for a, b in spans]
    return train, test, np.concatenate(train).std(0)


def test_it_needs_no_file_and_no_network(dataset):
    assert dataset_card("synthetic-linear").sources == ()
    assert check("synthetic-linear").files == {}
    recording = dataset.specimens["linear"].recordings["linear"]
    assert recording.activity.shape == (6000, 48)
    assert recording.conditions["name"].tolist() == ["rest-1", "rest-2", "rest-3", "rest-4"]
    assert recording.neurons == tuple(dataset.specimens["linear"].connectome.neuron_ids)


def test_a_fitted_vector_autoregression_comes_within_two_percent_of_the_floor_and_not_below(dataset):
    train, test, scale = parts(dataset.specimens["linear"].recordings["linear"])
    before, after = (np.concatenate([part[cut] for part in train]) for cut in (slice(None, -1), slice(1, None)))
    fitted = np.linalg.lstsq(before, after, rcond=None)[0]
    floor = (dataset.tables["noise_floor"].to_numpy() / scale).mean(axis=1)
    alone = np.diag((before * after).sum(0) / (before**2).sum(0))
    for lead in (1, 4, 8):
        errors = {}
        for name, power in (("population", fitted), ("alone", alone)):
            step = np.linalg.matrix_power(power, lead)
            errors[name] = np.mean([np.abs((part[lead:] - part[:-lead] @ step) / scale).mean() for part in test])
        assert 0.99 * floor[lead - 1] < errors["population"] < 1.02 * floor[lead - 1]
        assert errors["alone"] > 1.05 * errors["population"]


def test_with_independent_phases_a_population_model_loses_its_advantage(dataset):
    def advantage(recording):
        train, test, scale = parts(recording)
        before, after = (np.concatenate([part[cut] for part in train]) for cut in (slice(None, -1), slice(1, None)))
        steps = np.linalg.lstsq(before, after, rcond=None)[0], np.diag((before * after).sum(0) / (before**2).sum(0))
        population, alone = (np.mean([np.abs((p[1:] - p[:-1] @ step) / scale).mean() for p in test]) for step in steps)
        return 1 - population / alone

    recording = dataset.specimens["linear"].recordings["linear"]
    assert advantage(recording) > 0.15
    assert advantage(surrogate(recording, seed=1)) < 0.005
    # With phases shared by all neurons, relations stay, and with them the advantage.
    assert advantage(surrogate(recording, seed=1, independent=False)) > 0.15


def test_the_floor_is_given_in_the_units_asked_for(dataset):
    network = random_network(linear.N_NEURONS, seed=linear.SEED)
    table = dataset.tables["noise_floor"]
    scale = np.linspace(1, 3, 48)
    np.testing.assert_allclose(linear.noise_floor(network, 8, scale), (table.to_numpy()[:8] / scale).mean(1))
    assert (np.diff(linear.noise_floor(network, 64)) > 0).all()


def test_the_wiring_is_that_of_the_generating_network(dataset):
    network = random_network(linear.N_NEURONS, seed=linear.SEED)
    specimen = dataset.specimens["linear"]
    expected = network.transition.toarray().T.copy()
    memory = np.diag(expected).copy()
    np.fill_diagonal(expected, 0)
    np.testing.assert_array_equal(specimen.connectome.adjacency(signed=True).toarray(), expected)
    np.testing.assert_allclose(memory, memory[0])
    assert specimen.wiring == "same animal" and specimen.species == "synthetic"
    assert 150 < specimen.connectome.n_edges < 350


@pytest.mark.parametrize("n_neurons", [1, 2, 48, 49, 200])
def test_every_community_has_the_stated_spectral_radius(n_neurons):
    network = random_network(n_neurons, seed=3)
    assert network.n_neurons == n_neurons == len(module_names(n_neurons))
    assert spectral_radius(network.transition.toarray()) == pytest.approx(SPECTRAL_RADIUS, rel=1e-5)


def test_activity_has_the_stationary_spread():
    recording = linear.linear_brain(60, 8000, seed=2, n_conditions=1)
    spread = np.asarray(recording.activity, np.float64).std(0)
    np.testing.assert_allclose(spread, stationary_sd(random_network(60, seed=2)), rtol=0.2)


def test_the_same_seed_gives_the_same_bits_with_any_number_of_threads():
    digests = set()
    for threads in ("1", "2"):
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        run = subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(run.stdout)
    assert len(digests) == 1
    first, other = (linear.linear_brain(5, 9, seed=seed).activity for seed in (1, 2))
    assert (first != other).all()


def test_a_brain_of_71721_neurons_stays_sparse_with_an_exact_floor():
    network = random_network(71_721, seed=1)
    assert network.transition.nnz < 10 * 71_721
    assert linear.noise_floor(network, 2).shape == (2,)


def test_sizes_that_make_no_brain_are_refused():
    with refused("E305", "n_neurons"):
        linear.linear_brain(0, 10, seed=1)
    with refused("E305", "n_conditions"):
        linear.linear_brain(3, 2, seed=1, n_conditions=3)


def test_frames_are_the_same_in_whatever_order_they_are_read():
    network = random_network(5, seed=1)
    whole = LinearSimulation(network, np.array([0, 7]), seed=2).frames(0, 20)
    simulation = LinearSimulation(network, np.array([0, 7]), seed=2)
    for start, stop in ((12, 20), (3, 9), (0, 3), (9, 12), (4, 4)):
        np.testing.assert_array_equal(simulation.frames(start, stop), whole[start:stop])
    assert (whole[:7] != whole[7:14]).all()


def test_a_lazy_brain_is_saved_in_chunks_with_the_same_bits_and_little_memory(tmp_path):
    lazy = linear.linear_brain(3000, 1000, seed=4, lazy=True)
    tracemalloc.start()
    lazy.save(tmp_path / "brain")
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 0.8 * 3000 * 1000 * 4  # slabs of 256 frames and their chunks; never all 1,000 frames
    saved = Recording.load(tmp_path / "brain")
    whole = linear.linear_brain(3000, 1000, seed=4)
    np.testing.assert_array_equal(saved.read(0, 1000), whole.activity)
    np.testing.assert_array_equal(lazy.read(990, 1000), whole.activity[990:])
