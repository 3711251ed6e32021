"""The scorecard: the JSON contract, paired comparisons, baselines, names that are not known."""

import json
from dataclasses import replace

import numpy as np
import pytest
from refusals import refused
from scipy import stats
from sklearn.metrics import roc_auc_score
from synthetic import answer, random_answer, small_task

from braincast.scoring.any_task import compare, score
from braincast.scoring.assessor import Assessor
from braincast.scoring.bootstrap import interval, two_sided_p
from braincast.scoring.scorecard import score_answers
from braincast.scoring.scores import Contender, Cost
from braincast.tasks.truth import open_truth

METRIC_FIELDS = ["value", "ci", "n", "skill", "ceiling_share", "by_lead"]
MODEL_FIELDS = {"role", "of", "metrics", "groups", "replicates", "cost"}


@pytest.fixture(scope="module")
def task():
    return small_task()


@pytest.fixture(scope="module")
def outcome(task):
    return open_truth(task).targets["responds"]


@pytest.fixture(scope="module")
def forecasts(task, outcome):
    """A floor, a good model, three draws of its null, and a control."""
    good = answer(task, 0.3 * np.nan_to_num(outcome) + 0.5 * random_answer(task, 1).values)
    draws = tuple(random_answer(task, seed) for seed in (2, 3, 4))
    return {
        "good": Contender((good,), cost=Cost(1.0, 0.5, 12)),
        "responder-propensity": Contender((random_answer(task, 5),), role="baseline"),
        "good null": Contender(draws, role="null", of="good"),
        "good transposed": Contender((random_answer(task, 6),), role="control", of="good"),
    }


@pytest.fixture(scope="module")
def card(task, forecasts):
    return score(task, forecasts)


def test_the_document_keeps_the_json_contract(card, task):
    document = json.loads(json.dumps(card.to_dict(), allow_nan=False))
    assert (document["task"], document["version"], document["task_hash"]) == (task.name, "1", task.hash)
    assert (document["baseline"], document["primary"]) == ("responder-propensity", "auroc")
    assert set(document["models"]) == {"good", "responder-propensity", "good null", "good transposed"}
    for entry in document["models"].values():
        assert set(entry) == MODEL_FIELDS
        assert tuple(entry["metrics"]) == task.card.metric_keys
        for found in entry["metrics"].values():
            assert list(found) == METRIC_FIELDS
            assert found["by_lead"] is None and len(found["ci"]) == 2 and found["n"] > 0
    assert document["models"]["good"]["role"] == "model" and document["models"]["good"]["of"] is None
    assert document["models"]["good null"]["role"] == "null" and document["models"]["good null"]["of"] == "good"
    assert document["models"]["good"]["cost"] == {"fit_s": 1.0, "forecast_s": 0.5, "parameters": 12}
    assert document["models"]["good null"]["cost"] == {"fit_s": None, "forecast_s": None, "parameters": None}
    assert {tuple(entry) for entry in document["comparisons"]} == {("a", "b", "metric", "difference", "ci", "p")}


def test_what_cannot_be_defined_is_null_and_never_nan(task):
    document = score(task, answer(task, np.full(task.cases().shape, 0.5))).to_dict()
    text = json.dumps(document, allow_nan=False)
    metrics = json.loads(text)["models"]["forecast"]["metrics"]
    assert metrics["correlation"]["value"] is None and metrics["correlation"]["ci"] is None
    assert metrics["auroc"]["value"] == 0.5 and metrics["auroc"]["skill"] is None


def test_certainty_that_was_wrong_is_null_and_raises_no_warning(task, outcome):
    wrong = answer(task, 1 - np.nan_to_num(outcome))
    card = score(task, {"wrong": wrong, "responder-propensity": wrong.copy()})
    found = card.to_dict()["models"]["wrong"]["metrics"]
    assert found["log_loss"]["value"] is None and found["log_loss"]["ci"] is None and found["auroc"]["value"] == 0.0
    assert compare(card, "wrong", "responder-propensity", "log_loss").difference is None
    json.dumps(card.to_dict(), allow_nan=False)


