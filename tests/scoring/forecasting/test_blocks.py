"""Resamples of windows: what is drawn, how deviations become intervals, and how often these hold a known mean."""

import numpy as np
import pytest
from scipy import stats
from scipy.signal import lfilter

from braincast.scoring.forecasting.blocks import BlockResamples, CaseUnits, draw_blocks, resample_replicates
from braincast.scoring.forecasting.spread import Spread
from braincast.scoring.weighting import case_weighted_sums

HASH = "0123456789abcdef" * 4


def units_of(n_runs: int, n_cases: int, block: int, *, animals: bool = False) -> CaseUnits:
    """Runs of equal length; each an animal, or all of one."""
    run = np.repeat(np.arange(n_runs), n_cases)
    return CaseUnits(run, run if animals else np.zeros_like(run), np.zeros_like(run), block)


def everything(units: CaseUnits) -> np.ndarray:
    return np.ones(len(units.run), dtype=bool)


def test_the_first_resample_is_the_sample_and_each_run_keeps_its_number_of_cases():
    found = draw_blocks(HASH, units_of(3, 50, 8), 200)
    assert (found.counts[0] == 1).all() and found.n_resamples == 200
    assert (found.counts.reshape(201, 3, 50).sum(axis=2) == 50).all()


def test_anyone_draws_the_same_resamples_of_a_task_and_others_for_another():
    first, again, other = (draw_blocks(text, units_of(2, 30, 5), 20).counts for text in (HASH, HASH, "f" + HASH[1:]))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_neighbours_are_drawn_together_and_every_case_equally_often():
    counts = draw_blocks(HASH, units_of(1, 120, 12), 4000).counts[1:]
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.08)
    correlation = np.corrcoef(counts.T)
    assert np.diag(correlation, 1).mean() > 0.85
    assert abs(np.diag(correlation, 40).mean()) < 0.2


def test_animals_are_drawn_first_in_half_of_the_resamples_alone_in_a_quarter_and_never_in_the_last():
    found = draw_blocks(HASH, units_of(6, 20, 4, animals=True), 400)
    of_animal = found.counts[1:].reshape(400, 6, 20)
    both, animals, blocks = found.parts
    totals = of_animal.sum(axis=2)
    assert (totals.sum(axis=1) == 120).all()
    assert (totals[both] != 20).any(axis=1).mean() > 0.9 and (totals[blocks] == 20).all()
    assert (of_animal[animals] == of_animal[animals][..., :1]).all()
    assert (of_animal[blocks] != 1).any(axis=(1, 2)).all()


def test_animals_of_different_splits_are_not_exchanged():
    run = np.repeat(np.arange(6), 10)
    units = CaseUnits(run, run, (run >= 4).astype(int), 3)
    drawn = draw_blocks(HASH, units, 200).counts.reshape(201, 6, 10).sum(axis=2)
    assert (drawn[:, :4].sum(axis=1) == 40).all() and (drawn[:, 4:].sum(axis=1) == 20).all()


def test_a_run_no_longer_than_a_block_is_still_resampled():
    counts = draw_blocks(HASH, units_of(1, 6, 100), 100).counts[1:]
    assert (counts.sum(axis=1) == 6).all() and (counts != 1).any(axis=1).mean() > 0.5


def test_blocks_and_animals_are_counted_within_a_mask():
    units = units_of(4, 25, 10, animals=True)
    assert (units.n_animals(everything(units)), units.n_blocks(everything(units))) == (4, 8)
    first = units.run == 0
    assert (units.n_animals(first), units.n_blocks(first)) == (1, 2)
    assert units.n_blocks(first & (np.arange(100) < 3)) == 1


def expected_widening(n: int, freedom: int) -> float:
    return np.sqrt(n / freedom) * stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975)


def test_deviations_are_widened_for_few_units_less_the_groups_that_they_are_drawn_within():
    animals = units_of(7, 40, 10, animals=True)
    one_run, three_runs = units_of(1, 120, 10), units_of(3, 40, 10)
    for units, n, freedom in ((animals, 7, 6), (one_run, 12, 11), (three_runs, 12, 9)):
        spread = draw_blocks(HASH, units, 8).spread(everything(units))
        assert spread.widening == pytest.approx(expected_widening(n, freedom))


