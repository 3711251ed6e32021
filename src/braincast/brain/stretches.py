"""Stretches of a recording that windows may lie in: conditions, cut where frames were lost.

A step of more than 1.5 times the median step is a gap: at least one frame is missing there. All other steps may
differ by at most 25 % from the median where a task counts in seconds; that difference is the jitter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float, Int

if TYPE_CHECKING:
    from braincast.brain.recording import Recording

GAP = 1.5
LARGEST_JITTER = 0.25
# Of all steps; a source that loses more is not sampled evenly.
LARGEST_GAP_SHARE = 0.1
WHOLE = "all"  # the condition of a recording without conditions


@dataclass(frozen=True, eq=False)
class Timing:
    """Median step, jitter as a share of it, and the frames before which there is a gap."""

    dt_s: float
    jitter: float
    gaps: Int[np.ndarray, " gap"]


@dataclass(frozen=True)
class Stretch:
    """Consecutive frames `start` to `stop` of one condition, without a gap."""

    condition: str
    start: int
    stop: int


def timing(time_s: Float[np.ndarray, " time"]) -> Timing | None:
    """How evenly frames follow each other; None with fewer than two."""
    if len(time_s) < 2:
        return None
    steps = np.diff(time_s)
    dt_s = float(np.median(steps))
    is_gap = steps > GAP * dt_s
    jitter = np.abs(steps[~is_gap] - dt_s).max(initial=0.0) / dt_s
    return Timing(dt_s, float(jitter), np.flatnonzero(is_gap) + 1)


def stretches(recording: Recording, *, in_frames: bool = False) -> list[Stretch]:
    """Conditions cut at gaps in time and at frames in which no neuron was observed; frames of no condition are in none.

    With `in_frames`, times are not looked at.
    """
    usable = observed_frames(recording)
    first = np.zeros(recording.n_frames + 1, dtype=bool)
    if recording.time_s is not None and not in_frames and (found := timing(recording.time_s)) is not None:
        first[found.gaps] = True
    return [
        Stretch(condition, start, stop)
        for condition, begin, end in conditions_of(recording)
        for start, stop in _runs(usable[begin:end], first[begin:end], begin)
    ]


def observed_frames(recording: Recording) -> Bool[np.ndarray, " time"]:
    """Frames in which at least one neuron has a value; read slab by slab."""
    seen = np.ones(recording.n_frames, dtype=bool)
    if np.dtype(recording.activity.dtype).kind != "f":
        return seen
    for start, stop in recording.spans():
        seen[start:stop] = np.isfinite(recording.read(start, stop)).any(axis=1)
    return seen


def conditions_of(recording: Recording) -> list[tuple[str, int, int]]:
    """(name, start, stop) of each condition; a recording without conditions is one of its own."""
    if recording.conditions is None:
        return [(WHOLE, 0, recording.n_frames)]
    table = recording.conditions
    return list(zip(table["name"], table["start"].tolist(), table["stop"].tolist(), strict=True))


def _runs(usable: np.ndarray, first: np.ndarray, begin: int) -> Iterator[tuple[int, int]]:
    """Runs of usable frames that do not go on where another begins."""
    frames = np.flatnonzero(usable)
    if len(frames) == 0:
        return
    breaks = np.flatnonzero((np.diff(frames) > 1) | first[frames[1:]]) + 1
    for run in np.split(frames, breaks):
        yield begin + int(run[0]), begin + int(run[-1]) + 1
