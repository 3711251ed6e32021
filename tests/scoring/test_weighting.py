"""Weighted sums over pairs of units: exact against fractions, and the same bits in any company."""

from fractions import Fraction

import numpy as np
import pytest

from braincast.scoring.weighting import weighted_sums


@pytest.fixture
def table():
    rng = np.random.default_rng(1)
    return rng.normal(size=(7, 13)) * 1e3, rng.integers(0, 4, (50, 7)), rng.integers(0, 4, (50, 13))


def test_sums_are_those_of_exact_arithmetic(table):
    total, rows, columns = table
    found = weighted_sums(total, rows, columns)
    for sample in range(50):
        pairs = [
            Fraction(float(total[row, column])) * int(rows[sample, row]) * int(columns[sample, column])
            for row, column in np.ndindex(total.shape)
        ]
        assert found[sample] == pytest.approx(float(sum(pairs)), rel=1e-12, abs=1e-9)


def test_each_resample_is_summed_alone_in_index_order(table):
    total, rows, columns = table
    found = weighted_sums(total, rows, columns)
    for sample in (0, 15, 16, 49):
        whole = 0.0
        for row in range(7):
            part = 0.0
            for column in range(13):
                part += total[row, column] * columns[sample, column]
            whole += part * rows[sample, row]
        assert found[sample] == whole
        assert weighted_sums(total, rows[sample : sample + 1], columns[sample : sample + 1])[0] == whole


def test_an_infinity_counts_exactly_where_it_is_drawn(table):
    total, rows, columns = table
    holed = total.copy()
    holed[2, 5] = np.inf
    found, drawn = weighted_sums(holed, rows, columns), (rows[:, 2] > 0) & (columns[:, 5] > 0)
    assert drawn.any() and not drawn.all()
    assert np.isinf(found[drawn]).all()
    holed[2, 5] = 0.0
    np.testing.assert_array_equal(found[~drawn], weighted_sums(holed, rows, columns)[~drawn])


def test_no_resample_has_no_sum(table):
    total, rows, columns = table
    assert weighted_sums(total, rows[:0], columns[:0]).shape == (0,)
