"""Intervals, p-values and replicates; and whether intervals cover a mean whose true value is known."""

import numpy as np
import pytest
from evidences import units_of
from synthetic import small_task

from braincast.scoring.assessor import Assessor
from braincast.scoring.bootstrap import draw_resamples, interval, resample_replicates, two_sided_p
from braincast.scoring.evidence import Units, gather
from braincast.scoring.metrics import METRICS

HASH = "0123456789abcdef" * 4


def test_the_first_resample_is_the_sample_and_each_draws_as_many_units_as_there_are():
    resamples = draw_resamples(HASH, 7, 11, 50)
    assert (resamples.rows[0] == 1).all() and (resamples.columns[0] == 1).all()
    assert (resamples.rows.sum(axis=1) == 7).all() and (resamples.columns.sum(axis=1) == 11).all()
    assert resamples.n_resamples == 50 and len(np.unique(resamples.rows, axis=0)) > 40


def test_anyone_draws_the_same_resamples_of_a_task_and_others_for_another():
    first, again, other = (draw_resamples(text, 7, 11, 5) for text in (HASH, HASH, "f" + HASH[1:]))
    np.testing.assert_array_equal(first.rows, again.rows)
    np.testing.assert_array_equal(first.columns, again.columns)
    assert (first.rows != other.rows).any()


def test_two_assessors_of_one_task_use_the_same_resamples():
    first, second = Assessor(small_task()).resamples, Assessor(small_task()).resamples
    np.testing.assert_array_equal(first.rows, second.rows)
    np.testing.assert_array_equal(first.columns, second.columns)
    assert first.seed == second.seed


def test_row_and_column_units_are_drawn_independently():
    resamples = draw_resamples(HASH, 12, 12, 4000)
    both = np.corrcoef(resamples.rows[1:].T, resamples.columns[1:].T)[:12, 12:]
    assert np.abs(both).max() < 0.08
    assert (resamples.rows != resamples.columns).any()


def test_the_interval_is_that_of_the_resamples_without_the_sample():
    drawn = np.random.default_rng(1).normal(size=301)
    drawn[0] = 1e6
    assert interval(drawn) == pytest.approx(tuple(np.quantile(drawn[1:], [0.025, 0.975])), rel=1e-12)


@pytest.mark.parametrize(("n_undefined", "defined"), [(10, True), (11, False), (100, False)])
def test_there_is_no_interval_where_more_than_a_tenth_of_the_resamples_is_undefined(n_undefined, defined):
    drawn = np.arange(101.0)
    drawn[1 : 1 + n_undefined] = np.nan
    assert (interval(drawn) is not None) == defined


def test_infinite_values_count_as_undefined():
    assert interval(np.r_[0.0, np.full(20, np.inf), np.ones(80)]) is None


def test_there_is_no_interval_and_no_p_without_resamples():
    assert interval(np.array([0.5])) is None
    assert two_sided_p(np.array([0.5])) is None
    assert two_sided_p(np.array([0.5, np.nan])) is None


@pytest.mark.parametrize("sign", [1, -1])
def test_p_is_smallest_when_every_resample_is_on_one_side(sign):
    assert two_sided_p(np.r_[0.0, sign * np.ones(99)]) == 2 / 100


def test_p_is_twice_the_smaller_tail_and_never_above_one():
    difference = np.r_[9.0, np.ones(90), -np.ones(9)]
    assert two_sided_p(difference) == 2 * 10 / 100
    assert two_sided_p(np.r_[0.0, np.zeros(99)]) == 1.0
    assert two_sided_p(np.r_[0.0, np.ones(50), -np.ones(49)]) == 1.0


def test_replicates_are_averaged_on_the_sample_and_drawn_anew_in_every_resample():
    values = np.array([[1.0] * 2001, [2.0] * 2001, [6.0] * 2001])
    mean = resample_replicates(values, 5)
    assert mean[0] == 3.0
    # The mean of three draws with replacement has a third of the values' variance.
    assert mean[1:].var() == pytest.approx(np.var([1, 2, 6]) / 3, rel=0.1)
    np.testing.assert_array_equal(mean, resample_replicates(values, 5))


def test_a_single_replicate_is_left_as_it_is():
    values = np.random.default_rng(2).normal(size=(1, 50))
    np.testing.assert_array_equal(resample_replicates(values, 1), values[0])


def test_pairs_of_drawn_units_count_as_often_as_the_units():
    rng = np.random.default_rng(3)
    truth, units = rng.normal(size=(6, 9)), units_of(rng, 6, 9)
    one_lead = truth[:, None]
    evidence = gather(np.zeros_like(one_lead), one_lead, np.ones(one_lead.shape, dtype=bool), units)
    resamples = draw_resamples(HASH, evidence.n_rows, evidence.n_columns, 20)
    rows, columns = resamples.rows, resamples.columns
    found = METRICS["mae"].values(evidence, rows, columns)
    for sample in range(21):
        weight = np.outer(rows[sample][units.row], columns[sample][units.column])
        assert found[sample] == pytest.approx(np.average(np.abs(truth), weights=weight), rel=1e-12)


@pytest.mark.slow
def test_nominal_95_percent_intervals_cover_a_two_way_mean_about_as_often():
    """y[i, j] = 10 + stimulus effect i + responder effect j + noise, 30 × 40 units, 1,000 simulated brains."""
    rng = np.random.default_rng(11)
    n_rows, n_columns, n_brains = 30, 40, 1000
    names = tuple(map(str, range(n_rows))), tuple(map(str, range(n_columns)))
    units = Units(np.arange(n_rows), np.zeros(n_rows, dtype=np.int64), np.arange(n_columns), *names)
    covered = 0
    for brain in range(n_brains):
        effects = rng.normal(size=(n_rows, 1)) + rng.normal(size=n_columns)
        truth = 10 + effects + rng.normal(size=(n_rows, n_columns))
        one_lead = truth[:, None]
        evidence = gather(np.zeros_like(one_lead), one_lead, np.ones(one_lead.shape, dtype=bool), units)
        resamples = draw_resamples(f"{brain:015x}", n_rows, n_columns, 400)
        lower, upper = interval(METRICS["mae"].values(evidence, resamples.rows, resamples.columns))
        covered += lower <= 10 <= upper
    assert 0.88 <= covered / n_brains <= 0.99
