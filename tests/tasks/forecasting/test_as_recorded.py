"""Activity in the unit of its recording, and reading it from a store a chunk at a time."""

import numpy as np
import pytest
import zarr
from made_recordings import made_dataset, made_recording, made_task, random_walks

from braincast.models.forecasters import spread
from braincast.models.forecasters.spread import validation_spread
from braincast.tasks.forecasting.truth import open_window_truth
from braincast.training.fit import fit


@pytest.fixture(scope="module")
def activity():
    return (3.0 + 0.2 * random_walks(400, 6)).astype(np.float32)


@pytest.fixture(scope="module")
def task(activity):
    return made_task(made_dataset(made_recording(activity)), changes={"scaled": False})


def test_windows_and_truth_are_as_recorded(task, activity):
    case = task.card.cases[3]
    context, followed = task.card.context, task.card.horizon
    np.testing.assert_array_equal(task.cases().contexts()[3], activity[case.start - context : case.start])
    truth = open_window_truth(task).read(slice(3, 4), slice(1, 4))[0]
    np.testing.assert_array_equal(truth, activity[case.start : case.start + followed, 1:4])


def test_the_mean_answers_each_neurons_training_mean(task, activity):
    trained = np.concatenate([activity[p.start : p.stop] for p in task.card.of_split("train")]).astype(np.float64)
    point = fit("mean", task).forecast(task.cases()).values.mean(axis=3)
    np.testing.assert_allclose(point, np.broadcast_to(trained.mean(axis=0), point.shape), rtol=1e-6)


def test_another_unit_is_another_task_and_the_usual_one_keeps_its_hash(task, activity):
    usual = made_task(made_dataset(made_recording(activity)))
    assert usual.card.hash != task.card.hash
    assert "scaled" not in usual.card.model_dump(mode="json") and "average" not in usual.card.model_dump(mode="json")


@pytest.mark.parametrize("order", ["rising", "random"])
def test_frames_of_a_store_are_those_of_the_array_however_they_are_asked_for(activity, tmp_path, order):
    stored = zarr.create_array(tmp_path / "a.zarr", shape=activity.shape, dtype="float32", chunks=(64, 4))
    stored[...] = activity
    made = made_task(made_dataset(made_recording(stored)), changes={"scaled": False}).recordings[0]
    starts = np.arange(0, 380, 7)
    if order == "random":
        starts = np.random.default_rng(0).permutation(starts)
    for start in starts.tolist():
        np.testing.assert_array_equal(made.frames(start, start + 20, slice(2, 5)), activity[start : start + 20, 2:5])


def test_scales_of_a_store_are_those_of_the_array(activity, tmp_path):
    stored = zarr.create_array(tmp_path / "a.zarr", shape=activity.shape, dtype="float32", chunks=(64, 4))
    stored[...] = activity
    scales = [made_task(made_dataset(made_recording(a))).recordings[0].scale for a in (stored, activity)]
    np.testing.assert_allclose(scales[0].mean, scales[1].mean, rtol=1e-12)
    np.testing.assert_allclose(scales[0].deviation, scales[1].deviation, rtol=1e-12)


def test_a_spread_from_some_of_many_errors_has_every_neurons_own_scale(monkeypatch):
    held = made_task(made_dataset(made_recording(random_walks(500, 9)))).training(0).validation
    rng = np.random.default_rng(1)
    noise = rng.normal(size=held.windows.shape)

    def guess(windows):
        return noise[: len(windows)]

    whole = validation_spread(guess, held)
    monkeypatch.setattr(spread, "_ERROR_BYTES", noise.size * 8 // 3)
    some = validation_spread(guess, held)
    np.testing.assert_array_equal(some.scale, whole.scale)
    assert not np.array_equal(some.shape, whole.shape)
    np.testing.assert_allclose(some.shape, whole.shape, atol=0.5)
