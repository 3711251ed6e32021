"""Activity in the unit of a task, standard deviations of training frames or as recorded, read in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Float32, Int, Shaped

from braincast.errors import BraincastError
from braincast.tasks.forecasting.card import ForecastCard, Piece

if TYPE_CHECKING:
    from braincast.brain.recording import Recording

_EVERY = slice(None)
_RECENT_VALUES = 80 << 20  # 320 MiB in float32


@dataclass(frozen=True, eq=False)
class Scale:
    """Mean and standard deviation of each neuron over a recording's training frames, in the recording's unit.

    `active` is the share of these frames in which the neuron is more than one standard deviation above its mean.
    """

    mean: Float[np.ndarray, " neuron"]
    deviation: Float[np.ndarray, " neuron"]
    active: Float[np.ndarray, " neuron"]


class Standardised:
    """One recording of a task as models and scoring see it: float32, NaN where nothing was observed.

    Where it is not `scaled`, activity is as it was recorded.
    """

    def __init__(
        self, recording: Recording, columns: Int[np.ndarray, " neuron"], training: Sequence[Piece], *, scaled: bool
    ) -> None:
        self._recording, self._columns, self._training, self._scaled = recording, columns, training, scaled
        self._in_order = np.array_equal(columns, np.arange(recording.n_neurons))
        self._recent: tuple[int, int, np.ndarray] = 0, 0, np.empty((0, 0))  # what was read last, and its bounds

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_recent": (0, 0, np.empty((0, 0)))}

    @property
    def n_neurons(self) -> int:
        """How many of the recording's neurons the task asks about."""
        return len(self._columns)

    @property
    def frame_s(self) -> float | None:
        """Seconds from frame to frame, the median; None where they are not known."""
        return self._recording.dt_s

    @cached_property
    def scale(self) -> Scale:
        """From passes over the training frames, slab by slab; E110 for a neuron whose unit would be a spread of 0."""
        n_seen, total = self._added(lambda values: values)
        mean = np.divide(total, n_seen, out=np.full(len(total), np.nan), where=n_seen > 0)
        _, squares = self._added(lambda values: (values - mean) ** 2)
        deviation = np.sqrt(np.divide(squares, n_seen, out=np.full(len(total), np.nan), where=n_seen > 0))
        if self._scaled:
            _refuse_constant(self._recording, self._columns, mean, deviation)
        _, above = self._added(lambda values: np.where(np.isfinite(values), values > mean + deviation, np.nan))
        return Scale(mean, deviation, np.divide(above, n_seen, out=np.zeros(len(total)), where=n_seen > 0))

    @property
    def mean(self) -> Float[np.ndarray, " neuron"]:
        """Each neuron's mean over the training frames in the task's unit; 0 for one that was never observed there."""
        return np.zeros(self.n_neurons) if self._scaled else np.nan_to_num(self.scale.mean)

    def frames(self, start: int, stop: int, neurons: slice = _EVERY) -> Float32[np.ndarray, "time neuron"]:
        """Frames `start` to `stop` of some of the task's neurons."""
        raw = self._raw(start, stop, neurons)
        if not self._scaled:
            return raw.astype(np.float32)
        raw = raw.astype(np.float64)
        return ((raw - self.scale.mean[neurons]) / self.scale.deviation[neurons]).astype(np.float32)

    def windows(
        self, starts: Int[np.ndarray, " case"], length: int, neurons: slice = _EVERY
    ) -> Float32[np.ndarray, "case time neuron"]:
        """`length` frames from each start. Windows that overlap are cut from one reading."""
        width = len(range(*neurons.indices(len(self._columns))))
        out = np.empty((len(starts), length, width), dtype=np.float32)
        row = 0
        while row < len(starts):
            last = row
            while last + 1 < len(starts) and 0 <= starts[last + 1] - starts[last] <= length:
                last += 1
            first = int(starts[row])
            values = self.frames(first, int(starts[last]) + length, neurons)
            for place in range(row, last + 1):
                at = int(starts[place]) - first
                out[place] = values[at : at + length]
            row = last + 1
        return out

    def stimulus(self, start: int, stop: int) -> Float32[np.ndarray, "time feature"] | None:
        """What was shown, as it is stored."""
        track = self._recording.stimulus
        return None if track is None else track.values[start:stop].astype(np.float32)

    def _raw(self, start: int, stop: int, neurons: slice) -> Shaped[np.ndarray, "time neuron"]:
        """As it is stored. The chunks that were read last are kept, as windows follow each other."""
        chosen = neurons if self._in_order else self._columns[neurons]
        first, last = self._recording.blocks(start, stop)
        if last - first > stop - start and (last - first) * self._recording.n_neurons <= _RECENT_VALUES:
            begin, end, recent = self._recent
            if not begin <= start <= stop <= end:
                begin, end, recent = self._recent = first, last, self._recording.read(first, last)
            return recent[start - begin : stop - begin, chosen]
        if self._in_order:
            return self._recording.read(start, stop, neurons)
        return self._recording.read(start, stop)[:, chosen]

    def _added(self, function) -> tuple[Float[np.ndarray, " neuron"], Float[np.ndarray, " neuron"]]:
        """How many values were observed, and the sum of a function of them, over the training frames."""
        count, total = np.zeros(len(self._columns)), np.zeros(len(self._columns))
        for piece in self._training:
            for first, last in self._recording.spans():
                start, stop = max(first, piece.start), min(last, piece.stop)
                if start < stop:
                    values = function(self._raw(start, stop, _EVERY).astype(np.float64))
                    count += np.isfinite(values).sum(axis=0)
                    total += np.nansum(values, axis=0)
        return count, total


