"""What a fitted model answers, a few consecutive cases at a time, so that an answer need not fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Int

from braincast.models.interface import Fitted
from braincast.tasks.kinds import MEMBER, AnyCases


@dataclass(frozen=True, eq=False)
class Batch:
    """Cases that one fold's fit answers in one go, and which rows of the answer they are, in order."""

    fold: int
    rows: Int[np.ndarray, " row"]
    cases: AnyCases


class Answers:
    """The answer [case, lead, neuron(, member)] to all cases, of which any consecutive part can be asked for.

    It has a shape and is indexed like an array by consecutive cases, then by the other axes: so it can be scored
    without ever being whole. `attrs` are those of a labelled answer. A model is always asked about the same batches,
    whichever part is wanted: the last bits of a number may depend on which cases stand beside it. Who asks for one part
    after the other has each batch answered once.
    """

    dtype: np.dtype[np.float32] = np.dtype(np.float32)
    attrs: dict[str, Any]

    def __init__(
        self, folds: Sequence[Fitted], prepared: Any, cases: AnyCases, attrs: Mapping[str, Any] | None = None
    ) -> None:
        self._folds, self._prepared, self._cases, self.attrs = folds, prepared, cases, dict(attrs or {})
        self._batches = list(_batches(len(folds), cases))
        self._latest: dict[int, tuple[Batch, Float[np.ndarray, "row lead neuron *member"]]] = {}

    def __getitem__(self, key: tuple[slice, ...]) -> Float32[np.ndarray, row * axis]:
        rows, *rest = key
        first, last, _ = rows.indices(len(self._cases))
        return self.of(slice(first, last))[:, *rest]

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        n_members = self._n_members
        return (*self._cases.shape, *(() if n_members is None else (n_members,)))

    @property
    def n_batches(self) -> int:
        """How many times a model is asked."""
        return len(self._batches)

    @property
    def batch_rows(self) -> int:
        """How many cases the first batch has."""
        return len(self._batches[0].rows) if self._batches else 0

    @property
    def labels(self) -> dict[str, list[str]]:
        """The labels along each axis. Whether there are members, the first batch tells."""
        cases = self._cases
        labels = {"case": list(cases.ids), "lead": list(cases.leads), "neuron": list(cases.neurons)}
        n_members = self._n_members
        return labels if n_members is None else labels | {MEMBER: [str(member) for member in range(n_members)]}

    @cached_property
    def _n_members(self) -> int | None:
        if not self._batches:
            return None
        members = self._answer(self._batches[0]).shape[3:]
        return members[0] if members else None

    def of(self, rows: slice) -> Float32[np.ndarray, "row lead neuron *member"]:
        """The answer to the cases `rows`; NaN for a case that no fold answers."""
        answer = np.full((rows.stop - rows.start, *self.shape[1:]), np.nan, dtype=np.float32)
        for batch in self._batches:
            wanted = (batch.rows >= rows.start) & (batch.rows < rows.stop)
            if wanted.any():
                answer[batch.rows[wanted] - rows.start] = self._answer(batch)[wanted]
        return answer

    def _answer(self, batch: Batch) -> Float[np.ndarray, "row lead neuron *member"]:
        known, answer = self._latest.get(batch.fold, (None, None))
        if known is not batch or answer is None:
            answer = self._folds[batch.fold].forecast(batch.cases, self._prepared)
            self._latest[batch.fold] = batch, answer
        return answer


def _batches(n_folds: int, cases: AnyCases) -> Iterator[Batch]:
    for fold in range(n_folds):
        rows, done = np.flatnonzero(cases.fold == fold), 0
        for part in cases.where(cases.fold == fold).batches() if len(rows) else ():
            yield Batch(fold, rows[done : done + len(part)], part)
            done += len(part)
