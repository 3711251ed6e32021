import numpy as np
import pytest

from braincast.datasets.registry import load_dataset


@pytest.fixture(scope="module")
def fish(test_data):
    """The specimen of the one larva."""
    return load_dataset("zebrafish-legare2025", from_path=test_data).specimens["fish6"]


def test_the_fish_has_67_regions_over_892_frames_without_times(fish):
    recording = fish.recordings["fish6"]
    assert (recording.n_frames, recording.n_neurons) == (892, 67)
    assert recording.time_s is None
    assert set(fish.connectome.neuron_ids) - set(recording.neurons) == {"RH", "Pit", "GG"}
    assert np.asarray(recording.activity).std(0).min() > 0
    assert list(recording.anatomy.columns) == ["region", "x_um", "y_um", "z_um"]


def test_the_wiring_is_the_atlas_and_has_1394_tracts(fish):
    assert fish.wiring == "atlas" and fish.n_animals == 1
    assert fish.connectome.kinds == ("tract",) and fish.connectome.n_edges == 1394
    assert fish.connectome.edges["weight"].between(0, 1).all()


@pytest.mark.parametrize(
    ("sender", "receiver"),
    [("Ret", "SFGS"), ("DH", "IPN"), ("VH", "IPN"), ("VH", "SR"), ("ALLG", "MON"), ("PLLG", "MON"), ("OG", "MON")],
)
def test_edges_run_the_way_that_anatomy_says(fish, sender, receiver):
    strength = fish.connectome.adjacency().toarray()
    pre, post = fish.connectome.index_of([sender, receiver])
    assert strength[pre, post] > 0.3 and strength[post, pre] == 0


def test_floors_are_those_measured_before(fish):
    activity = np.asarray(fish.recordings["fish6"].activity, dtype=np.float64)
    train = activity[: int(0.8 * 892)]
    test = ((activity - train.mean(0)) / train.std(0))[int(0.8 * 892) :]
    assert np.abs(np.diff(test, axis=0)).mean() == pytest.approx(0.52, abs=0.02)
    assert np.abs(test[1:]).mean() == pytest.approx(0.98, abs=0.02)
