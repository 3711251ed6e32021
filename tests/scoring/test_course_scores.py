"""Scores over several leads: as scikit-learn and numpy have them, by lead, and in shape."""

import numpy as np
import pytest
from evidences import random_counts, units_of
from made_courses import KEYS, course_task
from sklearn.metrics import mean_absolute_error, r2_score

from braincast.scoring.any_task import score
from braincast.scoring.assessor import Assessor
from braincast.scoring.evidence import gather
from braincast.scoring.metrics import METRICS
from braincast.scoring.scorecard import score_answers
from braincast.tasks.truth import open_truth
from braincast.training.fit import fit

SHAPE = (7, 5, 11)


@pytest.fixture(scope="module")
def arrays():
    rng = np.random.default_rng(4)
    prediction, truth = rng.normal(size=SHAPE), rng.normal(size=SHAPE)
    truth[np.broadcast_to(rng.random((7, 1, 11)) < 0.3, SHAPE)] = np.nan
    prediction[2, :, 3] = 0.5  # constant, so that it has no shape
    return prediction, truth


@pytest.fixture(scope="module")
def evidence(arrays):
    return gather(*arrays, np.ones(SHAPE, dtype=bool), units_of(np.random.default_rng(1), 7, 11))


def shapes(prediction, truth) -> dict[tuple[int, int], float]:
    """numpy's correlation over leads of each pair that has one."""
    found = {}
    for case, neuron in np.ndindex(SHAPE[0], SHAPE[2]):
        pair = prediction[case, :, neuron], truth[case, :, neuron]
        if np.isfinite(pair[1]).all() and np.ptp(pair[0]) > 0:
            found[case, neuron] = np.corrcoef(*pair)[0, 1]
    return found


def test_evidence_holds_every_lead_of_a_pair_with_its_place(arrays, evidence):
    assert len(evidence) == np.isfinite(arrays[1]).sum()
    places = evidence.case, evidence.lead, evidence.neuron
    for held, array in zip((evidence.prediction, evidence.truth), arrays, strict=True):
        np.testing.assert_array_equal(held, array[places])
    order = np.ravel_multi_index(places, SHAPE)
    assert (np.diff(order) > 0).all() and len(evidence.first) == SHAPE[0] + 1


def test_pooled_scores_are_those_of_scikit_learn(arrays, evidence):
    ones = np.ones((1, evidence.n_rows), dtype=np.int64), np.ones((1, evidence.n_columns), dtype=np.int64)
    seen = np.isfinite(arrays[1])
    pair = arrays[1][seen], arrays[0][seen]
    assert METRICS["r2"].values(evidence, *ones)[0] == pytest.approx(r2_score(*pair), rel=1e-10)
    assert METRICS["mae"].values(evidence, *ones)[0] == pytest.approx(mean_absolute_error(*pair), rel=1e-12)


def test_the_correlation_of_courses_is_the_weighted_mean_over_pairs_with_a_shape(arrays, evidence):
    rows, columns = random_counts(evidence, 12, 0)
    found = METRICS["course_correlation"].values(evidence, rows, columns)
    expected = shapes(*arrays)
    units = units_of(np.random.default_rng(1), 7, 11)
    for sample in range(13):
        weight = [rows[sample, units.row[case]] * columns[sample, units.column[neuron]] for case, neuron in expected]
        assert found[sample] == pytest.approx(np.average(list(expected.values()), weights=weight), rel=1e-10)


def test_a_constant_answer_has_no_shape(arrays):
    units = units_of(np.random.default_rng(1), 7, 11)
    evidence = gather(np.full(SHAPE, 0.1), arrays[1], np.ones(SHAPE, dtype=bool), units)
    counts = random_counts(evidence, 3, 0)
    assert np.isnan(METRICS["course_correlation"].values(evidence, *counts)).all()


def test_a_scorecard_of_courses_has_every_metric_at_every_lead():
    task = course_task()
    forecast = fit("responder-course", task).forecast(task.cases())
    card = score(task, {"responder-course": forecast})
    truth = open_truth(task).targets["course"]
    seen = np.isfinite(truth)
    metrics = card.models["responder-course"].metrics
    assert tuple(metrics) == KEYS
    values = forecast.values.astype(np.float64)
    assert metrics["r2"].value == pytest.approx(r2_score(truth[seen], values[seen]), rel=1e-9)
    for lead in range(len(task.card.leads)):
        pair = truth[:, lead][seen[:, lead]], values[:, lead][seen[:, lead]]
        assert metrics["r2"].by_lead[lead] == pytest.approx(r2_score(*pair), rel=1e-9)
        assert metrics["mae"].by_lead[lead] == pytest.approx(mean_absolute_error(*pair), rel=1e-9)
    assert metrics["course_correlation"].by_lead == [None] * len(task.card.leads)


def test_courses_have_no_ceiling_and_no_share_of_one():
    task = course_task()
    assert Assessor(task).ceiling.correlation is None
    card = score(task, fit("mean-course", task).forecast(task.cases()))
    assert card.models["mean-course"].metrics["correlation"].ceiling_share is None


def test_pairs_are_counted_once_whatever_the_number_of_leads():
    task = course_task()
    assessor = Assessor(task)
    card = score_answers(task, fit("mean-course", task).forecast(task.cases()), assessor=assessor)
    groups, seen = card.models["mean-course"].groups, np.isfinite(open_truth(task).targets["course"][:, 0])
    for label, mask in assessor.groups["hops"].items():
        assert groups["hops"][label].n == (seen & mask).sum()
    assert card.models["mean-course"].metrics["mae"].n == seen.sum()
