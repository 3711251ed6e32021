"""The verdict: when the wiring helps, when it does not, and when it cannot be told."""

import numpy as np
import pytest
from made_brains import made_brain, made_task

from braincast.experiments.run import configure, run
from braincast.experiments.wiring import wiring_verdict
from braincast.scoring.ceiling import Ceiling
from braincast.scoring.scorecard import Scorecard
from braincast.scoring.scores import Comparison, MetricScore, ModelScore

NO_CEILING = Ceiling(8, 0, None, None, None, None, None)
CLEAR = (0.02, 0.08)
TINY = (-0.004, 0.006)


@pytest.fixture(scope="module")
def card():
    return made_task().card


def scores(role, value, replicates, of=None, metric="auroc"):
    """A model that was scored on one metric alone."""
    return ModelScore(role, of, {metric: MetricScore(value, None, 100)}, {}, tuple(replicates), None)


def scorecard(arms, value=0.7, metric="auroc"):
    """A scorecard made by hand: `arms` has for each arm its draws and the paired interval of the model's lead."""
    models = {"m": scores("model", value, [value], metric=metric)}
    pairs = []
    for arm, (draws, ci) in arms.items():
        mean = float(np.mean(draws))
        models[f"m@{arm}"] = scores("null", mean, draws, "m", metric)
        lead = None if value is None else value - mean
        pairs.append(Comparison("m", f"m@{arm}", metric, lead, ci, 0.1))
    return Scorecard("t", "1", "0" * 64, None, metric, models, tuple(pairs), (), NO_CEILING, {})


def verdict(card, *, identity=None, degree=None, n_draws=39, value=0.7, **more):
    """The verdict on two decisive arms, each (draws or one value for all, interval), and on further arms."""
    decisive = {"identity-permuted": identity or (0.6, CLEAR), "degree-preserving": degree or (0.6, CLEAR)}
    arms = decisive | {name.replace("_", "-"): arm for name, arm in more.items()}
    listed = {
        name: ([draws] * n_draws if isinstance(draws, float) else draws, ci) for name, (draws, ci) in arms.items()
    }
    return wiring_verdict(scorecard(listed, value), card, "m")


def arm(found, name):
    return next(entry for entry in found.arms if entry.arm == name)


# --- the rule


def test_it_helps_when_both_decisive_nulls_are_beaten_in_every_draw_and_by_a_clear_interval(card):
    found = verdict(card)
    assert found.answer == "helps"
    assert found.sentence.startswith(
        "The wiring helps m: pooled AUROC 0.700, against 0.600 identity-permuted (lead +0.100"
    )


@pytest.mark.parametrize("which", ["identity", "degree"])
def test_one_decisive_null_with_an_interval_over_nought_is_enough_to_stay_undecided(card, which):
    assert verdict(card, **{which: (0.6, (-0.001, 0.2))}).answer == "cannot tell"


@pytest.mark.parametrize("which", ["identity", "degree"])
def test_one_decisive_null_with_too_large_a_p_is_enough_to_stay_undecided(card, which):
    two_as_good = [0.6] * 37 + [0.7, 0.8]
    assert verdict(card, **{which: (two_as_good, CLEAR)}).answer == "cannot tell"


def test_one_draw_in_39_that_is_as_good_is_still_within_the_level(card):
    found = verdict(card, identity=([0.6] * 38 + [0.7], CLEAR))
    assert arm(found, "identity-permuted").p == pytest.approx(2 / 40)
    assert found.answer == "helps"


def test_it_does_not_help_when_both_intervals_lie_inside_the_margin(card):
    found = verdict(card, identity=(0.699, TINY), degree=(0.701, TINY))
    assert found.answer == "does not"
    assert found.sentence.startswith("The wiring does not help m")


def test_leads_above_nought_but_inside_the_margin_do_not_help_and_the_sentence_says_both(card):
    found = verdict(card, identity=(0.698, (0.001, 0.006)), degree=(0.697, (0.0005, 0.009)))
    assert found.answer == "does not"
    assert "The leads are above 0 but below 0.01" in found.sentence
    over_nought = verdict(card, identity=(0.698, TINY), degree=(0.697, (0.001, 0.006)))
    assert over_nought.answer == "does not" and "above 0" not in over_nought.sentence
    assert verdict(card, identity=(0.698, (0.001, 0.006))).answer == "helps"


def test_an_interval_that_reaches_beyond_the_margin_leaves_it_open(card):
    assert card.equivalence_margin == 0.01
    assert verdict(card, identity=(0.699, TINY), degree=(0.701, (-0.004, 0.011))).answer == "cannot tell"
    assert verdict(card, identity=(0.699, (-0.011, 0.004)), degree=(0.701, TINY)).answer == "cannot tell"


def test_wiring_that_harms_clearly_does_not_help_only_within_the_margin(card):
    found = verdict(card, identity=(0.8, (-0.12, -0.08)), degree=(0.8, (-0.12, -0.08)))
    assert found.answer == "cannot tell"


def test_fewer_than_39_draws_never_decide(card):
    for ci in (CLEAR, TINY):
        found = verdict(card, identity=(0.6, ci), degree=(0.6, ci), n_draws=38)
        assert found.answer == "cannot tell"
        assert "A verdict needs 39 draws of each null." in found.sentence


