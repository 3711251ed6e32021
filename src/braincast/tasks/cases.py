"""Cases as a model sees them: what is done to the brain, and which neurons to answer for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.tasks.card import Case


@dataclass(frozen=True, eq=False)
class Cases:
    """Questions without answers.

    `fold` says in which fold each case is held out, `group` which cases are related (the stimulated neuron's cell
    class), `neurons` and `leads` what an answer's other axes are. `lead_s` has the time of each lead in seconds, and is
    empty where a lead is no point in time.
    """

    ids: tuple[str, ...]
    stimulated: tuple[tuple[str, ...], ...]
    fold: Int[np.ndarray, " case"]
    group: tuple[str, ...]
    neurons: tuple[str, ...]
    leads: tuple[str, ...]
    lead_s: tuple[float, ...] = ()

    @classmethod
    def of(
        cls,
        cases: Sequence[Case],
        neurons: tuple[str, ...],
        leads: tuple[str, ...],
        lead_s: tuple[float, ...] = (),
    ) -> Cases:
        """Gather declared cases."""
        return cls(
            ids=tuple(case.id for case in cases),
            stimulated=tuple(case.stimulated for case in cases),
            fold=np.array([case.fold for case in cases], dtype=np.int64),
            group=tuple(case.group for case in cases),
            neurons=neurons,
            leads=leads,
            lead_s=lead_s,
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of an answer: case, lead, neuron."""
        return len(self.ids), len(self.leads), len(self.neurons)

    @property
    def drive(self) -> Float[np.ndarray, "case neuron"]:
        """1 where a neuron is stimulated in a case, else 0."""
        drive = np.zeros((len(self.ids), len(self.neurons)))
        members = self.members
        rows, places = np.nonzero(members >= 0)
        drive[rows, members[rows, places]] = 1.0
        return drive

    @cached_property
    def members(self) -> Int[np.ndarray, "case member"]:
        """Columns of the stimulated neurons of each case; shorter sets are filled up with -1."""
        column = {neuron: index for index, neuron in enumerate(self.neurons)}
        longest = max((len(stimulated) for stimulated in self.stimulated), default=0)
        members = np.full((len(self.ids), longest), -1, dtype=np.int64)
        for row, stimulated in enumerate(self.stimulated):
            members[row, : len(stimulated)] = [column[neuron] for neuron in stimulated]
        return members

    def batches(self) -> Iterator[Cases]:
        """All of them at once; windows of recordings come in parts."""
        yield self

    def where(self, keep: Bool[np.ndarray, " case"]) -> Cases:
        """The cases marked True, in the same order."""
        rows = np.flatnonzero(keep)
        return Cases(
            ids=tuple(self.ids[row] for row in rows),
            stimulated=tuple(self.stimulated[row] for row in rows),
            fold=self.fold[rows],
            group=tuple(self.group[row] for row in rows),
            neurons=self.neurons,
            leads=self.leads,
            lead_s=self.lead_s,
        )