def test_a_perfect_forecast_scores_perfect(task, outcome):
    metrics = score(task, answer(task, np.nan_to_num(outcome, nan=0.5))).models["forecast"].metrics
    perfect = {"auroc": 1, "auroc_within_fold": 1, "auroc_per_stimulus": 1, "average_precision": 1, "r2": 1}
    for key, value in (perfect | {"brier": 0, "log_loss": 0, "mae": 0}).items():
        assert metrics[key].value == pytest.approx(value, abs=1e-12), key


def test_values_are_those_of_the_measured_pairs_alone(card, forecasts, outcome):
    measured = np.isfinite(outcome)
    expected = roc_auc_score(outcome[measured], forecasts["good"].forecasts[0].values[measured])
    found = card.models["good"].metrics["auroc"]
    assert found.value == pytest.approx(expected, rel=1e-12)
    assert found.n == measured.sum()
    assert found.ci[0] < found.value < found.ci[1]


def test_correlations_use_only_pairs_with_enough_trials(card, task, forecasts):
    truth = open_truth(task)
    enough = truth.n_trials >= 8
    prediction = forecasts["good"].forecasts[0].values[enough].astype(float)
    mean_response = truth.targets["mean_response"][enough]
    for key, referee in {"correlation": stats.pearsonr, "rank_correlation": stats.spearmanr}.items():
        found = card.models["good"].metrics[key]
        assert found.n == enough.sum() < truth.measured.sum()
        assert found.value == pytest.approx(referee(prediction, mean_response).statistic, rel=1e-9)


def test_skill_is_against_the_baseline_on_the_same_pairs(card):
    good, floor = (card.models[name].metrics for name in ("good", "responder-propensity"))
    for key, perfect in {"auroc": 1.0, "brier": 0.0, "mae": 0.0}.items():
        expected = (good[key].value - floor[key].value) / (perfect - floor[key].value)
        assert good[key].skill == pytest.approx(expected, rel=1e-12)
        assert floor[key].skill == pytest.approx(0.0, abs=1e-12)


def test_several_draws_score_as_their_mean(card, forecasts, outcome):
    measured = np.isfinite(outcome)
    each = [roc_auc_score(outcome[measured], draw.values[measured]) for draw in forecasts["good null"].forecasts]
    assert card.models["good null"].replicates == pytest.approx(each, rel=1e-12)
    assert card.models["good null"].metrics["auroc"].value == pytest.approx(np.mean(each), rel=1e-12)


def test_each_model_is_compared_with_the_baseline_and_with_its_own_nulls_and_controls(card):
    pairs = [(entry.a, entry.b) for entry in card.comparisons]
    assert pairs == [("good", "responder-propensity"), ("good", "good null"), ("good", "good transposed")]
    groups = {entry.group for entry in card.group_comparisons}
    assert groups == {f"trials: {x} trials" for x in ("1–3", "4–7", "8+")} | {
        f"hops: {x}" for x in ("1 hop", "2 hops", "3+ hops")
    }


def test_a_comparison_is_paired_on_the_same_resamples(card):
    samples = card.samples["good", "auroc"] - card.samples["good null", "auroc"]
    found = compare(card, "good", "good null", "auroc")
    assert found.difference == samples[0]
    assert found.ci == interval(samples)
    assert found.p == two_sided_p(samples)
    assert found in card.comparisons
    turned = compare(card, "good null", "good", "auroc")
    assert turned.difference == -found.difference and turned.p == found.p


def test_equal_forecasts_differ_by_nothing(task):
    forecast = random_answer(task)
    card = score(task, {"a": forecast, "b": forecast.copy()})
    found = compare(card, "a", "b", "average_precision")
    assert (found.difference, found.ci, found.p) == (0.0, (0.0, 0.0), 1.0)
    assert card.baseline is None and card.comparisons == ()


