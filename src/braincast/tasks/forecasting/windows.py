"""Windows as a model sees them: what came before, what is shown, and how far to forecast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, Int

from braincast.tasks.forecasting.card import ForecastCard, WindowCase
from braincast.tasks.forecasting.standardised import Standardised, filled

_BATCH_BYTES = 256 << 20
# Batches leave room for as many answers: an answer may have so many members where a task asks for them, and without
# them one in float64 and its errors stand beside it.
_MEMBERS, _BESIDE = 10, 4
_EVERY = slice(None)


@dataclass(frozen=True, eq=False)
class Windows:
    """Questions without answers.

    `start` is the frame of the first target, the context is the `context_frames` frames before it. `recording` says by
    number where a window lies, `fold` which fit answers it. A model gets nothing from frame `start` on but, in a task
    whose inputs are "stimulus", what is shown; in an imputation task, `visible`.
    """

    ids: tuple[str, ...]
    recording: Int[np.ndarray, " case"]
    condition: tuple[str, ...]
    start: Int[np.ndarray, " case"]
    fold: Int[np.ndarray, " case"]
    neurons: tuple[str, ...]
    leads: tuple[str, ...]
    context_frames: int
    inputs: str
    asks_members: bool
    _past: tuple[Standardised, ...]
    _group: Int[np.ndarray, " neuron"] | None = None
    _hides: Int[np.ndarray, " case"] | None = None
    _own: Float32[np.ndarray, "case context neuron"] | None = None

    @classmethod
    def of(
        cls, cases: Sequence[WindowCase], card: ForecastCard, recordings: tuple[Standardised, ...], inputs: str
    ) -> Windows:
        """Gather declared cases, with what models are told there."""
        return cls(
            ids=tuple(case.id for case in cases),
            recording=np.array([case.recording for case in cases], dtype=np.int64),
            condition=tuple(case.condition for case in cases),
            start=np.array([case.start for case in cases], dtype=np.int64),
            fold=np.array([case.fold for case in cases], dtype=np.int64),
            neurons=card.neurons,
            leads=card.leads,
            context_frames=card.context,
            inputs=inputs,
            asks_members=card.asks_members,
            _past=recordings,
            _group=None if card.imputation is None else np.array(card.imputation.groups),
            _hides=None if card.imputation is None else np.array([case.hidden for case in cases], dtype=np.int64),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def horizon(self) -> int:
        """How many frames to forecast."""
        return len(self.leads)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of an answer: case, lead, neuron."""
        return len(self.ids), len(self.leads), len(self.neurons)

    def contexts(self) -> Float32[np.ndarray, "case context neuron"]:
        """Activity before each window; a missing value is the last one seen in the context, 0 where none was."""
        if self._own is not None:
            return self._own
        out = np.empty((len(self), self.context_frames, len(self.neurons)), dtype=np.float32)
        for number in np.unique(self.recording):
            rows = np.flatnonzero(self.recording == number)
            out[rows] = self._past[number].windows(self.start[rows] - self.context_frames, self.context_frames)
        return filled(out)

    @property
    def hides(self) -> bool:
        """Whether some neurons are hidden in each window, and these alone are asked about."""
        return self._hides is not None

    @property
    def hidden(self) -> Bool[np.ndarray, "case neuron"]:
        """Which neurons are hidden in each window; none in a task that forecasts."""
        if self._group is None or self._hides is None:
            return np.zeros((len(self), len(self.neurons)), dtype=bool)
        return self._hides[:, None] == self._group

    def visible(self) -> Float32[np.ndarray, "case lead neuron"]:
        """Activity in each window, NaN for hidden neurons alone; a missing value is the last one seen in the window.

        Of a task that forecasts nothing is visible.
        """
        out = np.full(self.shape, np.nan, dtype=np.float32)
        if self._group is None:
            return out
        for number in np.unique(self.recording):
            rows = np.flatnonzero(self.recording == number)
            out[rows] = filled(self._past[number].windows(self.start[rows], self.horizon))
        out[np.broadcast_to(self.hidden[:, None], out.shape)] = np.nan
        return out

    def stimulus(self) -> Float32[np.ndarray, "case frame feature"] | None:
        """What is shown during each context and the frames to forecast; None in a task without such inputs."""
        if self.inputs != "stimulus":
            return None
        first, last = self.start - self.context_frames, self.start + self.horizon
        shown = [self._past[n].stimulus(int(a), int(b)) for n, a, b in zip(self.recording, first, last, strict=True)]
        present = [track for track in shown if track is not None]
        return np.stack(present) if present else None

    def where(self, keep: Bool[np.ndarray, " case"]) -> Windows:
        """The windows marked True, in the same order."""
        rows = np.flatnonzero(keep)
        return replace(
            self,
            ids=tuple(self.ids[row] for row in rows),
            recording=self.recording[rows],
            condition=tuple(self.condition[row] for row in rows),
            start=self.start[rows],
            fold=self.fold[rows],
            _hides=None if self._hides is None else self._hides[rows],
            _own=None if self._own is None else self._own[rows],
        )

    def first(self, n_leads: int) -> Windows:
        """The same windows, of which only the first leads are asked for."""
        return replace(self, leads=self.leads[:n_leads])

    def going_on(self, n_frames: int, contexts: Float32[np.ndarray, "case context neuron"]) -> Windows:
        """The windows that begin `n_frames` later, after contexts that a model made itself."""
        return replace(self, start=self.start + n_frames, _own=contexts)

    def batches(self, n_bytes: int = _BATCH_BYTES) -> Iterator[Windows]:
        """Consecutive parts whose contexts and answers take at most `n_bytes`, one window at the least."""
        for rows in self.ranges(n_bytes):
            keep = np.zeros(len(self), dtype=bool)
            keep[rows] = True
            yield self.where(keep)

    def ranges(self, n_bytes: int = _BATCH_BYTES) -> Iterator[slice]:
        """The rows of each batch."""
        n_answers = 1 + (_MEMBERS if self.asks_members else _BESIDE)
        each = 4 * len(self.neurons) * (self.context_frames + self.horizon * n_answers)
        n_rows = max(1, n_bytes // max(1, each))
        for first in range(0, len(self), n_rows):
            yield slice(first, min(first + n_rows, len(self)))


def only_asked(
    truth: Float32[np.ndarray, "case lead neuron"], windows: Windows, neurons: slice = _EVERY
) -> Float32[np.ndarray, "case lead neuron"]:
    """What some of the neurons did, NaN where it was visible: of an imputation task only what was hidden counts."""
    if windows.hides:
        truth[np.broadcast_to(~windows.hidden[:, None, neurons], truth.shape)] = np.nan
    return truth
