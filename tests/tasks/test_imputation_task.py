"""What an imputation task hides, from whom, and how its declaration is made."""

import json

import numpy as np
import pytest
from fetched import fetched
from made_imputations import NAMES, imputation_dataset, imputation_task
from made_recordings import made_dataset
from pydantic import ValidationError
from refusals import refused

from braincast.datasets.registry import load_dataset
from braincast.tasks.forecasting.truth import open_window_truth
from braincast.tasks.imputation.build import build_imputation
from braincast.tasks.imputation.declared import DECLARED, declare
from braincast.tasks.imputation.imputation import Imputation, dealt
from braincast.tasks.kinds import card_of_json
from braincast.tasks.plain.folder import write_task
from braincast.tasks.registry import task_card


@pytest.fixture(scope="module")
def task():
    return imputation_task()


def test_every_neuron_is_hidden_in_one_group_and_homologues_in_the_same():
    groups = np.array(dealt(NAMES, 3, seed=0).groups)
    assert (groups[0:8:2] == groups[1:8:2]).all()
    assert set(groups) == {0, 1, 2} and np.bincount(groups).max() - np.bincount(groups).min() <= 2
    assert dealt(NAMES, 3, seed=0) == dealt(NAMES, 3, seed=0) != dealt(NAMES, 3, seed=1)


@pytest.mark.parametrize("n_groups", [1, 7])
def test_there_are_two_groups_at_least_and_no_more_than_units(n_groups):
    with refused("E122", "groups"):
        dealt(NAMES, n_groups, seed=0)


def test_groups_without_a_gap_and_one_for_each_neuron_are_demanded(task):
    with pytest.raises(ValidationError, match="without a gap"):
        Imputation(seed=0, groups=(0, 2))
    with pytest.raises(ValidationError, match="every neuron is in one group"):
        type(task.card).model_validate({**task.card.model_dump(), "imputation": {"seed": 0, "groups": (0, 1)}})
    with pytest.raises(ValidationError, match="a context of one frame"):
        type(task.card).model_validate({**task.card.model_dump(), "kind": "forecast", "imputation": None})


def test_each_window_is_asked_about_once_for_each_group_and_windows_do_not_overlap(task):
    cases = task.card.cases
    starts = sorted({case.start for case in cases})
    assert len(cases) == 3 * len(starts) and len({case.id for case in cases}) == len(cases)
    assert np.all(np.diff(starts) == task.card.horizon)
    assert [case.hidden for case in cases[:3]] == [0, 1, 2]


def test_visible_neurons_are_told_as_they_are_and_hidden_ones_not_at_all(task):
    windows = task.cases()
    seen, hidden = windows.visible(), windows.hidden
    assert np.isnan(seen[np.repeat(hidden[:, None], 8, axis=1)]).all()
    whole = np.stack([task.recordings[0].frames(int(s), int(s) + 8) for s in windows.start])
    shown = np.repeat(~hidden[:, None], 8, axis=1)
    np.testing.assert_array_equal(seen[shown], whole[shown])
    assert windows.contexts().shape == (len(windows), 0, len(NAMES))
    part = windows.where(windows.start == windows.start[0])
    np.testing.assert_array_equal(part.visible(), seen[:3])


def test_only_what_was_hidden_counts_in_the_truth_and_in_validation(task):
    truth = open_window_truth(task).read(slice(0, 3), slice(0, 5))
    assert (np.isfinite(truth) == task.cases().hidden[:3, None, :5]).all()
    held = task.training(0).validation
    assert (np.isfinite(held.truth) == held.windows.hidden[:, None]).all()
    np.testing.assert_array_equal(task.training(0).groups, task.card.imputation.groups)


def test_a_gap_among_visible_values_is_filled_within_the_window():
    dataset = imputation_dataset()
    card = imputation_task().card
    recording = dataset.specimens["a0"].recordings["all"]
    start = card.cases[0].start
    recording.activity[start + 2 : start + 4] = np.nan
    from braincast.tasks.forecasting.task import ForecastTask

    seen = ForecastTask(card, lambda: dataset.specimens).cases().visible()[0]
    shown = ~np.isnan(seen[0])
    assert (seen[2:4, shown] == seen[1, shown]).all() and np.isfinite(seen[:, shown]).all()


def test_a_declaration_is_read_as_what_it_was_written(task):
    assert card_of_json(task.card.model_dump_json()).hash == task.hash


def test_too_few_neurons_for_the_groups_are_refused():
    with refused("E122", "groups"):
        build_imputation(made_dataset(), "made", n_groups=8)


def test_plain_files_hide_what_the_task_hides(task, tmp_path):
    folder = write_task(task, made_dataset().card, tmp_path / "task", n_null_draws=0)
    np.testing.assert_array_equal(np.load(folder / "visible.npy"), task.cases().visible())
    held = task.training(0).validation
    np.testing.assert_array_equal(np.load(folder / "fold-0" / "validation-visible.npy"), held.windows.visible())
    assert json.loads((folder / "task.json").read_text())["imputation"]["groups"] == list(task.card.imputation.groups)
    assert not (folder / "contexts.npy").exists()


def test_windows_and_groups_are_the_same_for_animals_never_seen():
    within, transfer = task_card("human-imputation"), task_card("human-imputation-transfer")
    assert within.imputation == transfer.imputation
    assert [case.id for case in within.cases] == [case.id for case in transfer.cases]
    assert all(set(fold.answers).isdisjoint(fold.learns_from) for fold in transfer.folds)


def test_the_built_in_tasks_are_made_again_bit_for_bit(test_data):
    fetched("human-hcp")
    human, worm = load_dataset("human-hcp"), load_dataset("worm-atanas2023", from_path=test_data)
    for name, declared in DECLARED.items():
        made = declare(name, worm if declared.dataset == "worm-atanas2023" else human)
        assert made == task_card(name) and made.hash == task_card(name).hash
