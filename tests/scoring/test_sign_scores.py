import numpy as np
import pytest
from made_question import made_effects, made_question
from scipy.stats import hypergeom
from sklearn.metrics import balanced_accuracy_score, matthews_corrcoef, roc_auc_score

from braincast.scoring.effects import MEASURES, score_effects

QUESTION = made_question()


def made_truth(seed=0, share=0.8):
    rng = np.random.default_rng(seed)
    truth = np.where(rng.random((24, 24)) < share, 1.0, -1.0)
    truth[rng.random((24, 24)) < 0.6] = np.nan
    return truth


def test_measures_are_those_of_scikit_learn():
    truth, values = made_truth(), np.random.default_rng(1).normal(0.3, 1, (24, 24))
    score = score_effects(QUESTION, truth, made_effects(QUESTION, values))
    seen = np.isfinite(truth)
    true, given = truth[seen] > 0, values[seen]
    assert score.n == score.n_truth == seen.sum()
    assert score.positive_truth == pytest.approx(true.mean())
    expected = {
        "agreement": (true == (given > 0)).mean(),
        "balanced_accuracy": balanced_accuracy_score(true, given > 0),
        "matthews": matthews_corrcoef(true, given > 0),
        "auroc": roc_auc_score(true, given),
    }
    for name in MEASURES:
        assert score.measures[name].value == pytest.approx(expected[name], abs=1e-12)


def test_resampling_by_counts_is_repeating_edges():
    from braincast.scoring.effects import _measures

    rng = np.random.default_rng(4)
    true, given = np.where(rng.random(60) < 0.7, 1.0, -1.0), rng.normal(size=60).round(1)
    counts = rng.integers(0, 4, 60)
    found = _measures(given[None], true, counts[None].astype(float))
    repeated_true, repeated = np.repeat(true > 0, counts), np.repeat(given, counts)
    assert found["auroc"][0] == pytest.approx(roc_auc_score(repeated_true, repeated))
    assert found["matthews"][0] == pytest.approx(matthews_corrcoef(repeated_true, repeated > 0))


def test_the_null_keeps_the_numbers_of_signs_and_so_is_hypergeometric():
    truth = made_truth()
    values = np.where(np.random.default_rng(2).random((24, 24)) < 0.7, 1.0, -1.0)
    question = made_question(n_permutations=4000)
    score = score_effects(question, truth, made_effects(question, values))
    seen = np.isfinite(truth)
    n, n_true, n_given = seen.sum(), (truth[seen] > 0).sum(), (values[seen] > 0).sum()
    hits = hypergeom(n, n_true, n_given)
    null = score.measures["agreement"]
    assert null.null_mean == pytest.approx((n - n_true - n_given + 2 * hits.mean()) / n, abs=0.003)
    assert null.null_sd == pytest.approx(2 * hits.std() / n, rel=0.06)
    assert score.measures["balanced_accuracy"].null_mean == pytest.approx(0.5, abs=0.01)


def test_a_perfect_answer_has_the_smallest_possible_p_and_a_random_one_has_not():
    truth = made_truth()
    perfect = score_effects(QUESTION, truth, made_effects(QUESTION, np.nan_to_num(truth)))
    assert all(perfect.measures[name].value == 1.0 for name in MEASURES)
    assert all(perfect.measures[name].p == 1 / 401 for name in MEASURES)
    random = np.random.default_rng(9).normal(size=(24, 24))
    assert score_effects(QUESTION, truth, made_effects(QUESTION, random)).measures["auroc"].p > 0.05


def test_p_of_random_answers_is_not_too_often_small():
    truth, rng = made_truth(), np.random.default_rng(11)
    question = made_question(n_permutations=99, n_resamples=2)
    small = [
        score_effects(question, truth, made_effects(question, rng.normal(size=(24, 24)))).measures["auroc"].p <= 0.05
        for _ in range(200)
    ]
    assert np.mean(small) <= 0.085  # binomial upper bound for 0.05 over 200


def test_an_edge_without_opinion_is_left_out_and_counted():
    truth = made_truth()
    values = np.ones((24, 24))
    values[:12] = 0.0
    score = score_effects(QUESTION, truth, made_effects(QUESTION, values))
    assert score.n == np.isfinite(truth[12:]).sum() < score.n_truth


def test_a_constant_answer_gains_nothing_but_agreement():
    score = score_effects(QUESTION, made_truth(), made_effects(QUESTION, np.ones((24, 24))))
    assert score.measures["agreement"].value > 0.7
    assert score.measures["agreement"].p == 1.0
    assert score.measures["balanced_accuracy"].value == score.measures["auroc"].value == 0.5
    assert score.measures["matthews"].value is None


def test_no_opinion_at_all_scores_nothing():
    score = score_effects(QUESTION, made_truth(), made_effects(QUESTION, np.zeros((24, 24))))
    assert score.n == 0
    assert all(measure.value is None for measure in score.measures.values())


def test_the_same_answer_scores_the_same_to_the_bit():
    truth, values = made_truth(), np.random.default_rng(1).normal(size=(24, 24))
    first, second = (score_effects(QUESTION, truth, made_effects(QUESTION, values)) for _ in range(2))
    assert first.to_dict() == second.to_dict()
