"""Windows to learn from: those of the training series, with what followed, wherever they are read."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from made_recordings import made_dataset, made_recording, made_task, random_walks, three_conditions
from refusals import refused

from braincast.tasks.forecasting.examples import Examples


def task_of(*changes, **design):
    recordings = {f"r{n}": made_recording(random_walks(seed=n), **change) for n, change in enumerate(changes)}
    return made_task(made_dataset(recordings), **design)


def every(examples: Examples):
    return examples.batch(np.arange(len(examples)))


def test_the_windows_are_all_those_inside_the_training_series():
    training = task_of({"conditions": three_conditions()}, {}).training(0)
    contexts, targets = (np.concatenate(parts) for parts in zip(*[w[1:] for w in training.windows()], strict=True))
    found = every(training.examples(shown=False))
    np.testing.assert_array_equal(found.seen.context, contexts)
    np.testing.assert_array_equal(found.target, targets)
    assert found.seen.stimulus is None


def test_validation_windows_come_with_their_truth():
    held = task_of({}, {"conditions": three_conditions()}).training(0).validation
    found = every(held.examples(shown=False))
    np.testing.assert_array_equal(found.seen.context, held.windows.contexts())
    np.testing.assert_array_equal(found.target, held.truth)


@pytest.mark.parametrize("shown", [False, True])
def test_frames_kept_in_memory_and_frames_read_again_are_the_same(shown):
    track = xr.DataArray(
        np.random.default_rng(0).normal(size=(200, 2)),
        dims=("time", "feature"),
        coords={"feature": ["a", "b"]},
        attrs={"units": "1"},
    )
    kept = (
        task_of({"stimulus": track, "conditions": three_conditions()}, {"stimulus": track})
        .training(0)
        .examples(shown=shown)
    )
    read = replace(kept, _kept_bytes=0)
    assert kept._is_kept and not read._is_kept
    rows = np.random.default_rng(1).permutation(len(kept))[:20]
    one, other = kept.batch(rows), read.batch(rows)
    for a, b in zip([*one.seen, one.target], [*other.seen, other.target], strict=True):
        np.testing.assert_array_equal(a, b)
    if shown:
        first = int(kept.start[rows[0]]) - kept.context
        expected = track.values[first : first + kept.context + kept.horizon]
        np.testing.assert_array_equal(kept.batch(rows).seen.stimulus[0], expected.astype(np.float32))


def test_what_was_not_observed_is_filled_in_contexts_and_missing_in_targets():
    activity = random_walks()
    activity[20:25, 1] = np.nan
    examples = task_of({}).training(0).examples(shown=False)
    gaps = made_task(made_dataset(made_recording(activity))).training(0).examples(shown=False)
    found = every(gaps)
    assert np.isfinite(found.seen.context).all()
    missing = ~np.isfinite(found.target)
    assert missing[:, :, 1].any() and not missing[:, :, [0, 2, 3, 4]].any()
    at = int(np.flatnonzero(gaps.start == 22)[0])
    np.testing.assert_array_equal(found.seen.context[at, -2:, 1], found.seen.context[at, -3, 1].repeat(2))
    assert len(gaps) == len(examples) and gaps.n_observed > 0


def test_no_frame_after_the_training_frames_is_looked_at():
    training = task_of({}).training(0)
    last = max(piece.stop for piece in training.pieces)
    assert training.examples(shown=False)._activity.shape[0] == last


def test_a_stimulus_that_is_not_finite_is_refused():
    values = np.zeros((200, 1))
    values[50] = np.nan
    track = xr.DataArray(values, dims=("time", "feature"), coords={"feature": ["a"]}, attrs={"units": "1"})
    examples = task_of({"stimulus": track}).training(0).examples(shown=True)
    with refused("E110", "recording.stimulus", "not finite"):
        every(examples)
