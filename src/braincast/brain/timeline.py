"""Time as a first-class thing: frame times, tracks along them, and intervals that nothing may cross."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braincast.brain.tables import column_of
from braincast.errors import BraincastError

_CONDITION_COLUMNS = ("name", "start", "stop")


def checked_time(time_s: np.ndarray, n_frames: int) -> Float[np.ndarray, " time"]:
    """Times as float64 seconds, strictly increasing and finite (E104), one per frame (E106)."""
    time = np.asarray(time_s, dtype=np.float64)
    if time.shape != (n_frames,):
        what = f"shape {time.shape}, expected ({n_frames},)"
        raise BraincastError("E106", "recording.time_s", what, "Give one time for each frame")
    bad = ~np.isfinite(time)
    bad[1:] |= ~(np.diff(time) > 0)
    if bad.any():
        frame = int(np.argmax(bad))
        what = f"{time[frame]!s} s is not finite, or not after the frame before it"
        raise BraincastError("E104", f"recording.time_s[{frame}]", what, "Sort frames, or give None to count frames")
    return time


def checked_features(track: xr.DataArray, n_frames: int, where: str) -> xr.DataArray:
    """A track [time, feature] of numbers with one row per frame, else E106 or E107."""
    if track.dims != ("time", "feature") or track.sizes["time"] != n_frames:
        what = f"dimensions {dict(track.sizes)}, expected time = {n_frames}, then feature"
        raise BraincastError("E106", where, what, "Give a DataArray with dimensions (time, feature)")
    if track.dtype.kind not in "fiub":
        raise BraincastError("E107", where, f"data type {track.dtype}", "Give numbers")
    return track


def checked_conditions(conditions: pd.DataFrame, n_frames: int) -> pd.DataFrame:
    """Intervals sorted by start, as whole frames; E108 missing column, E109 empty, overlapping or outside."""
    for column in _CONDITION_COLUMNS:
        if column not in conditions.columns:
            fix = "Conditions need the columns name, start and stop"
            raise BraincastError("E108", "recording.conditions", f"column {column!r} is missing", fix)
    bounds = {column: _whole_frames(column_of(conditions, column)) for column in ("start", "stop")}
    settled = conditions.assign(name=conditions["name"].astype(str), **bounds)
    settled = settled.sort_values("start", kind="stable").reset_index(drop=True)
    _check_intervals(settled, n_frames)
    return settled


def _whole_frames(column: pd.Series) -> np.ndarray:
    values = np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)
    bad = ~(np.isfinite(values) & (values == np.floor(values)))
    if bad.any():
        row = int(np.argmax(bad))
        where = f"recording.conditions.{column.name}[{row}]"
        raise BraincastError("E109", where, f"{column.iloc[row]!r} is not a frame number", "Give whole frame numbers")
    return values.astype(np.int64)


def _check_intervals(conditions: pd.DataFrame, n_frames: int) -> None:
    start, stop = conditions["start"].to_numpy(), conditions["stop"].to_numpy()
    overlaps = np.zeros(len(start), bool)
    overlaps[1:] = start[1:] < stop[:-1]
    for bad, what in (
        ((start < 0) | (stop > n_frames), f"leaves the recording of {n_frames} frames"),
        (stop <= start, "is empty"),
        (overlaps, "overlaps the one before it"),
    ):
        if bad.any():
            row = int(np.argmax(bad))
            interval = f"{conditions['name'].iloc[row]!r} from {start[row]} to {stop[row]}"
            fix = "Intervals are frame numbers, half open, one after another"
            raise BraincastError("E109", f"recording.conditions[{row}]", f"{interval} {what}", fix)
