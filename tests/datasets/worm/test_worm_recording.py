import numpy as np
import pytest

from braincast.datasets.registry import dataset_card, load_dataset


@pytest.fixture(scope="module")
def recording(test_data):
    """The recording of the one worm."""
    return load_dataset("worm-atanas2023", from_path=test_data).specimens["2022-08-02-01"].recordings["2022-08-02-01"]


def test_the_worm_has_98_named_neurons_over_1600_frames(recording):
    assert (recording.n_frames, recording.n_neurons) == (1600, 98)
    assert recording.dt_s == pytest.approx(0.600, abs=1e-3)
    assert np.diff(recording.time_s).max() < 0.68
    assert recording.unit.startswith("standard deviations")


def test_names_are_those_of_the_worm_atlas(recording, worm_atlas):
    known = set(worm_atlas.specimens["wt"].connectome.neuron_ids)
    assert set(recording.neurons) <= known
    sides = dict(zip(recording.neurons, recording.anatomy["side"], strict=True))
    assert sides["IL1R"] == "R" and sides["AWCOFF"] == ""


def test_the_largest_value_is_the_one_on_the_card(recording):
    frame, neuron = np.unravel_index(np.asarray(recording.activity).argmax(), recording.activity.shape)
    assert (frame, recording.neurons[neuron]) == (422, "FLPR")
    assert any("31.9 (neuron FLPR, frame 422)" in trap for trap in dataset_card("worm-atanas2023").traps)


def test_floors_are_those_measured_before(recording):
    # Standardised on the first 70 %; windows of 48 + 8 frames whose targets lie in the last 20 %.
    activity = np.asarray(recording.activity, dtype=np.float64)
    train = activity[:1120]
    z = (activity - train.mean(0)) / train.std(0)
    starts = np.arange(1280, 1600 - 8 + 1)
    targets = np.stack([z[starts + lead] for lead in range(8)])
    persistence = np.abs(targets - z[starts - 1]).mean(axis=(1, 2))
    mean = np.abs(targets).mean(axis=(1, 2))
    assert persistence[[0, 7]] == pytest.approx([0.304, 0.618], abs=0.005)
    assert mean[[0, 7]] == pytest.approx([0.876, 0.880], abs=0.006)


def test_there_is_no_wiring_in_it(recording, test_data):
    specimen = load_dataset("worm-atanas2023", from_path=test_data).specimens["2022-08-02-01"]
    assert specimen.connectome is None and specimen.wiring is None and specimen.n_animals == 1
