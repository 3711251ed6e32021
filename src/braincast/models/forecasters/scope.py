"""Whether each recording gets a fit of its own, or one fit answers for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float, Int

from braincast.models.interface import Setting, Settings
from braincast.tasks.forecasting.training import ForecastTraining

Evidence = TypeVar("Evidence")  # anything that can be added
OWN, POOLED = "own", "pooled"
SCOPE = Setting(
    "own: a fit for each recording (one that was not trained on gets the pooled fit); pooled: one fit for all",
    kind=str,
    choices=(OWN, POOLED),
)


def scoped(
    training: ForecastTraining, evidence: Mapping[int, Evidence], scope: str
) -> tuple[Int[np.ndarray, " known"], list[Evidence]]:
    """The recordings that get a fit of their own, and the evidence for each fit; the last is of all recordings.

    Only recordings that will be asked about get one: when all of these are new, validation judges the pooled fit too.
    """
    addends: list[Any] = list(evidence.values())
    everything = reduce(lambda a, b: a + b, addends)
    asked = sorted(set(evidence) & set(training.answers))
    known = asked if scope == OWN and len(evidence) > 1 else []
    return np.array(known, dtype=np.int64), [*(evidence[recording] for recording in known), everything]


def unlike(candidates: Sequence[Settings], training: ForecastTraining) -> tuple[Settings, ...]:
    """The candidates, without those that only their scope tells from an earlier one where there is one recording.

    There both scopes give the same fit.
    """
    if len(training.recordings) > 1:
        return tuple(candidates)
    kept: dict[Any, Settings] = {}
    for candidate in candidates:
        kept.setdefault(frozenset((k, v) for k, v in candidate.items() if k != "scope"), candidate)
    return tuple(kept.values())


def pieces_by_recording(training: ForecastTraining, n_frames: int) -> dict[int, list[Float[np.ndarray, "_ neuron"]]]:
    """The training pieces of at least `n_frames` frames; a recording without any gets no fit of its own."""
    pieces: dict[int, list[np.ndarray]] = {}
    for series in training.series:
        if len(series.activity) >= n_frames:
            pieces.setdefault(series.recording, []).append(series.activity)
    return pieces


def fit_of(known: Int[np.ndarray, " known"], recording: Int[np.ndarray, " case"]) -> Int[np.ndarray, " case"]:
    """Which fit answers each case: that of its recording, else the last."""
    matches = recording[:, None] == known[None, :]
    return np.where(matches.any(axis=1), matches.argmax(axis=1) if len(known) else 0, len(known))
