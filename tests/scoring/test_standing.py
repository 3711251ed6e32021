"""Entries are told apart by cases and seeds together; ranks say between which places each entry stands."""

from __future__ import annotations

import numpy as np
import pytest
from made_imputations import imputation_task
from made_recordings import made_dataset, made_recording, made_task, random_walks, three_conditions
from scipy import stats
from synthetic import small_task

from braincast.scoring.assessor import Assessor
from braincast.scoring.forecasting.assessor import WindowAssessor
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.imputation.assessor import ImputationAssessor
from braincast.scoring.metrics import load_metric
from braincast.scoring.scores import Contender
from braincast.scoring.standing import LEVEL, standing, variance_over_cases

N_RESAMPLES = 400


@pytest.fixture(scope="module")
def card():
    return made_task(changes={"n_resamples": N_RESAMPLES}).card


def entry(value: float, *, cases: float = 0.0, seeds: tuple[float, ...] = (0.0, 0.0, 0.0), draw: int = 0) -> dict:
    """Samples of one entry: `cases` is how much resamples vary, together in all seeds; `seeds` are added to each."""
    luck = np.random.default_rng(draw).normal(size=N_RESAMPLES + 1) * cases
    luck[0] = 0
    return {"mae": value + np.array(seeds)[:, None] + luck}


def test_with_agreeing_cases_the_test_is_welchs(card):
    first, second = (0.0, 0.3, 0.9, 0.5), (0.1, 0.2, -0.4)
    (pair,) = standing(card, {1: entry(2.0, seeds=first), 2: entry(1.0, seeds=second)}, [1, 2]).pairs
    expected = stats.ttest_ind(1 + np.array(second), 2 + np.array(first), equal_var=False)
    assert (pair.a, pair.b) == (2, 1) and pair.p == pytest.approx(expected.pvalue, rel=1e-12)
    assert pair.ci == pytest.approx(tuple(expected.confidence_interval(1 - LEVEL)), rel=1e-12)


def test_with_agreeing_seeds_the_interval_is_that_of_the_cases_with_t(card):
    own, other = entry(1.0, cases=0.1, draw=1), entry(1.1, cases=0.1, draw=2)
    (pair,) = standing(card, {1: own, 2: other}, [1, 2]).pairs
    variances, freedom = variance_over_cases(card)
    deviation = (own["mae"][0] - other["mae"][0])[1:].std()
    assert pair.ci is not None
    widening = np.sqrt(variances(own["mae"][:1] - other["mae"][:1])[0]) / deviation
    half = stats.t.ppf(1 - LEVEL / 2, freedom) * widening * deviation
    assert (pair.ci[1] - pair.ci[0]) / 2 == pytest.approx(half, rel=1e-10) and widening > 1


def test_luck_with_cases_that_seeds_have_each_for_itself_is_counted_once(card):
    """Then the variance between seeds is no more than that luck, and adds nothing to what resamples say."""
    rng = np.random.default_rng(4)
    together, apart = [], []
    for _ in range(150):
        luck = rng.normal(size=(2, 3, N_RESAMPLES + 1))
        # The sample deviates from the truth as its resamples deviate from it.
        luck[..., 1:] += luck[..., :1]
        (pair,) = standing(card, {1: {"mae": luck[0]}, 2: {"mae": luck[1]}}, [1, 2]).pairs
        together.append(pair.p < LEVEL)
        (held,) = standing(card, {1: {"mae": luck[0].mean(0)[None]}, 2: {"mae": luck[1].mean(0)[None]}}, []).pairs
        apart.append(held.p < LEVEL)
    assert np.mean(together) <= np.mean(apart) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 150)


def test_entries_are_ordered_best_first_and_undefined_ones_last(card):
    samples = {7: entry(np.nan), 3: entry(2.0), 5: entry(1.0), 4: entry(2.0)}
    found = standing(card, samples, samples)
    assert found.order == (5, 3, 4, 7)
    assert found.ranks == {5: (1, 1), 3: (2, 3), 4: (2, 3)}, "equal entries are tied, and undefined ones have no rank"
    (same,) = [pair for pair in found.pairs if (pair.a, pair.b) == (3, 4)]
    assert (same.difference, same.p) == (0.0, 1.0)
    assert all(pair.p is None and pair.ci is None for pair in found.pairs if 7 in (pair.a, pair.b))


