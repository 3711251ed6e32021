import numpy as np
import pytest
from evidences import random_evidence
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score, roc_curve
from synthetic import answer as answer_of
from synthetic import random_answer, small_task

from braincast.scoring.assessor import Assessor
from braincast.scoring.curves import MAX_POINTS, calibration, curves, roc, thinned
from braincast.scoring.scores import Contender
from braincast.tasks.truth import open_truth


@pytest.fixture(scope="module")
def assessor():
    return Assessor(small_task())


@pytest.fixture(scope="module")
def answer(assessor):
    """A forecast without ties."""
    return answer_of(assessor.task, np.random.default_rng(3).random(assessor.task.cases().shape))


@pytest.mark.parametrize("seed", range(5))
def test_the_roc_curve_is_that_of_scikit_learn_also_with_ties(seed):
    evidence = random_evidence(seed)
    false_alarms, hits = roc(evidence)
    expected_x, expected_y, _ = roc_curve(evidence.truth, evidence.prediction, drop_intermediate=False)
    np.testing.assert_allclose(false_alarms, expected_x)
    np.testing.assert_allclose(hits, expected_y)


def test_a_short_curve_is_not_thinned():
    x, y = np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.7, 1.0])
    np.testing.assert_array_equal(thinned(x, y), (x, y))


def evidence_of(assessor, answer):
    use = assessor.use("log_loss")
    return assessor.evidence(Contender((answer,)), use)[0]


@pytest.mark.parametrize("informed", [0.0, 0.2, 0.6])
def test_a_thinned_curve_keeps_its_ends_and_its_area(assessor, answer, informed):
    truth = np.nan_to_num(open_truth(assessor.task).targets["responds"], nan=0.5)
    evidence = evidence_of(assessor, (1 - informed) * answer + informed * truth)
    assert len(np.unique(evidence.prediction)) > 3 * MAX_POINTS
    x, y = thinned(*roc(evidence))
    assert len(x) <= MAX_POINTS and (x[0], y[0]) == (0, 0) and (x[-1], y[-1]) == (1, 1)
    assert (np.diff(x) >= 0).all() and (np.diff(y) >= 0).all()
    assert np.trapezoid(y, x) == pytest.approx(roc_auc_score(evidence.truth, evidence.prediction), abs=0.002)


def test_the_calibration_bins_are_those_of_scikit_learn(assessor, answer):
    evidence = evidence_of(assessor, answer)
    bins = calibration(assessor, evidence)
    observed, predicted = calibration_curve(evidence.truth, evidence.prediction, n_bins=10, strategy="quantile")
    np.testing.assert_allclose([b.observed for b in bins], observed, atol=1e-6)
    np.testing.assert_allclose([b.predicted for b in bins], predicted, atol=1e-6)
    assert sum(b.n for b in bins) == len(evidence)
    assert max(b.n for b in bins) - min(b.n for b in bins) <= 1


def test_each_bin_has_an_interval_around_its_share(assessor, answer):
    for found in calibration(assessor, evidence_of(assessor, answer)):
        assert found.ci[0] < found.observed < found.ci[1]


def test_equal_probabilities_share_one_bin(assessor, answer):
    (only,) = calibration(assessor, evidence_of(assessor, answer * 0 + 0.25))
    assert only.predicted == 0.25


def test_ties_are_not_torn_between_bins(assessor):
    evidence = evidence_of(assessor, random_answer(assessor.task, seed=5))
    observed, predicted = calibration_curve(evidence.truth, evidence.prediction, n_bins=10, strategy="quantile")
    bins = calibration(assessor, evidence)
    np.testing.assert_allclose([b.predicted for b in bins], predicted, atol=1e-6)
    np.testing.assert_allclose([b.observed for b in bins], observed, atol=1e-6)


def test_curves_are_plain_numbers_of_the_first_seed(assessor, answer):
    one = curves(assessor, Contender((answer,))).to_dict()
    both = curves(assessor, Contender((answer, answer * 0.5))).to_dict()
    assert one == both
    assert set(one) == {"false_alarms", "hits", "calibration"}
    assert {type(value) for value in one["hits"]} == {float}


def test_there_are_no_curves_where_nothing_responds_or_not(assessor, answer, monkeypatch):
    monkeypatch.setitem(assessor._truth.targets, "responds", np.zeros_like(assessor._truth.targets["responds"]))
    assert curves(assessor, Contender((answer,))) is None
