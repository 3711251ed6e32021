"""The examples in the docstrings of brain/ run and print what they say."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("module", ["connectome", "expression", "recording", "responses", "specimen"])
def test_docstring_examples_hold(module):
    outcome = doctest.testmod(importlib.import_module(f"braincast.brain.{module}"))
    assert outcome.attempted > 0 and outcome.failed == 0