def filled(activity: Float32[np.ndarray, "*case time neuron"]) -> Float32[np.ndarray, "*case time neuron"]:
    """Missing values replaced by the last one seen before, 0 (the training mean) where none was."""
    missing = ~np.isfinite(activity)
    if not missing.any():
        return activity
    activity = activity.copy()
    time = activity.ndim - 2
    activity[..., 0, :][missing[..., 0, :]] = 0.0
    for frame in range(1, activity.shape[time]):
        gone = missing[..., frame, :]
        activity[..., frame, :][gone] = activity[..., frame - 1, :][gone]
    return activity


def standardised(card: ForecastCard, recordings: Sequence[Recording]) -> tuple[Standardised, ...]:
    """The task's recordings in its neuron order; one that is not what the card says is E215."""
    found = []
    for number, (use, recording) in enumerate(zip(card.recordings, recordings, strict=True)):
        place = {neuron: column for column, neuron in enumerate(recording.neurons)}
        missing = [neuron for neuron in card.neurons if neuron not in place]
        if recording.n_frames != use.n_frames or missing:
            what = f"it has {recording.n_frames:,} frames, expected {use.n_frames:,}"
            what = f"neuron {missing[0]!r} is not in it" if missing else what
            fix = "Make a task for this recording: braincast data add, then braincast task new"
            raise BraincastError("E215", f"recording {use.name} of task {card.name}", what, fix)
        columns = np.array([place[neuron] for neuron in card.neurons], dtype=np.int64)
        training = [piece for piece in card.of_split("train") if piece.recording == number]
        found.append(Standardised(recording, columns, training, scaled=card.scaled))
    return tuple(found)


def _refuse_constant(recording: Recording, columns: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> None:
    """A neuron that is constant over the training frames, but for rounding, or never observed there, has no unit."""
    flat = ~(deviation > 1e-7 * np.maximum(np.abs(mean), 1e-30))
    if flat.any():
        name = recording.neurons[columns[int(np.argmax(flat))]]
        what = f"neuron {name!r} is constant or never observed in the training frames ({int(flat.sum())} such)"
        raise BraincastError("E110", "recording.activity", what, "Leave such neurons out")
