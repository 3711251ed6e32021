import warnings

import numpy as np
import pytest
from made_sessions import NwbSession, odd_nwb, regular, smooth
from refusals import refused

from braincast.brain.slabs import Slabs
from braincast.datasets.readers.findings import preview
from braincast.datasets.readers.reading import read

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:(hdmf|pynwb)")


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """What was written into a file of an unfamiliar layout, and what was read from it."""
    activity, time_s = smooth(200, 5), regular(200, 0.2, 0.08)
    path = odd_nwb(tmp_path_factory.mktemp("nwb") / "odd.nwb", activity, time_s)
    return activity, time_s, read(path)


def test_a_transposed_series_in_an_odd_place_comes_in_with_the_numbers_that_were_written(odd):
    activity, time_s, findings = odd
    recording = findings.recordings["odd"]
    np.testing.assert_allclose(np.asarray(recording.activity), activity, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(recording.time_s, time_s)
    assert recording.unit == "dF/F"
    assert any("neuron × time" in note for note in findings.notes)


def test_activity_stays_in_the_file_until_it_is_asked_for(odd):
    recording = odd[2].recordings["odd"]
    assert isinstance(recording.activity, Slabs)
    np.testing.assert_array_equal(recording.read(20, 30, slice(1, 3)), np.asarray(recording.activity)[20:30, 1:3])


def test_labels_of_a_custom_column_name_neurons_and_a_blank_one_is_numbered(odd):
    recording = odd[2].recordings["odd"]
    assert recording.neurons == ("cell a", "cell b", "cell c", "cell d", "n0005")
    assert recording.anatomy["cell_type"].tolist() == ["motor"] + ["sensory"] * 4
    assert recording.anatomy["region"].tolist() == ["hindbrain"] * 5
    assert recording.indicator == "GCaMP6f"


def test_epochs_become_conditions(odd):
    table = odd[2].recordings["odd"].conditions
    assert table.values.tolist() == [["gratings", 0, 120], ["darkness", 120, 200]]


def test_small_jitter_is_noted(odd):
    assert any("differ from their median" in note for note in odd[2].notes)
    assert 0 < preview(odd[2])["recordings"]["odd"]["jitter"] < 0.25


def test_tracks_are_held_to_the_frames(odd):
    _, time_s, findings = odd
    recording = findings.recordings["odd"]
    behaviour = recording.behaviour.sel(feature="running").values
    np.testing.assert_array_equal(behaviour, np.floor(np.round(time_s - time_s[0], 9)))
    stimulus = recording.stimulus.sel(feature="contrast").values
    np.testing.assert_array_equal(stimulus, np.repeat(np.arange(4.0), 50))


def test_the_subject_and_the_terms_are_known(odd):
    origin = odd[2].origin
    assert (origin.species, origin.animal, origin.strain) == ("Danio rerio", "fish-7", "Tg(elavl3)")
    assert (origin.licence, origin.citation) == ("", ("doi:10.1/one",))


@pytest.fixture
def session():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield NwbSession()


def fluorescence_and_dff(session, path):
    """Both kinds of series, in their usual places, at a rate."""
    from pynwb.ophys import DfOverF, Fluorescence

    table = session.segmentation(4, session.plane())
    raw, dff = smooth(100, 4, seed=1), smooth(100, 4, seed=2)
    for container, name, data in ((Fluorescence(), "Raw", raw), (DfOverF(), "Clean", dff)):
        session.module("ophys").add(container)
        region = table.create_roi_table_region(description="all", region=[0, 1, 2, 3])
        container.add_roi_response_series(session.responses(name, data, region, rate=4.0, starting_time=2.0))
    return raw, dff, session.write(path)


def test_df_over_f_goes_before_fluorescence_and_a_series_can_be_named(session, tmp_path):
    raw, dff, path = fluorescence_and_dff(session, tmp_path / "two.nwb")
    found = read(path)
    np.testing.assert_array_equal(np.asarray(found.recordings["two"].activity), dff)
    assert found.others == ("processing/ophys/Fluorescence/Raw (100 × 4)",)
    assert found.recordings["two"].time_s[:2].tolist() == [2.0, 2.25]
    assert found.recordings["two"].unit == "dF/F"
    assert any("no names" in note for note in found.notes)
    named = read(path, series="Raw")
    np.testing.assert_array_equal(np.asarray(named.recordings["two"].activity), raw)
    with refused("E118", "'Row'", "Raw"):
        read(path, series="Row")


def test_a_series_that_is_taken_as_behaviour_is_not_listed_as_not_taken(session, tmp_path):
    from pynwb.behavior import Position, SpatialSeries

    place = SpatialSeries(name="place", data=smooth(100, 2), reference_frame="corner", rate=4.0, starting_time=2.0)
    session.module("behavior").add(Position(spatial_series=place))
    found = read(fluorescence_and_dff(session, tmp_path / "two.nwb")[2])
    assert [str(name) for name in found.recordings["two"].behaviour["feature"].values] == ["place[0]", "place[1]"]
    assert found.others == ("processing/ophys/Fluorescence/Raw (100 × 4)",)


def test_two_equally_good_series_ask_which(session, tmp_path):
    table = session.segmentation(3, session.plane())
    for name in ("left", "right"):
        region = table.create_roi_table_region(description="all", region=[0, 1, 2])
        session.file.add_acquisition(session.responses(name, smooth(50, 3), region, rate=2.0))
    path = session.write(tmp_path / "pair.nwb")
    with refused("E119", "--series", "left", "right"):
        read(path)


def test_sorted_units_are_counted_in_bins(session, tmp_path):
    trains = [np.array([0.01, 0.02, 0.26, 0.9]), np.array([0.12, 0.51]), np.array([0.03, 0.31, 0.33])]
    session.file.add_unit_column(name="cell_type", description="type")
    for train, kind in zip(trains, ("pyramidal", "basket", "pyramidal"), strict=True):
        session.file.add_unit(spike_times=train, cell_type=kind)
    path = session.write(tmp_path / "units.nwb")
    recording = read(path, bin_s=0.1).recordings["units"]
    expected = np.column_stack([np.histogram(train, np.arange(11) * 0.1)[0] for train in trains])[:10]
    np.testing.assert_array_equal(np.asarray(recording.activity), expected)
    assert recording.dt_s == pytest.approx(0.1)
    assert recording.anatomy["cell_type"].tolist() == ["pyramidal", "basket", "pyramidal"]
    assert any("bins of 0.05 s" in note for note in read(path).notes)


def test_a_session_without_series_holds_nothing(session, tmp_path):
    with refused("E118", "no recording"):
        read(session.write(tmp_path / "bare.nwb"))


def test_overlapping_epochs_are_left_out_and_said_so(session, tmp_path):
    table = session.segmentation(2, session.plane())
    region = table.create_roi_table_region(description="all", region=[0, 1])
    session.file.add_acquisition(session.responses("s", smooth(50, 2), region, rate=1.0))
    session.file.add_epoch(0.0, 30.0, tags=["a"])
    session.file.add_epoch(20.0, 50.0, tags=["b"])
    found = read(session.write(tmp_path / "overlap.nwb"))
    assert found.recordings["overlap"].conditions is None
    assert any("overlap" in note for note in found.notes)


def test_a_region_that_names_some_rows_takes_their_names(session, tmp_path):
    table = session.segmentation(4, session.plane(), roi_name=["p", "q", "r", "s"])
    region = table.create_roi_table_region(description="some", region=[3, 1])
    session.file.add_acquisition(session.responses("s", smooth(50, 2), region, rate=1.0))
    assert read(session.write(tmp_path / "some.nwb")).recordings["some"].neurons == ("s", "q")


def test_a_series_that_contradicts_its_table_is_refused(session, tmp_path):
    table = session.segmentation(4, session.plane())
    region = table.create_roi_table_region(description="some", region=[0, 1, 2, 3])
    session.file.add_acquisition(session.responses("s", smooth(50, 3), region, rate=1.0))
    path = session.write(tmp_path / "short.nwb")
    with refused("E106", "4 neurons"):
        read(path)
