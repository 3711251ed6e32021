"""Recording: axes, time and intervals are checked; activity stays where it is."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import zarr

from braincast.brain.recording import Recording


def make(**changes) -> Recording:
    fields = {"activity": np.zeros((4, 2)), "neurons": ("a", "b"), "time_s": np.arange(4.0), "unit": "dF/F"}
    return Recording(**(fields | changes))


def intervals(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["name", "start", "stop"])


def track(n_frames: int, dims=("time", "feature"), dtype: type = float) -> xr.DataArray:
    return xr.DataArray(np.zeros((n_frames, 1), dtype), dims=dims)


@pytest.mark.parametrize(
    ("code", "place", "changes"),
    [
        ("E101", "recording.neurons[1]", {"neurons": ("a", "a")}),
        ("E104", "recording.time_s[2]", {"time_s": np.array([0.0, 1.0, 1.0, 2.0])}),
        ("E104", "recording.time_s[1]", {"time_s": np.array([0.0, np.nan, 1.0, 2.0])}),
        ("E104", "recording.time_s[3]", {"time_s": np.array([0.0, 1.0, 2.0, np.inf])}),
        ("E105", "recording.unit", {"unit": ""}),
        ("E106", "recording.activity", {"activity": np.zeros((4, 3))}),
        ("E106", "recording.activity", {"activity": np.zeros(4)}),
        ("E106", "recording.time_s", {"time_s": np.arange(5.0)}),
        ("E106", "recording.stimulus", {"stimulus": track(5)}),
        ("E106", "recording.behaviour", {"behaviour": track(4, dims=("time", "x"))}),
        ("E107", "recording.stimulus", {"stimulus": track(4, dtype=str)}),
        ("E107", "recording.activity", {"activity": np.zeros((4, 2), dtype=str)}),
        ("E108", "'stop'", {"conditions": intervals().drop(columns="stop")}),
        ("E109", "leaves the recording", {"conditions": intervals(("x", 0, 5))}),
        ("E109", "leaves the recording", {"conditions": intervals(("x", -1, 2))}),
        ("E109", "is empty", {"conditions": intervals(("x", 2, 2))}),
        ("E109", "overlaps", {"conditions": intervals(("x", 2, 4), ("y", 0, 3))}),
        ("E109", "conditions.start[0]", {"conditions": intervals(("x", 0.5, 2))}),
        ("E109", "conditions.stop[0]", {"conditions": intervals(("x", 0, "end"))}),
    ],
)
def test_a_bad_recording_is_refused_with_the_place(refused, code, place, changes):
    with refused(code, place):
        make(**changes)


def test_conditions_are_sorted_and_may_touch_but_the_callers_table_stays():
    given = intervals(("late", 2.0, 4.0), ("early", 0, 2))
    before = given.copy()
    settled = make(conditions=given).conditions
    assert settled["name"].tolist() == ["early", "late"]
    assert settled["stop"].tolist() == [2, 4] and settled["stop"].dtype == np.int64
    pd.testing.assert_frame_equal(given, before)


def test_time_may_be_frames_when_the_source_does_not_say():
    recording = make(time_s=None)
    array = recording.to_xarray()
    assert recording.dt_s is None and "step unknown" in repr(recording)
    assert array["time"].values.tolist() == [0, 1, 2, 3] and array["time"].attrs["units"] == "frames"


def test_dt_is_the_median_step():
    assert make(time_s=np.array([0.0, 0.5, 1.0, 9.0])).dt_s == 0.5
    assert make(activity=np.zeros((1, 2)), time_s=np.zeros(1)).dt_s is None


def test_to_xarray_labels_axes_and_states_units(recording):
    array = recording.to_xarray(10, 12)
    assert array.dims == ("time", "neuron") and array.attrs == {"units": "dF/F", "indicator": "GCaMP6s"}
    assert array["time"].values.tolist() == [2.5, 2.75] and array["time"].attrs["units"] == "s"
    np.testing.assert_array_equal(array.sel(neuron="AVAR").values, recording.activity[10:12, 1])


def test_a_saved_recording_comes_back_equal_and_lazy(recording, tmp_path, refused):
    recording.save(tmp_path / "r")
    loaded = Recording.load(tmp_path / "r")
    assert isinstance(loaded.activity, zarr.Array) and loaded.activity.metadata.dimension_names == ("time", "neuron")
    np.testing.assert_array_equal(loaded.activity[...], recording.activity)
    np.testing.assert_array_equal(loaded.time_s, recording.time_s)
    xr.testing.assert_identical(loaded.stimulus, recording.stimulus)
    xr.testing.assert_identical(loaded.behaviour, recording.behaviour)
    pd.testing.assert_frame_equal(loaded.conditions, recording.conditions)
    assert (loaded.neurons, loaded.unit, loaded.indicator) == (recording.neurons, recording.unit, recording.indicator)
    with refused("E501"):
        recording.save(tmp_path / "r")


def test_a_lazy_recording_can_be_saved_again_without_optional_parts(recording, tmp_path):
    bare = replace(recording, time_s=None, stimulus=None, behaviour=None, conditions=None)
    bare.save(tmp_path / "first")
    lazy = Recording.load(tmp_path / "first")
    lazy.save(tmp_path / "second")
    again = Recording.load(tmp_path / "second")
    np.testing.assert_array_equal(again.activity[...], recording.activity)
    assert (again.time_s, again.stimulus, again.behaviour, again.conditions) == (None, None, None, None)


@pytest.mark.filterwarnings("ignore:Object at")  # zarr mentions the manifest, which is none of its own
def test_xarray_itself_can_open_a_saved_recording(recording, tmp_path):
    recording.save(tmp_path / "r")
    with xr.open_zarr(tmp_path / "r", consolidated=False) as opened:
        np.testing.assert_array_equal(opened["activity"].values, recording.activity)
        assert opened["stimulus"].dims == ("time", "stimulus_feature")


def test_reading_frames_touches_only_their_chunks(recording, tmp_path):
    recording.save(tmp_path / "r")
    lazy = Recording.load(tmp_path / "r")
    (tmp_path / "r" / "activity" / "c" / "2" / "0").write_bytes(b"damaged after it was checked")
    np.testing.assert_array_equal(lazy.to_xarray(0, 256).values, recording.activity[:256])
    with pytest.raises(RuntimeError):
        lazy.to_xarray(500, 600)


def test_a_flipped_bit_in_a_chunk_is_refused(recording, tmp_path, refused):
    recording.save(tmp_path / "r")
    chunk = tmp_path / "r" / "activity" / "c" / "0" / "0"
    content = bytearray(chunk.read_bytes())
    content[100] ^= 1
    chunk.write_bytes(content)
    with refused("E210", "activity/c/0/0"):
        Recording.load(tmp_path / "r")
    with pytest.raises(RuntimeError):  # without the manifest, the chunk's own checksum still stands
        Recording.load(tmp_path / "r", check=False).to_xarray()


@pytest.mark.parametrize("attributes", [{"units": object()}, {"units": float("nan")}])
def test_attributes_that_json_cannot_hold_are_refused_and_leave_nothing(recording, tmp_path, refused, attributes):
    with refused("E107", "recording.stimulus"):
        replace(recording, stimulus=recording.stimulus.assign_attrs(attributes)).save(tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"unit": 3}, "unit"),
        ({"neurons": "ab"}, "neurons"),
        ({"neurons": [1, 2, 3]}, "text"),
        ({"stimulus": []}, "stim"),
    ],
)
def test_a_header_of_the_wrong_kind_is_refused(recording, tmp_path, refused, change, word):
    recording.save(tmp_path / "r")
    header = json.loads((tmp_path / "r" / "zarr.json").read_text())
    header["attributes"] |= change
    (tmp_path / "r" / "zarr.json").write_text(json.dumps(header))
    with refused("E111", word):
        Recording.load(tmp_path / "r", check=False)


def test_repr_is_one_line_and_html_escapes(recording):
    text = repr(replace(recording, indicator="<b>\nGCaMP"))
    assert "\n" not in text and "neurons 3, frames 600, step 0.25 s" in text
    html = replace(recording, indicator="<b>")._repr_html_()
    assert "<b>" in html.split("<table>")[0] and "&lt;b&gt;" in html and "conditions" in html
