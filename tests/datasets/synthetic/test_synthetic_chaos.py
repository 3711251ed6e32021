import numpy as np
import pytest
from refusals import refused

from braincast.datasets.registry import load_dataset
from braincast.datasets.synthetic import chaos
from braincast.dynamics.lorenz import advanced, tendency


@pytest.fixture(scope="module")
def dataset():
    """The dataset at its default size."""
    return load_dataset("synthetic-chaos", offline=True)


def test_it_has_40_units_in_four_conditions(dataset):
    recording = dataset.specimens["chaos"].recordings["chaos"]
    assert recording.activity.shape == (4000, 40)
    assert len(recording.conditions) == 4
    assert 3.3 < np.asarray(recording.activity).std() < 3.9


def test_the_noise_alone_is_the_error_of_one_who_knows_the_state(dataset):
    # The same seed without noise shows the states themselves.
    noisy, clean = (chaos.chaotic_brain(40, 800, seed=3, noise_sd=sd).activity for sd in (chaos.NOISE_SD, 0.0))
    error = np.abs(np.asarray(noisy, np.float64) - clean).mean()
    assert error == pytest.approx(chaos.noise_floor(1)[0], rel=0.02)
    assert dataset.tables["noise_floor"].to_numpy() == pytest.approx(chaos.noise_floor(1)[0])
    scale = np.array([1.0, 2.0])
    assert chaos.noise_floor(3, scale) == pytest.approx(0.75 * chaos.noise_floor(3))


def test_frames_follow_the_equation_within_a_condition_only():
    clean = np.asarray(chaos.chaotic_brain(12, 60, seed=1, noise_sd=0.0, n_conditions=2).activity, np.float64)
    step = np.abs(advanced(clean[:-1], chaos.FRAME_TIME) - clean[1:]).max(axis=1)
    assert step[29] > 0.5
    assert np.delete(step, 29).max() < 1e-4


def test_the_wiring_is_what_the_equation_says(dataset):
    adjacency = dataset.specimens["chaos"].connectome.adjacency().toarray()
    state = np.random.default_rng(0).normal(size=40)
    for pre in range(40):
        moved = state.copy()
        moved[pre] += 1e-3
        change = np.abs(tendency(moved) - tendency(state))
        change[pre] = 0  # each unit's own decay is no edge
        np.testing.assert_array_equal(adjacency[pre] > 0, change > 0)


def test_the_same_seed_gives_the_same_recording():
    first, again, other = (chaos.chaotic_brain(8, 20, seed=seed).activity for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).all()


def test_too_small_a_ring_is_refused():
    with refused("E305", "n_neurons"):
        chaos.chaotic_brain(3, 10, seed=1)
