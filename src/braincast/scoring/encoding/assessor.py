"""The assessor opens what is true of a task once and measures any number of answers against it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from braincast.errors import BraincastError
from braincast.scoring.bootstrap import resample_replicates
from braincast.scoring.encoding.known import Drawn, Known, draw, published
from braincast.scoring.encoding.measured import Layout, Measured, measure
from braincast.scoring.metrics import Metric
from braincast.scoring.ranking import OfReplicates, Resampled
from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.encoding.task import EncodingTask
from braincast.tasks.encoding.truth import open_flow


class EncodingAssessor:
    """Measures contenders of one task; all are held against the same facts, on the same resamples."""

    def __init__(self, task: EncodingTask) -> None:
        self.task, self.card = task, task.card
        self.known = Known.of(task.card)
        self.flow = open_flow(task)

    @cached_property
    def drawn(self) -> Drawn:
        """The task's resamples, of scenes those in distribution."""
        return self._of_scenes("in")

    @cached_property
    def outside(self) -> Drawn:
        """The same of scenes that move faster than any that was learned from."""
        return self._of_scenes("out")

    @cached_property
    def mean_flow_error(self) -> float:
        """The error of a model that always says the mean flow of all directions, none: the floor of `task_error`."""
        still = np.zeros((len(self.card.cases), self.card.n_leads, 2), dtype=np.float32)
        flow_error = measure(self.card, np.concatenate([self._silence, still], axis=2), self.flow).flow_error
        inside = self.drawn.scenes[0] > 0
        return float(flow_error[inside].mean()) if inside.any() else np.nan

    @property
    def published(self) -> dict[str, float]:
        """What the published curves themselves would score."""
        return published(self.known, Layout(self.card).numbers("edge", "angle_deg"))

    def measured(self, forecast: Any, where: str = "forecast") -> Measured:
        """What one answer says; E208 for one that is not finite, where it was not looked at before."""
        values = forecast.values if isinstance(forecast, xr.DataArray) else forecast[:, :, :]
        if not np.isfinite(values).all():
            raise BraincastError("E208", where, "a prediction is not finite", "Write a finite number everywhere")
        return measure(self.card, np.asarray(values), self.flow)

    def resampled(
        self, metric: Metric, answers: Sequence[Measured], n_seeds: int = 1, *, outside: bool = False
    ) -> tuple[Resampled, OfReplicates]:
        """The metric on the sample and every resample, averaged over seeds or draws; and of each of these."""
        drawn = self.outside if outside else self.drawn
        values = np.array([metric.of_types(one, self.known, drawn) for one in answers])  # pyright: ignore
        return resample_replicates(values, drawn.seed, n_seeds), values

    def n_units(self, key: str) -> int:
        """Over how many cell types, or scenes, a metric is taken."""
        known = self.known
        beyond = (known.polarity != 0) & ~known.is_receptor
        sizes = {
            "polarity": np.count_nonzero(known.polarity),
            "polarity_beyond_receptors": beyond.sum(),
            "polarity_correlation": beyond.sum(),
            "direction_selectivity": len(known.selective) + len(known.not_selective),
            "selectivity_auroc": len(known.selective) + len(known.not_selective),
            "selectivity_above_rest": len(known.selective) + len(known.not_selective),
            "task_error": np.count_nonzero(self.drawn.scenes[0]),
        }
        return int(sizes.get(key, len(known.selective)))

    @cached_property
    def _every(self) -> Drawn:
        return draw(self.card, self.known)

    @property
    def _silence(self) -> np.ndarray:
        return np.zeros((len(self.card.cases), self.card.n_leads, len(self.card.cell_types)), dtype=np.float32)

    def _of_scenes(self, distribution: str) -> Drawn:
        inside = [case.distribution == distribution for case in self.card.cases if case.kind == "scene"]
        return Drawn(self._every.types, self._every.scenes * np.array(inside, dtype=np.int64), self._every.seed)


def require_encoding(metric: Metric, card: EncodingCard) -> Metric:
    """The metric, if it says something of answers to stimuli; E304 otherwise."""
    if metric.of_types is None:
        fix = "Choose one of braincast show task fly-motion"
        raise BraincastError("E304", f"task {card.name}", f"{metric.key} is not about answers to stimuli", fix)
    return metric
