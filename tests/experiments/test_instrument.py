"""The instrument on brains of which the answer is known."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from braincast.experiments.calibration import Trial, rates, share, tried
from braincast.experiments.known_brains import FAMILIES, FORECAST, PERTURBATION, brain

RECORDED = Path(__file__).parents[2] / "benchmarks" / "results" / "calibration.json"


def test_the_recorded_calibration_keeps_what_the_rule_promises():
    figures = json.loads(RECORDED.read_text(encoding="utf-8"))
    perturbation = figures["families"]["perturbation"]
    assert perturbation["null"]["brains"] >= 200
    for kinds in figures["families"].values():
        assert kinds["null"]["verdicts"]["helps"]["share"] <= figures["allowed"]
        assert kinds["planted"]["brains"] >= 20
        assert kinds["planted"]["verdicts"]["helps"]["share"] >= 19 / 20


def test_shares_have_the_exact_binomial_interval():
    for count, n in ((0, 20), (7, 200), (20, 20)):
        found = share([True] * count + [False] * (n - count))
        referee = stats.binomtest(count, n).proportion_ci(method="exact")
        assert found["ci"] == pytest.approx([referee.low, referee.high], abs=1e-4)


def test_rates_count_each_arm_by_itself():
    def trial(answer, p, ci):
        return Trial(0, answer, {"identity-permuted": {"lead": 0.1, "ci": ci, "p": p}})

    found = rates([trial("helps", 0.05, [0.01, 0.2]), trial("cannot tell", 0.025, [-0.1, 0.2])])
    arm = found["arms"]["identity-permuted"]
    assert [arm[key]["count"] for key in ("p", "interval", "both")] == [2, 1, 1]
    assert {answer: one["count"] for answer, one in found["verdicts"].items()} == {
        "helps": 1,
        "does not": 0,
        "cannot tell": 1,
    }


@pytest.mark.parametrize("family", FAMILIES.values(), ids=list(FAMILIES))
def test_a_null_brain_is_handed_the_same_wiring_and_measured_on_another(family):
    own, null = (brain(family, seed=3, own_wiring=known) for known in (True, False))
    assert own.connectome.edges.equals(null.connectome.edges)
    if family is PERTURBATION:
        assert not np.array_equal(own.responses.mean, null.responses.mean, equal_nan=True)
    else:
        assert not np.array_equal(own.recordings["rest"].activity, null.recordings["rest"].activity)


@pytest.mark.slow
def test_a_brain_that_follows_its_wiring_is_told_from_one_that_follows_another_by_its_forecasts():
    planted, null = (tried(FORECAST, seed=1, own_wiring=known) for known in (True, False))
    assert planted.answer == "helps" and planted.arms["identity-permuted"]["lead"] > 0.01
    assert null.answer != "helps"


@pytest.mark.slow
def test_brains_that_follow_their_wiring_are_told_from_others_by_their_responses():
    helped = [tried(PERTURBATION, seed=seed, own_wiring=True).answer for seed in range(3)]
    others = [tried(PERTURBATION, seed=seed, own_wiring=False).answer for seed in range(3)]
    assert helped == ["helps"] * 3 and others.count("helps") <= 1
