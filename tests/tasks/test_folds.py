"""Folds keep classes together, are balanced, and follow from names alone."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from braincast.tasks.folds import balanced_folds

NAMES = st.sampled_from([f"class {i}" for i in range(12)])
GROUPS = st.lists(NAMES, min_size=1, max_size=60)
N_FOLDS = st.integers(2, 6)


@given(groups=GROUPS, n_folds=N_FOLDS)
def test_no_class_is_split(groups, n_folds):
    folds = balanced_folds(groups, n_folds)
    assert len(folds) == len(groups)
    assert set(folds.tolist()) <= set(range(n_folds))
    assert len(set(zip(groups, folds.tolist(), strict=True))) == len(set(groups))


@given(groups=GROUPS, n_folds=N_FOLDS)
def test_folds_differ_by_at_most_the_largest_class(groups, n_folds):
    sizes = np.bincount(balanced_folds(groups, n_folds), minlength=n_folds)
    assert sizes.max() - sizes.min() <= max(Counter(groups).values())


@given(n_groups=st.integers(1, 12), size=st.integers(1, 4), n_folds=N_FOLDS)
def test_equal_classes_are_spread_as_evenly_as_possible(n_groups, size, n_folds):
    groups = [f"class {i}" for i in range(n_groups)] * size
    sizes = np.bincount(balanced_folds(groups, n_folds), minlength=n_folds)
    assert sizes.max() - sizes.min() <= size


@given(groups=GROUPS, n_folds=N_FOLDS, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(groups, n_folds, seed):
    order = np.random.default_rng(seed).permutation(len(groups))
    shuffled = balanced_folds([groups[row] for row in order], n_folds)
    np.testing.assert_array_equal(shuffled, balanced_folds(groups, n_folds)[order])


def test_large_classes_are_placed_first_then_names_in_the_order_of_their_hashes():
    # VB to fold 0, ADL to 1, AVA to 2; then I3 (SHA-256 09…), RIM (52…) and ASE (ef…) each to the emptiest.
    groups = ["ADL", "ADL", "ASE", "AVA", "AVA", "RIM", "VB", "VB", "VB", "I3"]
    assert balanced_folds(groups, 3).tolist() == [1, 1, 0, 2, 2, 2, 0, 0, 0, 1]
