"""One row for each stimulus of the maps: what a reader without the maps needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from braincast.reports.entries import Score
from braincast.scoring.exhibits import Exhibits


@dataclass(frozen=True)
class Stimulus:
    """What was measured when a neuron was stimulated, the mean forecast, and the primary metric inside it."""

    name: str
    cell_class: str
    n_measured: int
    n_responded: int
    forecast: float | None
    score: float | None

    @property
    def share(self) -> float | None:
        """Responding share of the measured pairs."""
        return self.n_responded / self.n_measured if self.n_measured else None


def stimuli(exhibits: Exhibits, model: str, scores: Mapping[str, Score]) -> list[Stimulus]:
    """Rows in the order of the task's cases; `scores` are by stimulated neuron and may lack some."""
    return [_stimulus(exhibits, model, scores, row) for row in range(len(exhibits.stimulated))]


def _stimulus(exhibits: Exhibits, model: str, scores: Mapping[str, Score], row: int) -> Stimulus:
    column, seen = int(exhibits.stimulated[row]), exhibits.measured[row]
    predicted = exhibits.predicted.get(model)
    forecast = None if predicted is None or not seen.any() else float(np.mean(predicted[row, seen]))
    name = exhibits.neurons[column]
    return Stimulus(
        name=name,
        cell_class=exhibits.classes[column],
        n_measured=int(seen.sum()),
        n_responded=int(exhibits.responds[row].sum()),
        forecast=forecast,
        score=scores.get(name, Score()).value,
    )