def test_within_one_of_several_animals_blocks_alone_speak():
    units = units_of(3, 40, 10, animals=True)
    resamples = draw_blocks(HASH, units, 8)
    spread = resamples.spread(units.run == 1)
    assert spread.parts == (resamples.parts[2],) and spread.n_animals == 1
    assert spread.widening == pytest.approx(expected_widening(4, 3))


def test_one_block_gives_no_interval_and_no_p():
    alone = Spread((slice(None),), 1, 1, 2, 1)
    values = np.random.default_rng(0).normal(size=101)
    assert alone.interval(values) is None and alone.two_sided_p(values) is None


def test_an_interval_needs_nine_tenths_of_the_resamples_and_a_defined_sample():
    many = Spread((slice(None),), 1, 50, 50, 49)
    values = np.arange(101.0)
    values[1:11] = np.nan
    assert many.interval(values) is not None
    values[11] = np.nan
    assert many.interval(values) is None
    assert many.interval(np.r_[np.nan, np.ones(100)]) is None


def test_chance_within_animals_counts_once():
    """Animals alike: drawing animals and blocks would count the noise twice."""
    units = units_of(30, 40, 1, animals=True)
    resamples = draw_blocks(HASH, units, 4000)
    noise = np.random.default_rng(2).normal(size=(1200, 1))
    means = case_weighted_sums(noise, resamples.counts)[:, 0] / 1200
    drawn = resamples.spread(everything(units)).deviations(means)
    plain = (means[1:] - means[0])[resamples.parts[0]]
    widening = resamples.spread(everything(units)).widening
    assert drawn.std() == pytest.approx(widening / np.sqrt(1200), rel=0.25)
    assert plain.std() > 1.25 * drawn.std() / widening


def test_weighted_sums_over_cases_are_those_of_a_matrix_product():
    rng = np.random.default_rng(4)
    total, counts = rng.normal(size=(30, 7)), rng.integers(0, 4, (20, 30))
    np.testing.assert_allclose(case_weighted_sums(total, counts), counts @ total, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(case_weighted_sums(total, counts[:3]), case_weighted_sums(total, counts)[:3])


def test_replicates_are_drawn_where_animals_are():
    resamples = draw_blocks(HASH, units_of(3, 10, 2, animals=True), 400)
    values = np.array([[1.0] * 401, [2.0] * 401, [6.0] * 401])
    mean = resample_replicates(values, resamples)
    assert mean[0] == 3.0 and (mean[1:][resamples.parts[2]] == 3.0).all()
    assert mean[1:][resamples.parts[0]].var() == pytest.approx(np.var([1, 2, 6]) / 3, rel=0.3)


def coverage_of(resamples: BlockResamples, runs: tuple[int, int], phi: float, between: float, n: int) -> float:
    """Share of intervals that hold the mean 0 of AR(1) runs whose animals differ."""
    rng = np.random.default_rng(9)
    within = np.ones(runs[0] * runs[1], dtype=bool)
    noise = rng.normal(size=(n, runs[0], runs[1] + 100))
    series = np.asarray(lfilter([1.0], [1.0, -phi], noise))[..., 100:] + between * rng.normal(size=(n, runs[0], 1))
    means = case_weighted_sums(series.reshape(n, -1).T, resamples.counts) / resamples.counts.sum(axis=1)[:, None]
    spread = resamples.spread(within)
    found = [spread.interval(column) for column in means.T]
    return float(np.mean([low <= 0 <= high for low, high in found]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("runs", "block", "animals", "between"),
    [((1, 240), 24, False, 0.0), ((8, 60), 20, False, 0.0), ((7, 60), 20, True, 0.0), ((7, 60), 20, True, 0.5)],
)
def test_nominal_95_percent_intervals_hold_the_mean_of_autoregressive_losses(runs, block, animals, between):
    resamples = draw_blocks(HASH, units_of(*runs, block, animals=animals), 1000)
    assert 0.90 <= coverage_of(resamples, runs, 0.6, between, 400) <= 0.99
