"""Submissions changed at random: whatever comes, only coded problems come out."""

from __future__ import annotations

import pytest
from fuzz_submissions import fuzz, report


@pytest.mark.slow
def test_a_minute_of_mutated_submissions_gives_coded_problems_and_no_wrong_valid_one():
    outcome = fuzz(60, seed=20261124)
    assert not outcome.failures, report(outcome)
    assert outcome.valid and len(outcome.codes) > 10, report(outcome)
