"""Chance in whole numbers, the same on every machine: SplitMix64 (Steele, Lea & Flood 2014, OOPSLA)."""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from numba import njit

STEP = np.uint64(0x9E3779B97F4A7C15)  # what the state moves on by before each word


@njit(cache=True, inline="always")
@no_type_check
def mixed(state):
    """The random word that belongs to a state."""
    word = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))
