"""Evidence: a forecast held against the truth where there is any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.scoring.statistics import STATISTICS
from braincast.scoring.tiles import tiles


@dataclass(frozen=True, eq=False)
class Units:
    """What is resampled: `row[case]` (stimulated cell class), `column[neuron]` (responding cell class).

    `fold[case]` is not resampled; it says which cases one fit answered.
    """

    row: Int[np.ndarray, " case"]
    fold: Int[np.ndarray, " case"]
    column: Int[np.ndarray, " neuron"]
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Observed pairs in canonical order, with the resampling units they belong to.

    With several leads a pair stands here once for each; within a tile leads come before neurons. `first[t]` to
    `first[t + 1]` are the pairs of tile t. Everything is float64.
    """

    prediction: Float[np.ndarray, " pair"]
    truth: Float[np.ndarray, " pair"]
    case: Int[np.ndarray, " pair"]
    lead: Int[np.ndarray, " pair"]
    neuron: Int[np.ndarray, " pair"]
    fold: Int[np.ndarray, " pair"]
    row: Int[np.ndarray, " pair"]
    column: Int[np.ndarray, " pair"]
    first: Int[np.ndarray, " tile_plus_1"]
    n_rows: int
    n_columns: int

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def n_pairs(self) -> int:
        """Different pairs of case and neuron; with one lead, all of them."""
        if len(self) == 0:
            return 0
        return int(np.count_nonzero(np.bincount(self.case * (int(self.neuron.max()) + 1) + self.neuron)))

    def sums(self, names: tuple[str, ...]) -> Mapping[str, Float[np.ndarray, "row column"]]:
        """Each statistic summed within tiles, then over tiles in index order, for each pair of units.

        A statistic that several metrics need is summed once.
        """
        missing = [name for name in names if name not in self._sums]
        if missing:
            self._sums.update(self._added(missing))
        return {name: self._sums[name] for name in names}

    @cached_property
    def _sums(self) -> dict[str, Float[np.ndarray, "row column"]]:
        return {}

    def _added(self, names: list[str]) -> dict[str, Float[np.ndarray, "row column"]]:
        totals = {name: np.zeros((self.n_rows, self.n_columns)) for name in names}
        for begin, end in zip(self.first[:-1], self.first[1:], strict=True):
            if begin == end:
                continue
            prediction, truth, columns = self.prediction[begin:end], self.truth[begin:end], self.column[begin:end]
            for name in names:
                values = STATISTICS[name](prediction, truth)
                # A tile is of one case, and so of one row.
                totals[name][self.row[begin]] += np.bincount(columns, values, self.n_columns)
        return totals

    @cached_property
    def by_prediction(self) -> Int[np.ndarray, " pair"]:
        """Order of rising prediction; equal ones stay in canonical order."""
        return np.argsort(self.prediction, kind="stable")

    @cached_property
    def by_truth(self) -> Int[np.ndarray, " pair"]:
        """Order of rising truth; equal ones stay in canonical order."""
        return np.argsort(self.truth, kind="stable")


def gather(
    prediction: Float[np.ndarray, "case lead neuron"],
    truth: Float[np.ndarray, "case lead neuron"],
    keep: Bool[np.ndarray, "case lead neuron"],
    units: Units,
) -> Evidence:
    """Evidence where truth is finite and `keep` is True; tiles are walked in index order."""
    parts = list(_observed(prediction, truth, keep))
    sizes = [len(part[0]) for part in parts]
    case = np.repeat([part[4] for part in parts], sizes).astype(np.int64)
    neuron = np.concatenate([part[3] for part in parts])
    return Evidence(
        prediction=np.concatenate([part[0] for part in parts]),
        truth=np.concatenate([part[1] for part in parts]),
        case=case,
        lead=np.concatenate([part[2] for part in parts]),
        neuron=neuron,
        fold=units.fold[case],
        row=units.row[case],
        column=units.column[neuron],
        first=np.r_[0, np.cumsum(sizes)].astype(np.int64),
        n_rows=len(units.row_names),
        n_columns=len(units.column_names),
    )


def restrict(evidence: Evidence, keep: Bool[np.ndarray, " pair"]) -> Evidence:
    """The pairs marked True; tiles keep their places."""
    kept_before = np.r_[0, np.cumsum(keep)]
    return replace(
        evidence,
        prediction=evidence.prediction[keep],
        truth=evidence.truth[keep],
        case=evidence.case[keep],
        lead=evidence.lead[keep],
        neuron=evidence.neuron[keep],
        fold=evidence.fold[keep],
        row=evidence.row[keep],
        column=evidence.column[keep],
        first=kept_before[evidence.first].astype(np.int64),
    )


def _observed(
    prediction: np.ndarray, truth: np.ndarray, keep: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]]:
    n_cases, _, n_neurons = truth.shape
    for case, neurons in tiles(n_cases, n_neurons):
        lead, neuron = np.nonzero(np.isfinite(truth[case, :, neurons]) & keep[case, :, neurons])
        neuron = neuron + neurons.start
        values = prediction[case, lead, neuron], truth[case, lead, neuron]
        yield values[0].astype(np.float64), values[1].astype(np.float64), lead, neuron, case