def test_scoring_beside_others_changes_no_number(task, card, forecasts):
    alone = score(task, {"good": forecasts["good"]}).models["good"].metrics
    for key, found in card.models["good"].metrics.items():
        assert (alone[key].value, alone[key].ci, alone[key].n) == (found.value, found.ci, found.n)


def test_a_chosen_baseline_takes_the_place_of_the_task_s_own(task):
    forecasts = {name: random_answer(task, seed) for seed, name in enumerate("ab")}
    card = score(task, forecasts, baseline="b")
    assert card.baseline == "b"
    assert card.models["b"].metrics["auroc"].skill == 0.0
    assert [(entry.a, entry.b) for entry in card.comparisons] == [("a", "b")]


def test_an_unknown_baseline_is_refused_with_the_nearest_name(task):
    with refused("E303", "did you mean 'propensity'"):
        score(task, {"propensity": random_answer(task)}, baseline="propensiti")


def test_an_unknown_metric_of_a_comparison_is_refused_with_the_nearest_name(card):
    with refused("E304", "did you mean 'auroc'"):
        compare(card, "good", "good null", "auroq")


def test_an_unknown_name_in_a_comparison_is_refused_with_the_nearest_name(card):
    with refused("E303", "did you mean 'good'"):
        compare(card, "god", "good null", "auroc")


@pytest.mark.parametrize("key", ["auroq", "mse"])
def test_a_metric_that_the_task_does_not_use_is_refused(task, key):
    with refused("E304"):
        Assessor(task).use(key)


def test_a_single_forecast_takes_its_model_s_name(task):
    forecast = random_answer(task, model="mine")
    assert list(score(task, forecast).models) == ["mine"]
    assert list(score(task, Contender((forecast,), role="baseline")).models) == ["mine"]


def test_a_contender_without_a_forecast_is_refused():
    with refused("E305"):
        Contender(())


def test_every_forecast_is_checked_before_it_is_scored(task):
    bad = random_answer(task)
    bad.values[3, 0, 5] = np.nan
    with refused("E208", "second", task.cases().ids[3], task.card.neurons[5]):
        score(task, {"first": random_answer(task), "second": bad})


def test_the_xarray_holds_the_same_numbers(card):
    table = card.to_xarray()
    found = card.models["good"].metrics["brier"]
    cell = table.sel(model="good", metric="brier")
    assert float(cell["value"]) == found.value and int(cell["n"]) == found.n
    assert (float(cell["lower"]), float(cell["upper"])) == found.ci
    assert table.attrs["task"] == card.task


def test_the_xarray_has_nan_where_nothing_is_defined(task):
    table = score(task, answer(task, np.full(task.cases().shape, 0.5))).to_xarray()
    assert np.isnan(table.sel(model="forecast", metric="correlation")["value"])
    assert np.isnan(table.sel(model="forecast", metric="correlation")["lower"])


def test_the_html_is_escaped(task):
    page = score(task, {"<script>alert(1)</script>": random_answer(task)}).to_html()
    assert "<script>" not in page and "&lt;script&gt;" in page and "auroc" in page


def test_the_html_says_where_a_value_is_undefined(task):
    nothing = small_task(primary="correlation")
    page = score(nothing, answer(nothing, np.full(task.cases().shape, 0.5))).to_html()
    assert "undefined" in page


def test_an_assessor_may_be_shared_by_several_scorings(task, forecasts, card):
    assessor = Assessor(task)
    for name in ("good", "good null"):
        found = score_answers(task, {name: replace(forecasts[name], of=None)}, assessor=assessor).models[name].metrics
        assert {key: entry.value for key, entry in found.items()} == {
            key: entry.value for key, entry in card.models[name].metrics.items()
        }
