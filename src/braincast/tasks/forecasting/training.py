"""What a model may learn from in a forecast task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float, Float32, Int

from braincast.tasks.forecasting.card import Piece
from braincast.tasks.forecasting.examples import Examples
from braincast.tasks.forecasting.standardised import Standardised, filled
from braincast.tasks.forecasting.windows import Windows, only_asked


@dataclass(frozen=True, eq=False)
class Series:
    """Consecutive training frames of one condition, standardised; a missing value is the last one seen before it.

    `recording` is the recording's number, `start` the number of the first frame there.
    """

    recording: int
    condition: str
    start: int
    activity: Float32[np.ndarray, "time neuron"]
    stimulus: Float32[np.ndarray, "time feature"] | None

    @property
    def n_frames(self) -> int:
        """Length of the time axis."""
        return len(self.activity)


@dataclass(frozen=True, eq=False)
class Held:
    """Validation windows with what followed: for choosing among settings and models, never for scoring."""

    windows: Windows
    _recordings: tuple[Standardised, ...]

    def batches(self) -> Iterator[tuple[Windows, Float32[np.ndarray, "case lead neuron"]]]:
        """A few windows at a time with what followed; NaN where nothing was observed."""
        for part in self.windows.batches():
            yield part, self._truth(part)

    @cached_property
    def truth(self) -> Float32[np.ndarray, "case lead neuron"]:
        """What followed all windows, in memory."""
        return self._truth(self.windows)

    def _truth(self, windows: Windows) -> Float32[np.ndarray, "case lead neuron"]:
        out = np.empty(windows.shape, dtype=np.float32)
        for number in np.unique(windows.recording):
            rows = np.flatnonzero(windows.recording == number)
            out[rows] = self._recordings[number].windows(windows.start[rows], windows.horizon)
        return only_asked(out, windows)

    def examples(self, *, shown: bool) -> Examples:
        """The windows with what followed and, if `shown`, the stimulus; cut when needed."""
        asked = self.windows
        lengths = asked.context_frames, asked.horizon
        return Examples.of(asked.recording, asked.start, *lengths, self._recordings, shown=shown)


@dataclass(frozen=True, eq=False)
class ForecastTraining:
    """Training series of one fold, and its validation windows.

    `pieces` say where the series lie; a model that looks at something else in their place, the signals that neurons
    share, say, has it as `stand_in`. `answers` are the recordings that the fold will be asked about: none of those
    learned from when animals are held out. In an imputation task `groups` has the number of the group that each neuron
    will be hidden with; in training all are seen.
    """

    pieces: tuple[Piece, ...]
    validation: Held
    neurons: tuple[str, ...]
    leads: tuple[str, ...]
    context_frames: int
    inputs: str
    answers: tuple[int, ...]
    _recordings: tuple[Standardised, ...]
    groups: Int[np.ndarray, " neuron"] | None = None
    stand_in: tuple[Series, ...] | None = None

    @property
    def horizon(self) -> int:
        """How many frames are to be forecast."""
        return len(self.leads)

    @property
    def frame_s(self) -> float | None:
        """Seconds from frame to frame; None where they are not known."""
        return self._recordings[0].frame_s

    @property
    def asks_members(self) -> bool:
        """Whether the task has metrics that look at members of a forecast."""
        return self.validation.windows.asks_members

    @property
    def mean(self) -> Float[np.ndarray, " neuron"]:
        """Each neuron's mean over the training frames of the recordings learned from; 0 in standardised units."""
        return np.mean([self._recordings[number].mean for number in self.recordings], axis=0)

    @property
    def recordings(self) -> tuple[int, ...]:
        """Numbers of the recordings that have a series here, rising."""
        return tuple(sorted({piece.recording for piece in self.pieces}))

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """All training frames, in memory; or what stands in for them."""
        return self.stand_in or tuple(self._series(piece) for piece in self.pieces)

    @property
    def unfilled(self) -> tuple[Series, ...]:
        """The series with NaN where nothing was observed; what stands in for them as it is."""
        if self.stand_in:
            return self.stand_in
        found = zip(self.series, self.pieces, strict=True)
        return tuple(replace(s, activity=self._recordings[p.recording].frames(p.start, p.stop)) for s, p in found)

    def examples(self, *, shown: bool) -> Examples:
        """Every window inside the training series with what followed and, if `shown`, the stimulus; cut when needed."""
        found = [(piece.recording, piece.starts(self.context_frames, self.horizon, 1)) for piece in self.pieces]
        start = np.array([start for _, starts in found for start in starts], dtype=np.int64)
        recording = np.repeat(np.array([r for r, _ in found], dtype=np.int64), [len(starts) for _, starts in found])
        return Examples.of(recording, start, self.context_frames, self.horizon, self._recordings, shown=shown)

    def windows(
        self, stride: int = 1
    ) -> Iterator[tuple[Series, Float32[np.ndarray, "case context neuron"], Float32[np.ndarray, "case lead neuron"]]]:
        """Contexts and what followed them inside each series that is long enough, as views; nothing is copied."""
        length = self.context_frames + self.horizon
        for series in self.series:
            if series.n_frames < length:
                continue
            every = np.lib.stride_tricks.sliding_window_view(series.activity, length, axis=0)[::stride]
            every = every.transpose(0, 2, 1)
            yield series, every[:, : self.context_frames], every[:, self.context_frames :]

    def _series(self, piece: Piece) -> Series:
        recording = self._recordings[piece.recording]
        activity = filled(recording.frames(piece.start, piece.stop))
        stimulus = recording.stimulus(piece.start, piece.stop) if self.inputs == "stimulus" else None
        return Series(piece.recording, piece.condition, piece.start, activity, stimulus)
