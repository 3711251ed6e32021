"""Rollouts scored: controls beside, intervals, refusals, and the ranking that chaotic brains must give."""

import numpy as np
import pytest
from made_rollouts import HORIZON, rollout_task
from refusals import refused

from braincast.datasets.registry import load_dataset
from braincast.scoring.any_task import compare, score
from braincast.scoring.rollouts.assessor import RolloutAssessor
from braincast.scoring.rollouts.scorecard import score_rollouts
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.registry import task_card
from braincast.tasks.rollouts.declared import declare
from braincast.training.fit import fit

ORDERED = ("spectral_hellinger", "invariant_kl", "autocorrelation_error", "covariance_error")


@pytest.fixture(scope="module")
def task():
    return rollout_task(n_animals=3, undriven=("mean",))


@pytest.fixture(scope="module")
def answers(task):
    return {name: fit(name, task).forecast(task.cases()) for name in ("mean", "ar", "var")}


@pytest.fixture(scope="module")
def card(task, answers):
    return score(task, answers)


def test_controls_stand_beside_every_model(card):
    assert [name for name, own in card.models.items() if own.role == "control"] == ["truth", "surrogate", "shuffled"]
    assert set(card.to_dict()["ceiling"]["truth"]) == set(card.models["var"].metrics)


def test_a_model_of_the_right_kind_is_nearer_than_one_of_single_neurons_and_a_constant(card):
    value = {name: own.metrics["spectral_hellinger"].value for name, own in card.models.items()}
    assert value["truth"] < 0.2 > value["var"] and value["mean"] == 1.0
    # Surrogates and a model of each neuron alone lack what neurons share.
    shared = {name: own.metrics["covariance_error"].value for name, own in card.models.items()}
    assert shared["var"] < shared["surrogate"]
    assert value["shuffled"] > 2 * value["truth"] and value["surrogate"] < 2 * value["truth"]


def test_shares_of_the_way_to_the_floor_are_one_for_the_truth_and_nothing_for_the_baseline(card):
    share = {name: own.metrics["spectral_hellinger"].ceiling_share for name, own in card.models.items()}
    assert share["truth"] == 1.0 and share["mean"] == 0.0 and share["var"] > 0.8


def test_the_answers_that_followed_are_at_no_distance(task):
    assessor = RolloutAssessor(task)
    perfect = np.zeros((len(task.card.cases), HORIZON, 4))
    for place in assessor.places:
        perfect[place.rows, task.card.rollout.settle :] = place.truth
    found = score_rollouts(task, {"oracle": Contender((perfect,))}, assessor=assessor).models["oracle"].metrics
    for key in (*ORDERED, "autocorrelation_time_error", "lyapunov_error"):
        assert found[key].value == pytest.approx(0.0, abs=1e-6)


def test_intervals_are_over_animals_and_differences_are_paired(card):
    assert card.intervals["n_animals"] == 3 and not card.intervals["within_one_animal"]
    pair = compare(card, "ar", "mean", "spectral_hellinger")
    assert pair.ci[1] < 0
    own = card.models["var"].metrics["spectral_hellinger"]
    assert own.ci[0] <= own.value <= own.ci[1]


def test_a_model_is_compared_with_its_own_nulls(task, answers):
    null = Contender((answers["ar"],), "null", "var")
    own = {name: Contender((answers[name],)) for name in ("mean", "var")}
    found = score_rollouts(task, {**own, "var@no-edges": null})
    pair = next(one for one in found.comparisons if (one.a, one.b) == ("var", "var@no-edges"))
    first, other = (found.models[name].metrics[task.card.primary].value for name in ("var", "var@no-edges"))
    assert pair.difference == pytest.approx(first - other) and pair.ci[0] <= pair.difference <= pair.ci[1]


def test_a_path_that_blew_up_is_counted_and_timed(task, answers):
    path = answers["mean"].values.copy()
    path[0, 25:] = 50.0
    name = answers["mean"].copy(data=path)
    found = score(task, {"wild": name}).models["wild"].metrics
    n = len(path)
    assert found["blown_up"].value == pytest.approx(1 / n)
    assert found["stable_share"].value == pytest.approx(1 - 0.5 / n)


def test_what_is_no_answer_is_refused(task, answers):
    own = answers["ar"]
    with refused("E208", "not finite"):
        score_rollouts(task, {"x": Contender((np.full(own.shape, np.nan),))})
    with refused("E212", "shape"):
        score_rollouts(task, {"x": Contender((own.values[:, :9],))})
    with refused("E305", "truth"):
        score(task, {"truth": own})
    with refused("E306", "forecast task"):
        from made_recordings import made_task

        RolloutAssessor(made_task())


@pytest.mark.slow  # 24,000 frames made, three models fitted and scored: 20 s
def test_measures_rank_truth_nonlinear_autoregression_and_mean():
    dataset = load_dataset("synthetic-lorenz63", offline=True)
    card = declare("lorenz63-rollout", dataset)
    assert card.hash == task_card("lorenz63-rollout").hash
    task = ForecastTask(card, lambda: dataset.specimens)
    found = score(task, {model: fit(model, task).forecast(task.cases()) for model in ("mean", "ar", "nvar")})
    for key in ORDERED:
        value = {row: own.metrics[key].value for row, own in found.models.items()}
        # The fitted law is as good as truth against truth: no more than that can be told apart.
        within = found.models["truth"].metrics[key].ci
        assert value["nvar"] <= within[1] and value["nvar"] < value["ar"] < value["mean"]
        assert value["truth"] < value["ar"]
    exponent = {row: own.metrics["lyapunov_error"].value for row, own in found.models.items()}
    assert exponent["nvar"] < 0.3 < exponent["ar"] and exponent["mean"] is None
