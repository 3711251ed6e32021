"""Cutting synthetic recordings into conditions of nearly equal length."""

from __future__ import annotations

import numpy as np
import pandas as pd

from braincast.errors import BraincastError


def equal_conditions(n_frames: int, n_conditions: int) -> pd.DataFrame:
    """Conditions `rest-1`, `rest-2`, …; E305 unless each has a frame."""
    require(1 <= n_conditions <= n_frames, "n_conditions", f"{n_conditions} conditions in {n_frames} frames")
    bounds = np.linspace(0, n_frames, n_conditions + 1).astype(np.int64)
    names = [f"rest-{number + 1}" for number in range(n_conditions)]
    return pd.DataFrame({"name": names, "start": bounds[:-1], "stop": bounds[1:]})


def require(met: bool, setting: str, what: str) -> None:
    """E305 for a size that makes no brain."""
    if not met:
        raise BraincastError("E305", setting, what, "Give a larger number of frames or neurons, or fewer parts")
