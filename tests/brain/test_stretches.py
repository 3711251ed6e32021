"""No window may cross a gap, a condition's end, or frames in which nothing was seen."""

import numpy as np
import pandas as pd
from made_recordings import made_recording, random_walks, three_conditions

from braincast.brain.slabs import spans
from braincast.brain.stretches import Stretch, stretches, timing


def test_timing_tells_gaps_from_jitter():
    time_s = np.cumsum([0.0, 1.0, 1.1, 0.9, 3.0, 1.0, 1.0])
    found = timing(time_s)
    assert (found.dt_s, found.gaps.tolist()) == (1.0, [4])
    assert np.isclose(found.jitter, 0.1)


def test_one_frame_has_no_timing():
    assert timing(np.array([1.0])) is None


def test_a_recording_without_conditions_is_one_stretch():
    assert stretches(made_recording()) == [Stretch("all", 0, 200)]


def test_stretches_end_at_conditions_and_gaps():
    time_s = 0.5 * np.arange(200)
    time_s[100:] += 5.0
    recording = made_recording(time_s=time_s, conditions=three_conditions())
    expected = [("a", 0, 66), ("b", 67, 100), ("b", 100, 132), ("c", 133, 200)]
    assert [(s.condition, s.start, s.stop) for s in stretches(recording)] == expected


def test_a_task_that_counts_frames_does_not_see_gaps_in_time():
    time_s = 0.5 * np.arange(200)
    time_s[100:] += 5.0
    assert stretches(made_recording(time_s=time_s), in_frames=True) == [Stretch("all", 0, 200)]


def test_frames_in_which_nothing_was_observed_cut_a_stretch():
    activity = random_walks()
    activity[50:53] = np.nan
    activity[80, 0] = np.nan  # one neuron missing is no cut
    assert stretches(made_recording(activity)) == [Stretch("all", 0, 50), Stretch("all", 53, 200)]


def test_counts_are_always_observed():
    counts = np.zeros((10, 2), dtype=np.int16)
    counts[3] = 1
    assert stretches(made_recording(counts)) == [Stretch("all", 0, 10)]


def test_a_condition_without_any_observed_frame_has_no_stretch():
    activity = random_walks()
    activity[:66] = np.nan
    found = stretches(made_recording(activity, conditions=three_conditions()))
    assert [stretch.condition for stretch in found] == ["b", "c"]


def test_spans_cover_every_frame_once():
    ranges = list(spans((200, 5), n_values=5 * 30))
    assert ranges[0] == (0, 30) and ranges[-1] == (180, 200)
    assert np.concatenate([np.arange(*ends) for ends in ranges]).tolist() == list(range(200))


def test_anatomy_is_saved_and_read_back(tmp_path):
    anatomy = pd.DataFrame({"region": list("aabbc"), "x_um": np.arange(5.0)})
    recording = made_recording(anatomy=anatomy)
    recording.save(tmp_path / "r")
    back = type(recording).load(tmp_path / "r")
    pd.testing.assert_frame_equal(back.anatomy, anatomy, check_dtype=False)
    assert np.array_equal(back.read(3, 7, slice(1, 3)), recording.activity[3:7, 1:3])
