"""Imputations scored: every neuron where it was hidden, around its training mean, beside the homologue bound."""

import numpy as np
import pytest
from made_imputations import NAMES, NOISE, imputation_task
from refusals import refused
from scipy import stats

from braincast.scoring.any_task import compare, score
from braincast.scoring.imputation.assessor import ImputationAssessor
from braincast.scoring.imputation.in_windows import answered_in_windows, asked_in_windows
from braincast.scoring.imputation.measures import neuron_correlation, neuron_r2
from braincast.scoring.imputation.scorecard import score_imputations
from braincast.scoring.scores import Contender
from braincast.training.fit import fit


@pytest.fixture(scope="module")
def task():
    return imputation_task(n_animals=3)


@pytest.fixture(scope="module")
def answers(task):
    return {name: fit(name, task).forecast(task.cases()) for name in ("mean", "class-mean", "ridge-rest")}


@pytest.fixture(scope="module")
def card(task, answers):
    return score(task, answers)


@pytest.fixture(scope="module")
def truth(task):
    """What all neurons did, [case, lead, neuron]."""
    windows = task.cases()
    frames = zip(windows.recording, windows.start, strict=True)
    return np.stack([task.recordings[n].frames(int(s), int(s) + windows.horizon) for n, s in frames])


def by_hand(task, truth, answer, of):
    """A figure of each neuron's own hidden values, mean over neurons of an animal, then over animals."""
    windows = task.cases()
    groups, animals = np.array(task.card.imputation.groups), []
    for number in range(3):
        each = []
        for neuron, group in enumerate(groups):
            rows = (windows.recording == number) & windows.hidden[:, neuron]
            each.append(of(truth[rows, :, neuron].ravel(), answer[rows, :, neuron].ravel()))
            assert rows.sum() * len(task.card.hidden_groups) == (windows.recording == number).sum() and group >= 0
        animals.append(np.mean(each))
    return np.mean(animals)


def test_the_primary_metric_is_the_mean_r2_of_neurons_around_their_training_mean(task, truth, answers, card):
    def r2(true, said):
        true, said = true.astype(float), said.astype(float)
        return 1 - ((said - true) ** 2).sum() / (true**2).sum()

    expected = by_hand(task, truth, answers["ridge-rest"].values, r2)
    assert card.models["ridge-rest"].metrics["neuron_r2"].value == pytest.approx(expected, rel=1e-9)
    assert card.models["mean"].metrics["neuron_r2"].value == 0.0


def test_correlation_of_neurons_is_pearsons_and_a_constant_has_none(task, truth, answers, card):
    expected = by_hand(task, truth, answers["ridge-rest"].values, lambda a, b: stats.pearsonr(a, b).statistic)
    assert card.models["ridge-rest"].metrics["neuron_correlation"].value == pytest.approx(expected, rel=1e-6)
    assert card.models["mean"].metrics["neuron_correlation"].value is None


def test_what_is_said_of_visible_neurons_does_not_count(task, answers, card):
    answer = answers["ridge-rest"].copy(deep=True)
    answer.values[np.repeat(~task.cases().hidden[:, None], task.card.horizon, axis=1)] = 7.0
    again = score(task, {**answers, "ridge-rest": answer})
    assert again.models["ridge-rest"].metrics == card.models["ridge-rest"].metrics


def test_the_truth_itself_has_r2_one_and_worse_than_the_mean_is_negative_and_not_clipped(task, truth):
    found = score_imputations(task, {"oracle": Contender((truth,)), "far": Contender((truth + 9,))}).models
    assert found["oracle"].metrics["neuron_r2"].value == 1.0
    assert found["far"].metrics["neuron_r2"].value < -50


def test_homologues_bound_what_can_be_told(card):
    bound = card.to_dict()["ceiling"]["homologues"]
    assert bound["n_pairs"] == 4 and bound["share_reliable"] == 0.8
    assert bound["reliability"] == pytest.approx(1 / (1 + NOISE**2), abs=0.05)
    assert bound["reliability_ci"][0] < bound["reliability"] < bound["reliability_ci"][1]
    # Four to six others of the same signal tell it almost.
    assert 0.8 < card.models["ridge-rest"].metrics["neuron_r2"].ceiling_share < 1.05


def test_intervals_are_over_animals_and_differences_are_paired(card):
    assert card.intervals["n_animals"] == 3
    own = card.models["ridge-rest"].metrics["neuron_r2"]
    assert own.ci[0] < own.value < own.ci[1] and len(own.by_lead) == 8
    assert compare(card, "ridge-rest", "class-mean", "neuron_r2").ci[0] > 0
    assert set(card.models["ridge-rest"].groups) >= {"animal", "activity"}


def test_skill_of_single_neurons_over_the_mean_is_their_r2(task, truth, answers, card):
    rows = task.cases().hidden[:, 0]
    true, said = truth[rows, :, 0].astype(float), answers["ridge-rest"].values[rows, :, 0].astype(float)
    expected = 1 - ((said - true) ** 2).sum() / (true**2).sum()
    assert card.neurons["ridge-rest"].skill[0] == pytest.approx(expected, rel=1e-6)


def test_groups_of_neurons_are_means_over_their_members(task, answers):
    assessor = ImputationAssessor(task)
    sums = assessor.sums(answered_in_windows(task.card, Contender((answers["ridge-rest"],)), "x"), "x")
    _, columns = assessor.measure_columns(sums)
    gathered = answered_in_windows(task.card, Contender((answers["ridge-rest"],)), "x").forecasts[0]
    r2 = assessor.r2_by_recording(gathered)
    for column in range(assessor.grouping.n_columns):
        inside = (assessor.grouping.column == column).any(axis=0)
        assert columns[0, column] == pytest.approx(r2[:, inside].mean(), rel=1e-9)
        assert assessor.leads_within(sums, inside).shape == (8,)


def test_neurons_that_never_left_their_mean_are_left_out():
    sums = {"truth_squared": np.array([[4.0, 0.0]]), "squared_error": np.array([[1.0, 2.0]])}
    assert neuron_r2(sums) == 0.75
    constant = {
        **dict.fromkeys(("truth", "prediction", "product"), np.zeros((1, 2))),
        "count": np.full((1, 2), 3.0),
        "truth_squared": np.array([[2.0, 0.0]]),
        "prediction_squared": np.array([[0.0, 1.0]]),
    }
    assert np.isnan(neuron_correlation(constant))


def test_what_is_no_answer_is_refused(task, truth, answers):
    broken = truth.copy()
    broken[0, 0, 0] = np.nan
    with refused("E208", "not finite"):
        score_imputations(task, {"x": Contender((broken,))})
    with refused("E212", "shape"):
        score_imputations(task, {"x": Contender((truth[:9],))})
    with refused("E306", "forecast task"):
        asked_in_windows(asked_in_windows(task))
    assert answers["mean"].sizes["neuron"] == len(NAMES)
