"""Equally good entries are seldom told apart and better ones often: `benchmarks/board_statistics.py` in small."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from scipy.stats import binom

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("entries", ["luck", "gain"])
def test_entries_of_one_configuration_are_told_apart_in_no_more_than_one_of_twenty_pairs(entries, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    rates = importlib.import_module("board_statistics").rates
    found = rates(entries, 3, 8)
    n = found["n_pairs"]
    assert n == 24
    for truth in ("public", "hidden"):
        assert round(found[truth]["apart"] * n) <= binom.ppf(0.999, n, 0.05)
    if entries != "gain":
        assert found["public"]["power"]["0.05"] > 0.9 and found["hidden"]["power"]["0.1"] > 0.9