def test_ranks_leave_out_who_is_not_ranked_but_compare_them(card):
    samples = {1: entry(1.0), 2: entry(2.0), 3: entry(3.0)}
    found = standing(card, samples, [1, 3])
    assert found.order == (1, 2, 3) and found.ranks == {1: (1, 1), 3: (2, 2)} and len(found.comparisons) == 3
    assert found.comparisons[0].keys() == {"a", "b", "metric", "difference", "ci", "p"}


def test_ties_need_not_carry_over():
    """The middle one differs from neither neighbour, though these differ from each other."""
    card = made_task(changes={"n_resamples": N_RESAMPLES}).card
    spread = (-0.1, 0.0, 0.1)
    samples = {n: entry(value, seeds=spread) for n, value in ((1, 1.0), (2, 1.2), (3, 1.4))}
    assert standing(card, samples, samples).ranks == {1: (1, 2), 2: (1, 3), 3: (2, 3)}


def test_of_a_score_the_larger_one_is_better():
    card = small_task().card
    samples = {
        n: {card.primary: np.full((3, card.n_resamples + 1), value)} for n, value in ((1, 0.6), (2, 0.9), (3, 0.7))
    }
    found = standing(card, samples, samples)
    assert load_metric(card.primary).larger_is_better and found.order == (2, 3, 1)
    assert found.ranks == {2: (1, 1), 3: (2, 2), 1: (3, 3)}


def test_nothing_and_one_entry_stand_too(card):
    assert standing(card, {}, []).order == () and standing(card, {}, []).comparisons == []
    assert standing(card, {4: entry(1.0)}, [4]).ranks == {4: (1, 1)}


def test_the_spread_of_a_declaration_is_that_of_its_assessor():
    several = made_dataset({f"a{n}": made_recording(random_walks(300, seed=n)) for n in range(3)})
    conditions = made_dataset(made_recording(random_walks(400), conditions=three_conditions(400)))
    tasks = [made_task(), made_task(several), made_task(conditions, changes={"average": "conditions"})]
    assessors = [WindowAssessor(task) for task in tasks]
    for task, assessor in [*zip(tasks, assessors, strict=True), *_imputations()]:
        spread = assessor.spread(assessor.headline)
        samples = np.random.default_rng(0).normal(size=(4, task.card.n_resamples + 1))
        variances, freedom = variance_over_cases(task.card)
        assert freedom == spread.freedom
        np.testing.assert_array_equal(variances(samples), spread.variances(samples))


def _imputations():
    task = imputation_task(2)
    return [(task, ImputationAssessor(task))]


def test_variances_are_those_of_the_deviations_behind_intervals():
    """Apart from the quantile of t, and for many scores at once; undefined resamples are left out."""
    several = made_dataset({f"a{n}": made_recording(random_walks(300, seed=n)) for n in range(3)})
    spread = WindowAssessor(made_task(several)).spread(np.ones(len(made_task(several).card.cases), dtype=bool))
    rng = np.random.default_rng(2)
    samples = rng.normal(size=(5, 1001)) * rng.uniform(0.5, 2, size=1001)
    samples[1, 3::40], samples[2, 1:300] = np.nan, np.nan
    found, t = spread.variances(samples), spread.widening / np.sqrt(spread.variance_factor)
    wanted = [np.nanvar(spread.deviations(one)) / t**2 for one in samples]
    np.testing.assert_allclose(found[[0, 1, 3, 4]], np.array(wanted)[[0, 1, 3, 4]], rtol=1e-10)
    assert np.isnan(found[2]), "too few are defined"


def test_the_resamples_of_each_replicate_are_those_it_has_alone():
    task = made_task()
    truth = WindowAssessor(task)._truth.read(slice(None), slice(None))
    rng = np.random.default_rng(0)
    seeds = [np.nan_to_num(truth) + rng.normal(size=truth.shape) for _ in range(3)]
    together = score_forecasts(task, {"three": Contender(tuple(seeds))})
    for number, seed in enumerate(seeds):
        alone = score_forecasts(task, {"one": Contender((seed,))})
        np.testing.assert_array_equal(together.each["three", "mae"][number], alone.samples["one", "mae"])


def test_the_freedom_of_responses_is_that_of_a_normal_distribution():
    task = small_task()
    assert variance_over_cases(task.card)[1] == np.inf and Assessor(task).resamples.n_resamples == task.card.n_resamples