def test_without_decisive_nulls_or_without_an_interval_nothing_is_told(card):
    assert wiring_verdict(scorecard({"no-edges": ([0.5], CLEAR)}), card, "m").answer == "cannot tell"
    assert "no null was run" in wiring_verdict(scorecard({}), card, "m").sentence
    assert verdict(card, identity=(0.6, None)).answer == "cannot tell"


def test_a_score_that_is_undefined_is_said_to_be_so(card):
    found = wiring_verdict(scorecard({"identity-permuted": ([0.6] * 39, None)}, value=None), card, "m")
    assert (found.answer, found.value) == ("cannot tell", None)
    assert "AUROC undefined" in found.sentence and "identity-permuted (undefined)" in found.sentence


def test_for_a_metric_where_less_is_better_the_lead_and_the_draws_are_turned(card):
    loss = card.model_copy(update={"primary": "log_loss"})

    def lead(ci, draws):
        arms = {"identity-permuted": (draws, ci), "degree-preserving": (draws, ci)}
        return wiring_verdict(scorecard(arms, value=0.2, metric="log_loss"), loss, "m")

    assert lead((-0.2, -0.1), [0.3] * 39).answer == "helps"
    assert lead((0.1, 0.2), [0.1] * 39).answer == "cannot tell"
    assert arm(lead((-0.2, -0.1), [0.3] * 39), "identity-permuted").p == pytest.approx(1 / 40)
    assert arm(lead((0.1, 0.2), [0.1] * 39), "identity-permuted").p == 1.0


# --- p values


@pytest.mark.parametrize(("n_as_good", "n_draws"), [(0, 39), (1, 39), (5, 99), (39, 39)])
def test_p_is_one_plus_the_draws_as_good_over_one_plus_all(card, n_as_good, n_draws):
    draws = [0.7] * n_as_good + [0.5] * (n_draws - n_as_good)
    assert arm(verdict(card, identity=(draws, CLEAR)), "identity-permuted").p == pytest.approx(
        (1 + n_as_good) / (1 + n_draws)
    )


def test_a_permutation_p_is_that_of_the_outside_referee(card):
    from scipy.stats import monte_carlo_test

    rng = np.random.default_rng(3)
    draws = rng.normal(0.66, 0.03, 99)
    # Each of scipy's samples is one draw, and its statistic the draw itself.
    referee = monte_carlo_test(
        [0.7],
        lambda size: draws.reshape(size),
        lambda sample, axis: sample.mean(axis),
        n_resamples=99,
        vectorized=True,
        alternative="greater",
    )
    found = verdict(card, identity=([float(draw) for draw in draws], CLEAR))
    assert arm(found, "identity-permuted").p == pytest.approx(referee.pvalue)


def test_an_arm_without_draws_has_no_p(card):
    found = verdict(card, no_edges=([0.5], CLEAR))
    assert arm(found, "no-edges").p is None
    assert arm(found, "no-edges").p_holm is None


def test_holm_corrects_the_arms_that_do_not_decide_and_only_them(card):
    def with_as_good(n_as_good):
        return [0.8] * n_as_good + [0.5] * (39 - n_as_good), CLEAR

    found = verdict(card, class_permuted=with_as_good(0), weights_shuffled=with_as_good(1), tracts_cut=with_as_good(15))
    raw = [entry.p for entry in found.arms if not entry.decisive]
    assert raw == pytest.approx([1 / 40, 2 / 40, 16 / 40])
    # Holm 1979 by hand: 3 × 1/40, 2 × 2/40, 1 × 16/40, each at least the one before.
    assert [entry.p_holm for entry in found.arms if not entry.decisive] == pytest.approx([3 / 40, 4 / 40, 16 / 40])
    assert {entry.p_holm for entry in found.arms if entry.decisive} == {None}


def test_holm_never_lets_a_larger_p_overtake_and_stops_at_one(card):
    def with_as_good(n_as_good):
        return [0.8] * n_as_good + [0.5] * (39 - n_as_good), CLEAR

    found = verdict(card, b=with_as_good(23), a=with_as_good(22))
    corrected = {entry.arm: entry.p_holm for entry in found.arms if not entry.decisive}
    assert corrected == {"a": 1.0, "b": 1.0}


def test_whose_wiring_it_is_is_always_said(card):
    assert verdict(card).sentence.endswith("The wiring is of an atlas.")
    own = card.model_copy(update={"wiring": "same animal"})
    assert verdict(own).sentence.endswith("The wiring is of the same animal.")


# --- the instrument on brains whose truth is known


def answer_on(seed, **brain):
    """The verdict on direct weights, all draws, on a made brain (others: `test_instrument`)."""
    arms = {"nulls": ("identity-permuted", "degree-preserving"), "controls": (), "strata": {}, "n_resamples": 100}
    task = made_task(made_brain(seed=seed, **brain), **arms)
    result = run(task, configure(task.card, ["direct-weights"], wiring_test=True))
    (found,) = result.judged.verdicts
    return found.answer


@pytest.mark.slow
def test_on_brains_whose_responses_do_not_depend_on_any_wiring_the_verdict_is_not_helps():
    answers = [answer_on(100 + seed, strength=0.0) for seed in range(5)]
    assert answers.count("helps") == 0, answers
