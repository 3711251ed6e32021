"""When frames were taken: seconds from what a source says, or none where it does not say."""

from __future__ import annotations

import difflib

import numpy as np
from jaxtyping import Float

from braincast.brain.stretches import LARGEST_GAP_SHARE, LARGEST_JITTER, Timing, timing
from braincast.brain.timeline import checked_time
from braincast.datasets.readers.candidates import Wanted
from braincast.datasets.readers.draft import Draft
from braincast.errors import BraincastError

SECONDS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "µs", "microsecond", "microseconds"), 1e-6),
    **dict.fromkeys(("min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
}
FRAMES = ("frames", "frame")
_LONGEST_STEP_S, _SHORTEST_STEP_S = 60.0, 1e-5

Time = Float[np.ndarray, " time"]


def frame_times(
    draft: Draft, wanted: Wanted, n_frames: int, where: str
) -> tuple[Time | None, Timing | None, list[str]]:
    """Times in seconds, their timing, and what was assumed; None where frames are counted.

    Times that do not increase are E104, an irregular step E120, an unknown or unlikely unit E116.
    """
    if wanted.frames:
        return None, None, ["frames are counted, as asked: times are left aside"]
    if wanted.rate_hz is not None:
        return *_regular(wanted.rate_hz, 0.0, n_frames, where), [f"time from the rate given, {wanted.rate_hz:g} Hz"]
    if draft.time is not None and draft.time_unit not in FRAMES:
        time_s = checked_time(np.asarray(draft.time, np.float64) * _seconds(draft.time_unit, where), n_frames)
        found = _checked(time_s, where)
        return time_s, found, _remarks(found, draft.time_unit)
    if draft.rate_hz is not None:
        return *_regular(draft.rate_hz, draft.start_s, n_frames, where), [f"time from the rate {draft.rate_hz:g} Hz"]
    if draft.time is not None:
        checked_time(np.asarray(draft.time, np.float64), n_frames)
    return None, None, ["the source states no time step: frames are counted (--rate gives one)"]


def counts_frames(time: np.ndarray) -> bool:
    """Whether times are just 0, 1, 2, … or 1, 2, 3, …"""
    return len(time) > 1 and time[0] in (0, 1) and bool((np.diff(time) == 1).all())


def _seconds(unit: str, where: str) -> float:
    if unit not in SECONDS:
        nearest = difflib.get_close_matches(unit, [*SECONDS, *FRAMES], n=1)
        hint = f"did you mean {nearest[0]!r}? " if nearest else ""
        fix = f"{hint}Use s, ms, us, min, h or frames as time_unit"
        raise BraincastError("E116", where, f"there is no unit of time {unit!r}", fix)
    return SECONDS[unit]


def _regular(rate_hz: float, start_s: float, n_frames: int, where: str) -> tuple[Time, Timing]:
    if not (0 < rate_hz < np.inf and 1 / rate_hz < np.inf):
        raise BraincastError("E116", where, f"a rate of {rate_hz} Hz is impossible", "Give another with --rate")
    time_s = start_s + np.arange(n_frames) / rate_hz
    return time_s, _checked(time_s, where)


def _checked(time_s: Time, where: str) -> Timing:
    found = timing(time_s)
    if found is None:
        raise BraincastError("E106", where, f"{len(time_s)} frames", "Give a recording of more frames")
    dt_s = found.dt_s
    if not _SHORTEST_STEP_S <= dt_s <= _LONGEST_STEP_S:
        what = f"a step of {dt_s:.4g} s is unlikely: are these milliseconds or frame numbers?"
        raise BraincastError("E116", where, what, "State time_unit in a sidecar, give --rate, or count with --frames")
    n_gaps = len(found.gaps)
    if found.jitter > LARGEST_JITTER or n_gaps > LARGEST_GAP_SHARE * len(time_s):
        what = f"steps differ from their median {dt_s:.4g} s by up to {found.jitter:.0%}, with {n_gaps:,} gaps"
        fix = "Count frames with --frames, or resample the recording at even steps"
        raise BraincastError("E120", where, what, fix)
    return found


def _remarks(found: Timing, unit: str) -> list[str]:
    remarks = [] if SECONDS[unit] == 1 else [f"times were given in {unit}"]
    if found.jitter > 1e-3:
        remarks.append(f"steps differ from their median by up to {found.jitter:.1%}")
    if len(found.gaps):
        remarks.append(f"{len(found.gaps)} gaps in time, which no window will cross")
    return remarks
