"""The assessor of a rollout task opens its truth once and measures any number of contenders against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float, Int

from braincast.errors import BraincastError
from braincast.scoring.forecasting.assessor import case_units
from braincast.scoring.forecasting.blocks import BlockResamples, draw_blocks, resample_replicates
from braincast.scoring.forecasting.groups import headline
from braincast.scoring.forecasting.slabs import Labelled, reader
from braincast.scoring.forecasting.spread import Spread
from braincast.scoring.metrics import Metric
from braincast.scoring.ranking import Resampled
from braincast.scoring.rollouts.controls import TRUTH, TrainingPaths
from braincast.scoring.rollouts.ruler import Ruler, ruler
from braincast.scoring.rollouts.sums import Sums, path_sums, stable_share
from braincast.scoring.weighting import case_weighted_sums
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.standardised import filled
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import open_window_truth
from braincast.tasks.rollouts.rollout import Rollout


@dataclass(frozen=True, eq=False)
class Place:
    """One recording of a task: its cases, its ruler, and what the brain did, in sums."""

    rows: Int[np.ndarray, " case"]
    start: Int[np.ndarray, " case"]
    ruler: Ruler
    training: TrainingPaths
    truth: Float[np.ndarray, "case lead neuron"]
    sums: Sums


@dataclass(frozen=True, eq=False)
class Measured:
    """A metric on the sample and every resample, mean over replicates; and each replicate by itself."""

    overall: Resampled
    each: Float[np.ndarray, "replicate resample"]


class RolloutAssessor:
    """Measures contenders of one rollout task; all see the same truth and resamples.

    Each recording is measured by itself, with its own truth; a figure is the mean over recordings, each counted as
    often as its cases were drawn.
    """

    def __init__(self, task: ForecastTask) -> None:
        self.card: ForecastCard = task.card
        self.rollout = _rollout_of(task.card)
        truth = open_window_truth(task)
        cases = np.flatnonzero(headline(task.card))
        self.places = [self._place(task, truth, cases, number) for number in self._recordings(cases)]
        self.n_cases = len(cases)

    @cached_property
    def resamples(self) -> BlockResamples:
        """The task's resamples."""
        return draw_blocks(self.card.hash, case_units(self.card), self.card.n_resamples)

    @property
    def control_seed(self) -> int:
        """Where controls begin to draw: fixed by the task's hash."""
        return int(self.card.hash[:8], 16)

    @property
    def spread(self) -> Spread:
        """How deviations become intervals."""
        return self.resamples.spread(headline(self.card))

    def paths(self, forecast: Any, where: str) -> Float[np.ndarray, "case lead neuron"]:
        """One answer's paths; E212 for another shape, E208 for what is no number."""
        expected = (len(self.card.cases), self.card.horizon, len(self.card.neurons))
        if tuple(forecast.shape) != expected:
            what = f"its shape is {tuple(forecast.shape)}; expected {expected}"
            raise BraincastError("E212", where, what, "Answer every case with one path")
        read = reader(Labelled(forecast) if isinstance(forecast, xr.DataArray) else forecast)
        values = read(slice(0, expected[0]), slice(0, expected[2])).astype(np.float64)
        if not np.isfinite(values).all():
            what, fix = "a value is not finite", "Hold a path at the task's limit once it has left it"
            raise BraincastError("E208", where, what, fix)
        return values

    def sums(self, forecast: Any, where: str) -> list[Sums]:
        """Sums of one answer's paths, for each recording; errors as of `paths`."""
        values = self.paths(forecast, where)
        settled, reached = values[:, self.rollout.settle :], stable_share(values, self.rollout.limit)
        return [path_sums(settled[p.rows], p.start, p.ruler, reached[p.rows]) for p in self.places]

    def control_sums(self, control: str, seed: int) -> list[Sums]:
        """Of as many windows of the training frames: `truth`, `surrogate` or `shuffled`."""
        made = [p.training.truth() if control == TRUTH else getattr(p.training, control)(seed) for p in self.places]
        return [path_sums(paths, p.training.start, p.ruler) for paths, p in zip(made, self.places, strict=True)]

    def measure(
        self, metrics: Sequence[Metric], replicates: Sequence[Sequence[Sums]], n_seeds: int = 1
    ) -> dict[str, Measured]:
        """Each metric on the sample and every resample; NaN where undefined."""
        found = [self._of_one(metrics, sums) for sums in replicates]
        together = {metric.key: np.array([one[metric.key] for one in found]) for metric in metrics}
        return {key: Measured(resample_replicates(own, self.resamples, n_seeds), own) for key, own in together.items()}

    def _of_one(self, metrics: Sequence[Metric], sums: Sequence[Sums]) -> dict[str, Resampled]:
        total = {metric.key: np.zeros(self.resamples.n_resamples + 1) for metric in metrics}
        weight = np.zeros(self.resamples.n_resamples + 1)
        for place, own in zip(self.places, sums, strict=True):
            counts = self.resamples.counts[:, place.rows]
            drawn = counts.sum(axis=1)
            weight += drawn
            counts = np.where(drawn[:, None] > 0, counts, 1)  # where none is drawn, the value does not count
            for key, value in self._of_place(metrics, own, place, counts).items():
                total[key] += np.where(drawn > 0, drawn * value, 0.0)
        return {key: _centred(value / weight, self.resamples) for key, value in total.items()}

    def _of_place(
        self, metrics: Sequence[Metric], own: Sums, place: Place, counts: Int[np.ndarray, "resample case"]
    ) -> dict[str, Resampled]:
        found: dict[str, list[np.ndarray]] = {metric.key: [] for metric in metrics}
        for first in range(0, len(counts), 50):  # so that sums of many neurons fit in memory
            part = counts[first : first + 50]
            pooled, truth = pooled_sums(own, part), pooled_sums(place.sums, part)
            with np.errstate(divide="ignore", invalid="ignore"):
                for metric in metrics:
                    found[metric.key].append(metric.of_rollouts(pooled, truth))  # pyright: ignore
        return {key: np.concatenate(values) for key, values in found.items()}

    def _recordings(self, cases: Int[np.ndarray, " case"]) -> list[int]:
        return sorted({self.card.cases[row].recording for row in cases})

    def _place(self, task: ForecastTask, truth: Any, cases: Int[np.ndarray, " case"], number: int) -> Place:
        card = task.card
        rows = np.array([row for row in cases if card.cases[row].recording == number])
        settle, n_scored = self.rollout.settle, card.horizon - self.rollout.settle
        start = np.array([card.cases[row].start + settle for row in rows])
        pieces = [p for p in card.of_split("train") if p.recording == number and p.stop - p.start >= n_scored]
        training = TrainingPaths(task.recordings[number], pieces, n_scored, len(rows))
        n_frames = len(np.unique(start[:, None] + np.arange(n_scored)))
        made = ruler(np.concatenate(training.frames), n_frames, self.rollout, card.dt_s)
        every = slice(0, len(card.neurons))
        paths = np.concatenate([truth.read(slice(int(row), int(row) + 1), every) for row in rows])
        paths = filled(paths).astype(np.float64)[:, settle:]
        return Place(rows, start, made, training, paths, path_sums(paths, start, made))


def pooled_sums(sums: Sums, counts: Int[np.ndarray, "resample case"]) -> Mapping[str, np.ndarray]:
    """Sums over the paths that each resample drew."""
    out = {}
    for name, values in sums.items():
        flat = np.ascontiguousarray(values.reshape(len(values), -1))
        out[name] = case_weighted_sums(flat, counts).reshape(len(counts), *values.shape[1:])
    return out


def _rollout_of(card: ForecastCard) -> Rollout:
    if card.rollout is None:
        raise BraincastError("E306", f"task {card.name}", f"it is a {card.kind} task", "Choose a rollout task")
    return card.rollout


def _centred(resampled: Resampled, resamples: BlockResamples) -> Resampled:
    """Deviations around their own mean.

    A resample has fewer different paths than the sample, which makes histograms and spectra rougher and distances
    larger: a bias of the resampling that says nothing about the sample's value.
    """
    out = resampled.copy()
    parts = resamples.parts if resamples.units.several_animals else (slice(None),)
    for part in parts:
        drawn = out[1:][part]
        known = drawn[np.isfinite(drawn)]
        if len(known):
            out[1:][part] = drawn - known.mean() + resampled[0]
    return out
