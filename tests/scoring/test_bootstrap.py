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
    assert resamples.n_resamples == 50 and len(np.unique(resamples.rows[1:38], axis=0)) > 30


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
    resamples = draw_resamples(HASH, 12, 12, 8000)
    both = np.corrcoef(resamples.rows[1:4001].T, resamples.columns[1:4001].T)[:12, 12:]
    assert np.abs(both).max() < 0.08
    assert (resamples.rows != resamples.columns).any()


def test_a_quarter_of_the_resamples_draws_each_way_alone():
    resamples = draw_resamples(HASH, 7, 11, 400)
    assert (resamples.columns[201:301] == 1).all() and (resamples.rows[301:] == 1).all()
    # Seven units are now and then drawn once each by chance.
    for drawn in (resamples.rows[1:301], resamples.columns[1:201], resamples.columns[301:]):
        assert (drawn != 1).any(axis=1).mean() > 0.95


def drawn_from(two_way: float, by_row: float, by_column: float, n: int = 4000) -> np.ndarray:
    """A sample at 10, and resamples around it with these standard deviations."""
    rng = np.random.default_rng(1)
    parts = rng.normal(0, two_way, n // 2), rng.normal(0, by_row, n // 4), rng.normal(0, by_column, n // 4)
    return np.concatenate([[10.0], *(10 + part - part.mean() for part in parts)])


def test_the_interval_counts_the_noise_of_single_pairs_once():
    stimulus, responder, pair = 0.5, 0.7, 0.6
    one_way = np.sqrt(stimulus**2 + pair**2), np.sqrt(responder**2 + pair**2)
    drawn = drawn_from(np.sqrt(stimulus**2 + responder**2 + 3 * pair**2), *one_way)
    expected = 1.96 * np.sqrt(stimulus**2 + responder**2 + pair**2)
    lower, upper = interval(drawn)
    assert upper - 10 == pytest.approx(expected, rel=0.06) and 10 - lower == pytest.approx(expected, rel=0.06)


def test_the_interval_is_never_wider_than_drawing_both_ways_nor_narrower_than_drawing_one():
    wide = drawn_from(1.0, 2.0, 2.0)
    assert interval(wide) == pytest.approx(tuple(np.quantile(wide[1:2001], [0.025, 0.975])), rel=1e-12)
    lower, upper = interval(drawn_from(2.0, 1.0, 0.1))
    assert (upper - lower) / 2 == pytest.approx(1.96, rel=0.06)


def test_an_interval_of_a_statistic_without_spread_is_a_point():
    assert interval(np.full(101, 0.5)) == (0.5, 0.5)


@pytest.mark.parametrize(("n_undefined", "defined"), [(5, True), (6, False), (50, False)])
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
    assert two_sided_p(np.r_[0.0, sign * np.ones(99)]) == 2 / 52  # 51 of them draw both ways


def test_p_is_twice_the_smaller_tail_and_never_above_one():
    one_way = np.r_[np.tile([-9.0, 9.0], 25), np.tile([-9.0, 9.0], 25)]
    both_ways = np.r_[np.ones(90), -np.ones(9), 1.0]
    assert two_sided_p(np.r_[0.0, both_ways, one_way]) == 2 * 10 / 101
    assert two_sided_p(np.r_[0.0, np.zeros(99)]) == 1.0
    assert two_sided_p(np.r_[0.0, np.tile([1.0, -1.0], 50)]) == 1.0


def test_replicates_are_averaged_on_the_sample_and_drawn_anew_in_every_resample():
    values = np.array([[1.0] * 2001, [2.0] * 2001, [6.0] * 2001])
    mean = resample_replicates(values, 5)
    assert mean[0] == 3.0
    # The mean of three draws with replacement has a third of the values' variance.
    assert mean[1:1501].var() == pytest.approx(np.var([1, 2, 6]) / 3, rel=0.1)
    assert (mean[1501:] == 3.0).all()
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
    assert 0.90 <= covered / n_brains <= 0.98


def test_seeds_are_drawn_within_draws_of_a_null():
    values = np.repeat(np.array([0.0, 1.0, 2.0, 3.0]), 5)[:, None] + np.zeros((20, 4001))
    nested, flat = (resample_replicates(values, 1, n_seeds)[1:3001].var() for n_seeds in (5, 1))
    # Seeds of a draw are alike here, so that the mean is over 4 draws and not over 20 replicates.
    assert nested == pytest.approx(1.25 / 4, rel=0.15) and flat == pytest.approx(1.25 / 20, rel=0.15)


def test_within_one_draw_the_seeds_alone_vary():
    values = np.arange(6.0)[:, None] + np.zeros((6, 4001))
    assert resample_replicates(values, 1, 6)[1:3001].var() == pytest.approx(np.arange(6.0).var() / 6, rel=0.15)
