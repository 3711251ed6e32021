"""The assessor of a forecast task opens its truth once and measures any number of contenders against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float

from braincast.scoring.forecasting.blocks import BlockResamples, CaseUnits, Spread, draw_blocks, resample_replicates
from braincast.scoring.forecasting.groups import CaseMask, case_groups, headline, neuron_groups
from braincast.scoring.forecasting.slabs import Labelled
from braincast.scoring.forecasting.sums import ForecastSums, add_up
from braincast.scoring.metrics import Metric
from braincast.scoring.ranking import Resampled
from braincast.scoring.scores import Contender
from braincast.scoring.weighting import case_weighted_sums
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.truth import open_window_truth


@dataclass(frozen=True, eq=False)
class Measured:
    """A metric on the sample and every resample, over all leads and at each; NaN where undefined.

    `spread` says how deviations become intervals; `each` is the sample's value for each replicate.
    """

    overall: Resampled
    by_lead: Float[np.ndarray, "resample lead"]
    each: Float[np.ndarray, " replicate"]
    n: int
    spread: Spread


class WindowAssessor:
    """Measures contenders of one forecast task; all see the same truth and resamples."""

    def __init__(self, task: Any, *, workers: int = 1) -> None:
        self.card: ForecastCard = task.card
        self.workers = workers
        self._truth = open_window_truth(task)
        self.headline = headline(self.card)
        self.case_groups = case_groups(self.card)
        self.grouping, self.neuron_groups = neuron_groups(
            self.card.regions, np.asarray(self._truth.activity_level), self.headline
        )

    @cached_property
    def resamples(self) -> BlockResamples:
        """The task's resamples."""
        return draw_blocks(self.card.hash, case_units(self.card), self.card.n_resamples)

    def sums(self, contender: Contender, name: str) -> list[ForecastSums]:
        """Sums of each replicate, each forecast read once."""
        arrays = [Labelled(f) if isinstance(f, xr.DataArray) else f for f in contender.forecasts]
        return [add_up(array, self._truth, self.grouping, workers=self.workers, where=name) for array in arrays]

    def measure(self, metrics: Sequence[Metric], replicates: Sequence[ForecastSums], mask: CaseMask) -> list[Measured]:
        """Each metric on the cases of a mask. A metric whose statistics a forecast does not have is all NaN."""
        counts = self.resamples.counts * mask
        names = list(dict.fromkeys(name for metric in metrics for name in metric.statistics))
        resampled = [_resampled_sums(sums, names, counts) for sums in replicates]
        n = int(replicates[0].by_case["count"][mask].sum())
        return [self._measured(metric, resampled, mask, n) for metric in metrics]

    def measure_columns(
        self, replicates: Sequence[ForecastSums]
    ) -> tuple[Float[np.ndarray, "resample column"], Float[np.ndarray, "replicate column"]]:
        """Mean absolute error within each group of neurons, on the headline's cases."""
        counts = self.resamples.counts * self.headline
        values = []
        for sums in replicates:
            with np.errstate(divide="ignore", invalid="ignore"):
                n = case_weighted_sums(sums.counts_by_group, counts)
                values.append(case_weighted_sums(sums.errors_by_group, counts) / n)
        together = np.array(values)
        columns = [resample_replicates(together[..., k], self.resamples) for k in range(together.shape[2])]
        return np.stack(columns, axis=1), together[:, 0]

    def _measured(
        self, metric: Metric, replicates: Sequence[Mapping[str, np.ndarray]], mask: CaseMask, n: int
    ) -> Measured:
        overall = np.array([_values(metric, {k: v.sum(axis=1) for k, v in sums.items()}) for sums in replicates])
        n_leads = len(self.card.leads)
        at_leads = np.array([_values(metric, {k: v.ravel() for k, v in sums.items()}) for sums in replicates])
        at_leads = at_leads.reshape(len(replicates), -1, n_leads)
        by_lead = [resample_replicates(at_leads[..., lead], self.resamples) for lead in range(n_leads)]
        together = resample_replicates(overall, self.resamples)
        return Measured(together, np.stack(by_lead, axis=1), overall[:, 0], n, self.resamples.spread(mask))


def case_units(card: ForecastCard) -> CaseUnits:
    """Runs are the cases of one recording in one condition; animals are drawn among those with the same splits."""
    runs = [(case.recording, case.condition) for case in card.cases]
    animals = [card.recordings[case.recording].specimen for case in card.cases]
    splits: dict[str, set[str]] = {}
    for animal, case in zip(animals, card.cases, strict=True):
        splits.setdefault(animal, set()).add(case.distribution)
    strata = [tuple(sorted(splits[animal])) for animal in animals]
    block_cases = max(1, -(-card.block // card.stride))
    return CaseUnits(_numbers(runs), _numbers(animals), _numbers(strata), block_cases)


def _numbers(labels: Sequence[Any]) -> np.ndarray:
    number = {label: k for k, label in enumerate(dict.fromkeys(labels))}
    return np.array([number[label] for label in labels], dtype=np.int64)


def _resampled_sums(sums: ForecastSums, names: Sequence[str], counts: np.ndarray) -> dict[str, np.ndarray]:
    """Each statistic that the forecast has, as [resample, lead]."""
    known = [name for name in names if name in sums.by_case]
    totals = np.concatenate([sums.by_case[name] for name in known], axis=1)
    parts = np.split(case_weighted_sums(totals, counts), len(known), axis=1)
    return dict(zip(known, parts, strict=True))


def _values(metric: Metric, sums: Mapping[str, np.ndarray]) -> np.ndarray:
    if metric.of_sums is None or not set(metric.statistics) <= set(sums):
        return np.full(len(next(iter(sums.values()))), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return metric.of_sums(sums)
