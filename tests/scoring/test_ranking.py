"""AUROC within folds and per stimulus, against loops over pairs of pairs and against scikit-learn case by case."""

import numpy as np
import pytest
from evidences import random_counts, random_evidence, replicated
from sklearn.metrics import roc_auc_score

from braincast.scoring import ranking
from braincast.scoring.evidence import Evidence
from braincast.scoring.ranking import auroc, auroc_per_case, auroc_within_fold, rank_correlation


def auroc_by_loop(truth, prediction, fold) -> float:
    """Every response against every other pair of the same fold; a tie is half a win."""
    won = compared = 0.0
    for i in np.flatnonzero(truth == 1):
        for j in np.flatnonzero(truth == 0):
            if fold[i] == fold[j]:
                won += float(prediction[i] > prediction[j]) + 0.5 * float(prediction[i] == prediction[j])
                compared += 1
    return won / compared


@pytest.mark.parametrize("seed", [1, 2])
def test_auroc_within_folds_equals_a_loop_over_pairs_of_pairs(seed):
    evidence = random_evidence(seed)
    rows, columns = random_counts(evidence, 2, seed)
    found = auroc_within_fold(evidence, rows, columns)
    for sample in range(2):
        truth, prediction, fold = replicated(evidence, rows[sample], columns[sample])
        assert found[sample] == pytest.approx(auroc_by_loop(truth, prediction, fold), rel=1e-12)


def test_pooling_differs_from_folds_when_a_fold_is_shifted():
    evidence = random_evidence(3)
    shifted = Evidence(**{**vars(evidence), "prediction": evidence.prediction + 2.0 * evidence.fold})
    ones = random_counts(evidence, 0, 3)
    assert auroc_within_fold(shifted, *ones) == pytest.approx(auroc_within_fold(evidence, *ones), rel=1e-12)
    assert abs(auroc(shifted, *ones)[0] - auroc(evidence, *ones)[0]) > 0.02


def test_auroc_per_stimulus_is_the_mean_of_the_cases_that_have_both_outcomes():
    evidence = random_evidence(4)
    evidence = Evidence(**{**vars(evidence), "truth": np.where(evidence.case == 2, 0.0, evidence.truth)})
    rows, columns = random_counts(evidence, 10, 4)
    found = auroc_per_case(evidence, rows, columns)
    for sample in range(len(rows)):
        assert found[sample] == pytest.approx(mean_over_cases(evidence, rows[sample], columns[sample]), rel=1e-12)


def mean_over_cases(evidence, rows, columns) -> float:
    """scikit-learn within each case, cases weighted by how often their row unit was drawn."""
    scores, weights = [], []
    for case in np.unique(evidence.case):
        mine = evidence.case == case
        times = columns[evidence.column[mine]]
        truth, prediction = np.repeat(evidence.truth[mine], times), np.repeat(evidence.prediction[mine], times)
        count = rows[evidence.row[mine][0]]
        if count and 0 < truth.sum() < len(truth):
            scores.append(roc_auc_score(truth, prediction))
            weights.append(count)
    return float(np.average(scores, weights=weights))


@pytest.mark.parametrize("kernel", [auroc, auroc_per_case, rank_correlation])
def test_any_number_of_workers_gives_the_same_bits(kernel, monkeypatch):
    evidence = random_evidence(5)
    rows, columns = random_counts(evidence, 300, 5)
    results = []
    for n_cores in (1, 2, 3, 8):
        monkeypatch.setattr(ranking.os, "cpu_count", lambda n=n_cores: n)
        results.append(kernel(evidence, rows, columns))
    one_by_one = [kernel(evidence, rows[i : i + 1], columns[i : i + 1])[0] for i in range(0, 301, 37)]
    np.testing.assert_array_equal(results[0][::37], one_by_one)
    for found in results[1:]:
        np.testing.assert_array_equal(found, results[0])
