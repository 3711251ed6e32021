"""What is lost out of distribution, with intervals, and coverage in every condition."""

import json

import numpy as np
import pandas as pd
import pytest
from made_recordings import made_dataset, made_recording, made_task, random_walks
from scipy import stats

from braincast.scoring.forecasting.blocks import CaseUnits, draw_blocks
from braincast.scoring.forecasting.drops import Sides
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.scores import Contender
from braincast.scoring.weighting import case_weighted_sums

HASH = "0123456789abcdef" * 4


def mean_of(loss, counts, mask):
    return case_weighted_sums((loss * mask)[:, None], counts)[:, 0] / (counts * mask).sum(axis=1)


def two_samples(seed: int):
    """Losses of many windows inside and few outside, and how their resamples deviate."""
    run = np.repeat([0, 1], [400, 30])
    nothing = np.zeros_like(run)
    resamples = draw_blocks(HASH, CaseUnits(run, nothing, nothing, 1), 4000)
    rng = np.random.default_rng(seed)
    loss = np.concatenate([rng.normal(1.0, 0.5, 400), rng.normal(1.4, 1.5, 30)])
    masks = run == 0, run == 1
    sides = Sides(*(resamples.spread(mask) for mask in (*masks, masks[0] | masks[1])))
    return loss, sides.fall(*(mean_of(loss, resamples.counts, mask) for mask in masks))


def test_the_interval_of_a_drop_of_independent_windows_is_welchs():
    loss, fall = two_samples(1)
    welch = stats.ttest_ind(loss[400:], loss[:400], equal_var=False)
    expected = welch.confidence_interval(0.95)
    assert fall.difference == pytest.approx(loss[400:].mean() - loss[:400].mean(), rel=1e-12)
    width = expected.high - expected.low
    np.testing.assert_allclose(fall.ci, expected, atol=0.06 * width)
    assert fall.p == pytest.approx(welch.pvalue, abs=0.03)


CONDITIONS = pd.DataFrame([("a", 0, 300), ("b", 300, 600), ("new", 600, 800)], columns=["name", "start", "stop"])


@pytest.fixture(scope="module")
def harder():
    """The same law everywhere, but three times the size in the condition that is held out."""
    activity = random_walks(800, 4) - 10 * np.arange(4, dtype=np.float32)
    activity[600:] *= 3
    task = made_task(made_dataset(made_recording(activity, conditions=CONDITIONS)), held_out=("new",))
    last = np.repeat(task.cases().contexts()[:, -1:], 3, axis=1)
    roles = {"mean": (0 * last, "baseline"), "persistence": (last, "baseline"), "fading": (0.8 * last, "model")}
    return score_forecasts(task, {name: Contender((values,), role) for name, (values, role) in roles.items()})


def test_a_harder_condition_costs_every_model_error_but_no_skill(harder):
    assert [drop.model for drop in harder.drops] == ["mean", "persistence", "fading"]
    found = harder.drops[2]
    groups = harder.models["fading"].groups["distribution"]
    assert (found.score.inside, found.score.outside) == (groups["in"].value, groups["out"].value)
    assert found.score.difference > 0 and found.score.ci[0] > 0 and found.relative > 1
    assert set(found.skills) == {"persistence", "mean"} and set(harder.drops[1].skills) == {"mean"}
    skill = found.skills["persistence"]
    assert (skill.inside, skill.outside) == pytest.approx((groups["in"].skill, groups["out"].skill))
    assert skill.ci[0] < 0 < skill.ci[1]


def test_each_condition_says_its_blocks_and_how_often_its_intervals_hold(harder):
    told = harder.intervals["groups"]
    assert set(told["condition"]) == {"a", "b", "new"} and set(told["distribution"]) == {"out"}
    for of_labels in told.values():
        for one in of_labels.values():
            assert set(one["coverage_by_model"]) == {"persistence", "fading"} and one["n_blocks"] >= 1
            assert one["flag"] == (one["coverage"] is None or one["coverage"] < 0.9)
    assert told["condition"]["new"]["n_cases"] == told["distribution"]["out"]["n_cases"]
    document = json.loads(json.dumps(harder.to_dict(), allow_nan=False))
    entry = document["drops"][2]
    assert {"model", "metric", "group", "in", "out", "difference", "ci", "p", "relative", "skills"} == set(entry)


def test_a_task_that_holds_nothing_out_has_no_drops():
    task = made_task()
    last = np.repeat(task.cases().contexts()[:, -1:], 3, axis=1)
    card = score_forecasts(task, {"persistence": Contender((last,))})
    assert card.drops == () and card.intervals["groups"] == {}
