"""What models and scoring see of a forecast task."""

import pickle
from dataclasses import replace

import numpy as np
import xarray as xr
import zarr
from made_recordings import made_dataset, made_recording, made_task, places, random_walks
from refusals import refused

from braincast.brain.recording import Recording
from braincast.tasks.forecasting.standardised import filled
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import open_window_truth
from braincast.tasks.kinds import card_of_json


def test_activity_is_in_deviations_of_the_training_frames():
    activity = random_walks()
    task = made_task(made_dataset(made_recording(activity)))
    train = activity[:140].astype(np.float64)
    expected = ((activity - train.mean(axis=0)) / train.std(axis=0)).astype(np.float32)
    assert np.array_equal(task.training(0).series[0].activity, expected[:140])
    case = task.card.cases[5]
    assert np.array_equal(task.cases().contexts()[5], expected[case.start - 6 : case.start])
    truth = open_window_truth(task).read(slice(5, 6), slice(None))
    assert np.array_equal(truth[0], expected[case.start : case.start + 3])


def test_test_frames_do_not_enter_the_scale():
    activity = random_walks()
    task = made_task(made_dataset(made_recording(activity)))
    louder = activity.copy()
    louder[150:] *= 100
    other = ForecastTask(task.card, lambda: made_dataset(made_recording(louder)).specimens)
    assert np.array_equal(task.training(0).series[0].activity, other.training(0).series[0].activity)


def test_parts_of_the_truth_are_the_whole_truth():
    both = {name: made_recording(random_walks(seed=seed)) for seed, name in enumerate("ab")}
    truth = open_window_truth(made_task(made_dataset(both)))
    whole = truth.read(slice(None), slice(None))
    assert whole.shape == truth.shape
    assert np.array_equal(truth.read(slice(7, 60, 1), slice(1, 4)), whole[7:60, :, 1:4])


def test_missing_truth_stays_missing_and_missing_context_is_the_last_value_seen():
    activity = random_walks()
    activity[180:182, 2] = np.nan
    task = made_task(made_dataset(made_recording(activity)))
    first = next(row for row, case in enumerate(task.card.cases) if case.start == 179)
    assert np.isnan(open_window_truth(task).read(slice(first, first + 1), slice(None))[0, 1:, 2]).all()
    later = next(row for row, case in enumerate(task.card.cases) if case.start == 182)
    context = task.cases().contexts()[later]
    assert context[-1, 2] == context[-2, 2] == context[-3, 2] and np.isfinite(context).all()


def test_filling_uses_nothing_that_comes_later():
    activity = np.array([[np.nan, 1.0], [2.0, np.nan], [np.nan, 3.0]], dtype=np.float32)
    assert filled(activity).tolist() == [[0.0, 1.0], [2.0, 1.0], [2.0, 3.0]]


def test_a_recording_on_disk_is_read_in_parts(tmp_path):
    recording = made_recording()
    recording.save(tmp_path / "r")
    lazy = Recording.load(tmp_path / "r")
    assert isinstance(lazy.activity, zarr.Array)
    task = made_task(made_dataset(recording))
    on_disk = ForecastTask(task.card, lambda: made_dataset(lazy).specimens)
    assert np.array_equal(task.cases().contexts(), on_disk.cases().contexts())


def test_batches_are_all_windows_in_order():
    windows = made_task().cases()
    parts = list(windows.batches(n_bytes=20_000))
    assert len(parts) > 1 and sum((part.ids for part in parts), ()) == windows.ids
    assert np.array_equal(np.concatenate([part.contexts() for part in parts]), windows.contexts())


def test_training_windows_are_cut_from_the_series():
    task = made_task()
    ((series, contexts, targets),) = task.training(0).windows(stride=2)
    assert contexts.shape == (66, 6, 5) and targets.shape == (66, 3, 5)
    assert np.array_equal(contexts[1], series.activity[2:8]) and np.array_equal(targets[1], series.activity[8:11])


def test_what_is_shown_is_given_for_the_future_too():
    shown = xr.DataArray(np.arange(200.0)[:, None], dims=("time", "feature"))
    task = made_task(made_dataset(made_recording(stimulus=shown)))
    assert task.card.inputs == "stimulus"
    windows = task.cases()
    assert windows.stimulus()[0, :, 0].tolist() == list(range(windows.start[0] - 6, windows.start[0] + 3))
    assert made_task().cases().stimulus() is None


def test_the_structure_says_where_neurons_lie_in_the_task_s_order_and_nothing_of_activity():
    whole, part = (made_recording(random_walks(200, n), anatomy=places(n)) for n in (5, 3))
    part = replace(part, neurons=("n3", "n0", "n2"))
    task = made_task(made_dataset({"one": whole, "other": part}))
    anatomy, (specimen, _) = task.structure.anatomy, task.structure.specimens
    assert not specimen.recordings and anatomy["id"].tolist() == ["n0", "n2", "n3"]
    np.testing.assert_array_equal(anatomy[["x_um", "y_um", "z_um"]], places(5).iloc[[0, 2, 3]])


def test_whether_the_data_say_where_neurons_lie_is_on_the_card_and_changes_no_hash():
    known, unknown = made_task(made_dataset(made_recording(anatomy=places()))).card, made_task().card
    assert known.positions and not unknown.positions and known.hash == unknown.hash
    assert "positions" not in unknown.to_show() and card_of_json(known.model_dump_json()).positions


def test_another_recording_than_the_cards_is_refused():
    task = made_task()
    longer = ForecastTask(task.card, lambda: made_dataset(made_recording(random_walks(300))).specimens)
    with refused("E215", "frames"):
        longer.cases()
    fewer = ForecastTask(task.card, lambda: made_dataset(made_recording(random_walks(200, 4))).specimens)
    with refused("E215", "'n4'"):
        fewer.cases()


def test_a_task_travels_to_another_process():
    task = made_task()
    back = pickle.loads(pickle.dumps(task))
    assert back.hash == task.hash and np.array_equal(back.cases().contexts(), task.cases().contexts())


def test_validation_truth_is_what_followed():
    held = made_task().training(0).validation
    assert held.truth.shape == held.windows.shape
    # A window one frame later starts with what followed the one before.
    assert np.array_equal(held.truth[:-1, 1], held.truth[1:, 0])
    assert np.array_equal(held.windows.contexts()[1:, -1], held.truth[:-1, 0])


def test_a_changed_copy_of_a_declaration_has_a_hash_and_cases_of_its_own():
    card = made_task().card
    known = card.hash, card.cases
    copied = card.model_copy(update={"stride": card.stride + 1})
    assert copied.hash != known[0] and len(copied.cases) < len(known[1])
    assert (card.hash, card.cases) == known
