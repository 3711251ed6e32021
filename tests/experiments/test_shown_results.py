"""What a run hands to its report: curves in the document, maps beside it."""

import json

import numpy as np
import pytest
from made_brains import made_task

from braincast.experiments.run import configure, run
from braincast.tasks.truth import open_truth


@pytest.fixture(scope="module")
def task():
    return made_task()


@pytest.fixture(scope="module")
def result(task):
    return run(task, configure(task.card, ["direct-weights", "connectome-propagator"], n_draws=1))


def test_models_and_baselines_have_curves_and_nulls_have_none(result):
    document = result.to_dict()
    assert set(document["curves"]) == {name for name, model in document["models"].items() if model["of"] is None}
    for curve in document["curves"].values():
        assert len(curve["hits"]) == len(curve["false_alarms"]) <= 120
        assert 1 <= len(curve["calibration"]) <= 10


def test_the_area_under_a_curve_is_the_score_of_the_scoreboard(result):
    for name, curve in result.to_dict()["curves"].items():
        area = np.trapezoid(curve["hits"], curve["false_alarms"])
        assert area == pytest.approx(result.judged.scorecard.models[name].metrics["auroc"].value, abs=0.003)


def test_the_maps_are_the_headlines_the_floors_and_the_best_on_inner_folds(task, result):
    shown = list(result.judged.exhibits.predicted)
    assert shown[:2] == [result.headline, task.card.baseline]
    assert len(shown) == len(set(shown)) == 4
    np.testing.assert_array_equal(result.judged.exhibits.measured, open_truth(task).measured[:, 0])


def test_the_document_counts_what_was_measured_and_holds_no_single_value(result):
    document = result.to_dict()
    assert document["measured"] == result.judged.exhibits.counts()
    assert "exhibits" not in document
    curves = len(json.dumps(document["curves"]))
    assert curves < 40_000
