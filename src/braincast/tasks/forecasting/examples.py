"""Windows with what followed, for models that learn from a few at a time: cut when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from braincast.errors import BraincastError
from braincast.tasks.forecasting.standardised import Standardised, filled

# Frames that are needed stay in memory where they take no more than this; otherwise each batch reads its own. All that
# ZAPBench trains on (71,721 neurons, 5,070 frames) are 1.5 GB.
KEPT_BYTES = 2 << 30
_READ_VALUES = 1 << 24
Reader = Callable[[Standardised, int, int], np.ndarray]


class Seen(NamedTuple):
    """What is known of windows before they are answered, in arrays of numpy or JAX.

    A missing value of the context is the last one seen in it, 0 where none was. `recording` is the number in the task
    of the recording that a window is from. `stimulus` covers the context and the frames to forecast; None where it is
    not told.
    """

    context: Float[Any, "*case context neuron"]
    recording: Int[Any, "*case"]
    stimulus: Float[Any, "*case frame feature"] | None = None


class Batch(NamedTuple):
    """A few windows, and what followed (NaN where nothing was observed)."""

    seen: Seen
    target: Float[Any, "*case lead neuron"]


@dataclass(frozen=True, eq=False)
class Examples:
    """Windows by recording and first target frame; `n_features` of the stimulus are 0 where it is not told."""

    recording: Int[np.ndarray, " case"]
    start: Int[np.ndarray, " case"]
    context: int
    horizon: int
    n_neurons: int
    n_features: int
    _recordings: tuple[Standardised, ...]
    _kept_bytes: int = KEPT_BYTES

    @classmethod
    def of(
        cls,
        recording: Int[np.ndarray, " case"],
        start: Int[np.ndarray, " case"],
        context: int,
        horizon: int,
        recordings: tuple[Standardised, ...],
        *,
        shown: bool,
    ) -> Examples:
        """Windows of these recordings, with what was shown or without."""
        track = recordings[0].stimulus(0, 1) if shown else None
        n_features = 0 if track is None else track.shape[1]
        return cls(recording, start, context, horizon, recordings[0].n_neurons, n_features, recordings)

    def __len__(self) -> int:
        return len(self.start)

    @property
    def n_recordings(self) -> int:
        """How many recordings the task has, those without windows here included."""
        return len(self._recordings)

    @property
    def frame_s(self) -> float | None:
        """Seconds from frame to frame in the first recording; None where they are not known."""
        return self._recordings[0].frame_s

    @property
    def window_bytes(self) -> int:
        """Bytes of one window in memory."""
        frames = self.context + self.horizon
        return 4 * frames * (self.n_neurons + self.n_features)

    @cached_property
    def n_observed(self) -> int:
        """How many values to forecast were observed in the first window that has any; 0 if none has."""
        # Read by themselves: all windows need not be in memory yet.
        targets = (self._read(np.array([row]))[0][:, self.context :] for row in range(len(self)))
        counts = (int(np.isfinite(target).sum()) for target in targets)
        return next((count for count in counts if count), 0)

    def batch(self, rows: Int[np.ndarray, " row"]) -> Batch:
        """Some of the windows; a stimulus that is not finite there is E110."""
        if self._is_kept:
            at = self._place[rows][:, None] + np.arange(self.context + self.horizon)
            activity, shown = self._activity[at], None if self._shown is None else self._shown[at]
        else:
            activity, shown = self._read(rows)
        seen = Seen(filled(activity[:, : self.context]), self.recording[rows].astype(np.int32), shown)
        return Batch(seen, activity[:, self.context :])

    @cached_property
    def _needed(self) -> tuple[Bool[np.ndarray, " frame"], ...]:
        """Which frames of each recording lie in a window."""
        return tuple(self._covered(number) for number in range(len(self._recordings)))

    def _covered(self, number: int) -> Bool[np.ndarray, " frame"]:
        start = self.start[self.recording == number]
        change = np.zeros(start.max(initial=0) + self.horizon + 1, dtype=np.int64)
        np.add.at(change, start - self.context, 1)
        np.add.at(change, start + self.horizon, -1)
        return change.cumsum() > 0

    @cached_property
    def n_frames(self) -> int:
        """How many different frames the windows have."""
        return sum(int(needed.sum()) for needed in self._needed)

    @property
    def kept_bytes(self) -> int:
        """Bytes that stay in memory while batches are cut: all frames, or none."""
        return self._n_bytes if self._is_kept else 0

    @property
    def _n_bytes(self) -> int:
        return 4 * self.n_frames * (self.n_neurons + self.n_features)

    @cached_property
    def _is_kept(self) -> bool:
        return self._n_bytes <= self._kept_bytes

    @cached_property
    def _place(self) -> Int[np.ndarray, " case"]:
        """Where each window begins among the frames that are kept."""
        place, before = np.empty(len(self), dtype=np.int64), 0
        for number, needed in enumerate(self._needed):
            rows = self.recording == number
            place[rows] = before + np.cumsum(needed)[self.start[rows] - self.context] - 1
            before += int(needed.sum())
        return place

    @cached_property
    def _activity(self) -> Float32[np.ndarray, "frame neuron"]:
        return self._kept(lambda recording, start, stop: recording.frames(start, stop), self.n_neurons)

    @cached_property
    def _shown(self) -> Float32[np.ndarray, "frame feature"] | None:
        return self._kept(_shown, self.n_features) if self.n_features else None

    def _kept(self, read: Reader, width: int) -> Float32[np.ndarray, "frame width"]:
        """Every needed frame, recording after recording, read a few at a time."""
        kept = np.empty((self.n_frames, width), dtype=np.float32)
        done, most = 0, max(1, _READ_VALUES // width)
        for recording, needed in zip(self._recordings, self._needed, strict=True):
            edges = np.flatnonzero(np.diff(np.r_[False, needed, False].astype(np.int8)))
            for start, stop in edges.reshape(-1, 2).tolist():
                for first in range(start, stop, most):
                    last = min(first + most, stop)
                    kept[done : done + last - first] = read(recording, first, last)
                    done += last - first
        return kept

    def _read(self, rows: Int[np.ndarray, " row"]) -> tuple[np.ndarray, np.ndarray | None]:
        length = self.context + self.horizon
        windows = [(self._recordings[self.recording[row]], int(self.start[row]) - self.context) for row in rows]
        activity = np.stack([recording.frames(first, first + length) for recording, first in windows])
        if not self.n_features:
            return activity, None
        return activity, np.stack([_shown(recording, first, first + length) for recording, first in windows])


def _shown(recording: Standardised, start: int, stop: int) -> Float32[np.ndarray, "frame feature"]:
    track = recording.stimulus(start, stop)
    if track is None or not np.isfinite(track).all():
        what = "it is missing" if track is None else f"it is not finite in frames {start} to {stop}"
        raise BraincastError("E110", "recording.stimulus", what, "Fill the gaps, or make a task without inputs")
    return track
