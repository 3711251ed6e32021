import numpy as np
import pytest
from synthetic import random_answer, small_task, worm

from braincast.scoring.exhibits import exhibits
from braincast.scoring.scores import Contender
from braincast.tasks.truth import open_truth


@pytest.fixture(scope="module")
def task():
    return small_task()


@pytest.fixture(scope="module")
def shown(task):
    contenders = {name: Contender((random_answer(task, seed=seed),)) for seed, name in enumerate("abc")}
    return exhibits(task, contenders, ("b", "a"))


def test_the_observed_map_is_the_truth_of_the_test_cases(task, shown):
    truth = open_truth(task)
    np.testing.assert_array_equal(shown.measured, truth.measured[:, 0])
    np.testing.assert_array_equal(shown.responds, truth.targets["responds"][:, 0] == 1)
    np.testing.assert_array_equal(shown.mean_response, truth.targets["mean_response"][:, 0])
    np.testing.assert_array_equal(shown.n_trials > 0, shown.measured)


def test_q_belongs_to_its_pair_although_the_responses_list_neurons_in_another_order(task, shown):
    responses = worm().responses
    for row, column in [(0, 5), (7, 11), (20, 39)]:
        stimulated, responding = shown.neurons[shown.stimulated[row]], shown.neurons[column]
        found = responses.q[responses.neurons.index(stimulated), responses.neurons.index(responding)]
        np.testing.assert_equal(shown.q[row, column], found)
    seen = shown.measured
    np.testing.assert_array_equal(shown.responds[seen], shown.q[seen] < 0.05)


def test_rows_are_cases_and_the_forecasts_are_those_asked_for(task, shown):
    cases = task.cases("test")
    assert [shown.neurons[column] for column in shown.stimulated] == [name for (name,) in cases.stimulated]
    assert list(shown.predicted) == ["b", "a"]
    np.testing.assert_allclose(shown.predicted["b"], random_answer(task, seed=1).values[:, 0])


def test_what_was_measured_is_counted(shown):
    counts = shown.counts()
    assert counts["pairs"] == shown.measured.sum() and counts["responses"] == shown.responds.sum()
    assert counts["trials"] == shown.n_trials.sum()
    assert counts["stimulated"] == len(shown.stimulated) and counts["responding"] <= len(shown.neurons)
    assert {type(value) for value in counts.values()} == {int}


def test_a_brain_without_regions_and_positions_has_none_to_show(shown):
    assert set(shown.regions) == {""} and np.isnan(shown.position_um).all()


def test_places_follow_the_order_of_the_task(worm_atlas):
    from braincast.tasks.registry import load_task

    task = load_task("worm-perturbation")
    answer = random_answer(task)
    shown = exhibits(task, {"a": Contender((answer,))}, ("a",))
    table = worm_atlas.specimens["wt"].connectome.neurons.set_index("id")
    for name in ("AVAL", "DD6", "ASEL"):
        place = shown.position_um[shown.neurons.index(name)]
        np.testing.assert_array_equal(place, table.loc[name, ["x_um", "y_um", "z_um"]].to_numpy(float))
        assert shown.regions[shown.neurons.index(name)] == table.loc[name, "region"]


def test_a_task_of_several_leads_has_no_maps():
    task = small_task(leads=("early", "late"))
    assert exhibits(task, {}, ()) is None
