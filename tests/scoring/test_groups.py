"""Groups of pairs: they partition what was measured; hops are those of networkx."""

import networkx
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from synthetic import answer, random_answer, small_task, worm

from braincast.scoring.any_task import score
from braincast.scoring.assessor import Assessor
from braincast.scoring.groups import pair_groups
from braincast.tasks.card import Stratum
from braincast.tasks.truth import open_truth


@pytest.fixture(scope="module")
def task():
    return small_task(n_resamples=20)


@pytest.fixture(scope="module")
def truth(task):
    return open_truth(task)


@pytest.fixture(scope="module")
def groups(task, truth):
    return pair_groups(task, truth)


@pytest.mark.parametrize("group", ["trials", "hops", "stimulated_class", "stimulus"])
def test_each_group_partitions_the_measured_pairs(groups, truth, group):
    members = np.sum([mask.astype(int) for mask in groups[group].values()], axis=0)
    measured = truth.measured[:, 0]
    assert measured.sum() > 500
    assert (members[measured] == 1).all()
    assert all((mask & measured).any() for mask in groups[group].values())


def test_trial_strata_follow_the_number_of_trials(groups, truth):
    n_trials = truth.n_trials[:, 0]
    np.testing.assert_array_equal(groups["trials"]["4–7 trials"], (n_trials >= 4) & (n_trials <= 7))
    np.testing.assert_array_equal(groups["trials"]["8+ trials"], n_trials >= 8)


def test_hops_are_the_shortest_paths_of_networkx(task, groups):
    connectome = worm().connectome
    graph = networkx.DiGraph()
    graph.add_nodes_from(connectome.neuron_ids)
    ids = np.array(connectome.neuron_ids)
    graph.add_edges_from(zip(ids[connectome.edges["pre"]], ids[connectome.edges["post"]], strict=True))
    far = dict(networkx.all_pairs_shortest_path_length(graph))
    hops = np.array([[far[case].get(neuron, 99) for neuron in task.card.neurons] for case in task.cases().ids])
    for label, mask in {"1 hop": hops == 1, "2 hops": hops == 2, "3+ hops": hops >= 3}.items():
        np.testing.assert_array_equal(groups["hops"][label], mask)


def test_a_stimulated_class_holds_exactly_the_cases_of_its_neurons(task, groups):
    for row, group in enumerate(task.cases().group):
        inside = {label: mask[row] for label, mask in groups["stimulated_class"].items()}
        assert inside[group].all() and not any(mask.any() for label, mask in inside.items() if label != group)


def test_a_stimulus_holds_exactly_its_case(task, groups):
    for row, case in enumerate(task.cases().ids):
        assert [label for label, mask in groups["stimulus"].items() if mask[row].any()] == [case]


def test_the_primary_metric_inside_a_group_is_that_of_its_pairs_alone(task, truth, groups):
    forecast = random_answer(task, 3)
    scored = score(task, forecast).models["forecast"].groups
    outcome, prediction = truth.targets["responds"][:, 0], forecast.values[:, 0].astype(float)
    assert set(scored) == set(groups)
    for group, masks in groups.items():
        for label, mask in masks.items():
            pairs = mask & np.isfinite(outcome)
            assert scored[group][label].n == pairs.sum()
            if 0 < outcome[pairs].sum() < pairs.sum():
                expected = roc_auc_score(outcome[pairs], prediction[pairs])
                assert scored[group][label].value == pytest.approx(expected, rel=1e-12)


def test_a_group_is_undefined_exactly_where_it_has_one_outcome_only(task, truth):
    outcome = np.nan_to_num(truth.targets["responds"][:, 0])
    silenced = small_task(n_resamples=20, strata={"trials": (Stratum(label="none", lower=1e6),)})
    assert score(silenced, random_answer(silenced)).models["forecast"].groups["trials"]["none"].value is None
    scored = score(task, answer(task, np.full(outcome.shape, 0.5))).models["forecast"].groups["stimulated_class"]
    for label, entry in scored.items():
        rows = [row for row, group in enumerate(task.cases().group) if group == label]
        assert entry.value == (0.5 if outcome[rows].any() else None)


def test_few_pairs_get_no_interval_and_strata_do(task):
    scored = score(task, random_answer(task)).models["forecast"].groups
    assert all(entry.ci is None for entry in scored["stimulated_class"].values())
    assert all(entry.ci is not None for entry in scored["trials"].values())


def test_a_task_without_strata_still_groups_by_stimulus_and_its_class():
    task = small_task(strata={}, n_resamples=5)
    assert set(Assessor(task).groups) == {"stimulated_class", "stimulus"}
