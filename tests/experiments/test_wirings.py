import numpy as np
import pytest
from made_brains import made_brain, made_task
from sklearn.metrics import roc_auc_score

from braincast.brain.nulls import identity_permuted
from braincast.errors import BraincastError
from braincast.experiments.wirings import common_neurons, compare_wirings, task_among
from braincast.tasks.truth import open_truth
from braincast.training.fit import fit


@pytest.fixture(scope="module")
def task():
    return made_task()


@pytest.fixture(scope="module")
def comparison(task):
    own = task.structure.connectome
    wirings = {"own": own, "again": own, "of another": identity_permuted(own, seed=5)}
    return compare_wirings(task, wirings, ["direct-weights"], metrics=["auroc", "auroc_within_fold"], n_draws=3)


def pair_of(comparison, a, b, metric="auroc"):
    return next(p for p in comparison.pairs if (p.a, p.b, p.metric) == (a, b, metric))


def test_the_score_with_a_wiring_is_scikit_learns_of_the_fitted_model(task, comparison):
    score = next(s for s in comparison.scores if s.wiring == "own" and s.metric == "auroc")
    truth = open_truth(task).targets["responds"][:, 0]
    seen = np.isfinite(truth)
    forecast = fit("direct-weights", task).forecast(task.cases("test")).values[:, 0]
    assert score.value == pytest.approx(roc_auc_score(truth[seen], forecast[seen]), abs=1e-12)
    assert comparison.n_pairs == seen.sum()


def test_a_wiring_does_not_differ_from_itself(comparison):
    pair = pair_of(comparison, "own", "again")
    assert (pair.difference, pair.ci) == (0.0, (0.0, 0.0))
    assert pair.forecast_correlation == pytest.approx(1.0)
    alike = comparison.likeness[0]
    assert (alike.a, alike.b, alike.jaccard) == ("own", "again", 1.0)
    assert alike.weight_correlation == pytest.approx(1.0)


def test_the_wiring_that_responses_follow_beats_its_rewired_copies_and_anothers(comparison):
    own = next(s for s in comparison.scores if s.wiring == "own" and s.metric == "auroc")
    assert len(own.rewired) == 3
    assert own.lead == pytest.approx(own.value - np.mean(own.rewired), abs=1e-12)
    assert own.lead_ci[0] > 0
    pair = pair_of(comparison, "own", "of another")
    assert pair.ci[0] > 0
    assert pair.forecast_correlation < 0.5
    assert own.rewired_correlation < 0.5
    assert next(p for p in comparison.likeness if (p.a, p.b) == ("own", "rewired")).jaccard < 0.3


def test_every_metric_asked_for_is_there(comparison):
    assert {s.metric for s in comparison.scores} == {"auroc", "auroc_within_fold"}
    assert comparison.to_dict()["n_neurons"] == 32


def test_a_task_among_fewer_neurons_asks_only_about_them_and_keeps_folds(task):
    kept = task.card.neurons[4:20]
    fewer = task_among(task, kept)
    assert fewer.card.neurons == kept
    folds = {case.id: case.fold for case in task.card.cases}
    assert [case.id for case in fewer.card.cases] == [n for n in kept if n in folds]
    assert all(case.fold == folds[case.id] for case in fewer.card.cases)
    assert fewer.hash != task.hash
    whole, part = open_truth(task).targets["responds"], open_truth(fewer).targets["responds"]
    np.testing.assert_array_equal(part, whole[4:20][:, :, 4:20])


def test_common_neurons_are_those_of_all_in_the_order_of_the_first():
    connectome = made_brain().connectome
    some, others = connectome.subgraph(connectome.neuron_ids[:6]), connectome.subgraph(connectome.neuron_ids[3:9][::-1])
    assert common_neurons([some, others]) == tuple(connectome.neuron_ids[3:6])
    with pytest.raises(BraincastError, match="E107"):
        common_neurons([some, connectome.subgraph(connectome.neuron_ids[10:])])


def test_a_wiring_without_a_neuron_of_the_task_is_refused(task):
    short = task.structure.connectome.subgraph(task.card.neurons[1:])
    with pytest.raises(BraincastError, match="E102"):
        compare_wirings(task, {"short": short}, ["direct-weights"], n_draws=1)


def test_a_comparison_without_rewirings_is_refused(task):
    with pytest.raises(BraincastError, match="E305"):
        compare_wirings(task, {}, ["direct-weights"], n_draws=0)
