"""Parting a brain: what follows test windows is nowhere in what everybody may have, and all else is as it was."""

from __future__ import annotations

import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task, random_walks, three_conditions
from refusals import refused

from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.hiding import asked_of, parted
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import open_window_truth


@pytest.fixture(scope="module")
def dataset():
    return made_dataset(made_recording(random_walks(), conditions=three_conditions()))


@pytest.fixture(scope="module")
def task(dataset):
    """Windows of 6 + 3 frames, none of which looks into what another asks about."""
    return made_task(dataset, stride=9)


def public_task(task, public) -> ForecastTask:
    """The same windows of the public recording."""
    dataset = made_dataset(next(iter(public.recordings.values())), name="public")
    specimen = {public.name: public}
    card = task.card.model_copy(update={"dataset": dataset.card.name, "dataset_hash": dataset.card.hash})
    return ForecastTask(card, lambda: specimen)


def test_hidden_frames_are_missing_and_all_others_are_as_they_were(task):
    found = parted(task)
    [before] = next(iter(task.specimens.values())).recordings.values()
    [after] = found.public.recordings.values()
    asked = np.zeros(before.n_frames, dtype=bool)
    for case in task.card.cases:
        asked[case.start : case.start + task.card.horizon] = True
    assert asked.sum() == len(task.card.cases) * task.card.horizon
    assert np.isnan(after.activity[asked]).all()
    np.testing.assert_array_equal(after.activity[~asked], before.activity[~asked].astype(np.float32))


def test_models_are_told_the_same_contexts_and_the_truth_is_what_was_taken_out(task):
    found = parted(task)
    public = public_task(task, found.public)
    np.testing.assert_array_equal(public.cases("test").contexts(), task.cases("test").contexts())
    np.testing.assert_array_equal(found.truth, open_window_truth(task).read(slice(None), slice(None)))
    assert np.isfinite(found.truth).all()
    assert np.isnan(open_window_truth(public).read(slice(None), slice(None))).all()


def test_windows_that_look_into_what_others_ask_are_refused(dataset):
    with refused("E305", "--stride 9"):
        parted(made_task(dataset, stride=2))


def test_several_specimens_are_refused():
    two = made_dataset({name: made_recording(random_walks(seed=seed)) for seed, name in enumerate("ab")})
    with refused("E305", "2 specimens"):
        parted(made_task(two, stride=9))


def test_the_same_windows_are_asked_of_a_dataset_whose_recordings_are_named_alike(task, dataset):
    other = made_dataset(made_recording(random_walks(seed=5), conditions=three_conditions()), name="other")
    card = asked_of(task.card, other, "other-forecast")
    assert isinstance(card, ForecastCard)
    assert (card.name, card.dataset, card.hash) != (task.card.name, task.card.dataset, task.card.hash)
    assert [case.id for case in card.cases] == [case.id for case in task.card.cases]
    fewer = made_dataset(made_recording(random_walks(n_neurons=3)), name="fewer")
    with refused("E307", "fewer"):
        asked_of(task.card, fewer, "x")
