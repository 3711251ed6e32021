"""Stimuli, behaviour and conditions put onto the frames of a recording."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from jaxtyping import Float

from braincast.datasets.readers.draft import Interval, Track

_MOST_FEATURES = 256

Time = Float[np.ndarray, " time"]


def joined(tracks: Sequence[Track], time_s: Time | None, n_frames: int) -> tuple[xr.DataArray | None, list[str]]:
    """All tracks as one array [time, feature], and what was done to them.

    A value holds from its time until the next: frames before the first sample are NaN. A track without times must
    have a sample for each frame; one that cannot be placed is left out, and said so.
    """
    columns: list[np.ndarray] = []
    names: list[str] = []
    notes: list[str] = []
    for track in tracks:
        placed, remark = _placed(track, time_s, n_frames)
        if remark:
            notes.append(f"{track.name}: {remark}")
        if placed is not None:
            columns.append(placed)
            names += _features(track, placed.shape[1])
    if not columns:
        return None, notes
    return xr.DataArray(np.concatenate(columns, axis=1), {"feature": names}, ("time", "feature")), notes


def conditions(
    intervals: Sequence[Interval], time_s: Time | None, n_frames: int
) -> tuple[pd.DataFrame | None, list[str]]:
    """Intervals as whole frames; none, with the reason, where they overlap or cannot be placed."""
    if not intervals:
        return None, []
    if time_s is None and not all(i.in_frames for i in intervals):
        return None, ["conditions in seconds were left out, as frames are counted"]
    rows = sorted((*_frames(i, time_s), i.name) for i in intervals)
    kept = [row for row in rows if row[0] < row[1]]
    notes = [f"{len(rows) - len(kept)} conditions hold no frame and were left out"] if len(kept) < len(rows) else []
    if any(before[1] > after[0] for before, after in itertools.pairwise(kept)):
        return None, [*notes, "intervals overlap, so they were not taken as conditions"]
    if not kept:
        return None, notes
    starts, stops, names = zip(*kept, strict=True)
    covered = sum(stops) - sum(starts)
    if covered < n_frames:
        notes.append(f"{n_frames - covered:,} of {n_frames:,} frames lie in no condition and will not be used")
    return pd.DataFrame({"name": names, "start": starts, "stop": stops}), notes


def _placed(track: Track, time_s: Time | None, n_frames: int) -> tuple[np.ndarray | None, str]:
    values = track.values[:, None] if track.values.ndim == 1 else track.values
    if values.dtype.kind not in "fiub" or values.shape[1] > _MOST_FEATURES:
        return None, f"left out (shape {track.values.shape}, {track.values.dtype})"
    values = values.astype(np.float32 if values.dtype.itemsize < 8 or values.dtype.kind == "b" else np.float64)
    same_times = track.time_s is None or (time_s is not None and np.array_equal(track.time_s, time_s))
    if same_times and len(values) == n_frames:
        return values, ""
    if track.time_s is None or time_s is None or len(values) != len(track.time_s) or not len(values):
        return None, f"left out, as its {len(values):,} samples cannot be placed on {n_frames:,} frames"
    order = np.argsort(track.time_s, kind="stable")
    last = np.searchsorted(np.asarray(track.time_s)[order], time_s, side="right") - 1
    held = values[order[np.maximum(last, 0)]]
    held[last < 0] = np.nan
    return held, f"{len(values):,} samples held to {n_frames:,} frames"


def _features(track: Track, n_features: int) -> list[str]:
    if len(track.features) == n_features:
        return [f"{track.name}: {feature}" for feature in track.features]
    return [track.name] if n_features == 1 else [f"{track.name}[{number}]" for number in range(n_features)]


def _frames(interval: Interval, time_s: Time | None) -> tuple[int, int]:
    """First frame, and the first frame after it; a frame at the very end belongs to the next interval."""
    if interval.in_frames or time_s is None:
        return int(interval.start), int(interval.stop)
    start, stop = np.searchsorted(time_s, (interval.start, interval.stop), side="left")
    return int(start), int(stop)
