"""The assessor of a forecast task opens its truth once and measures any number of contenders against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float

from braincast.scoring.forecasting.averages import Averaging, averaging_of, mean_of_parts
from braincast.scoring.forecasting.blocks import BlockResamples, CaseUnits, draw_blocks, resample_replicates
from braincast.scoring.forecasting.groups import CaseMask, case_groups, headline, neuron_groups
from braincast.scoring.forecasting.hidden import HiddenTruth, strata
from braincast.scoring.forecasting.neurons import NeuronErrors, neuron_errors
from braincast.scoring.forecasting.rhythms import rhythm_sums
from braincast.scoring.forecasting.slabs import Labelled
from braincast.scoring.forecasting.spread import Spread
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

    `spread` says how deviations become intervals; `each` is of every replicate by itself.
    """

    overall: Resampled
    by_lead: Float[np.ndarray, "resample lead"]
    each: Float[np.ndarray, "replicate resample"]
    n: int
    spread: Spread


class WindowAssessor:
    """Measures contenders of one forecast task; all see the same truth and resamples.

    Groups of neurons are told apart by `column_metric`, where that is the task's primary one. Cases of a
    hidden `truth` are in no order of time.
    """

    column_metric = "mae"

    def __init__(self, task: Any, *, workers: int = 1, truth: HiddenTruth | None = None) -> None:
        self.card: ForecastCard = task.card
        self.workers = workers
        self.in_time = truth is None
        self._truth: Any = open_window_truth(task) if truth is None else truth
        self.headline = headline(self.card)
        self.averaging = averaging_of(self.card)
        self.case_groups = case_groups(self.card)
        self.grouping, self.neuron_groups = neuron_groups(
            self.card.regions, np.asarray(self._truth.activity_level), self.averaging.weights(self.headline)
        )

    @cached_property
    def resamples(self) -> BlockResamples:
        """The task's resamples."""
        return draw_blocks(self.card.hash, case_units(self.card, in_time=self.in_time), self.card.n_resamples)

    def spread(self, within: CaseMask) -> Spread:
        """How the deviations of a score of these cases become an interval."""
        return self.averaging.spread(self.resamples, within)

    def sums(self, contender: Contender, name: str) -> list[ForecastSums]:
        """Sums of each replicate, each forecast read once; of a rhythm once more, whole."""
        arrays = [Labelled(f) if isinstance(f, xr.DataArray) else f for f in contender.forecasts]
        found = [add_up(array, self._truth, self.grouping, workers=self.workers, where=name) for array in arrays]
        if self.card.rhythm is None:
            return found
        pacemaker = self.card.neurons.index(self.card.rhythm.pacemaker)
        kept = [rhythm_sums(array, self._truth, pacemaker) for array in arrays]
        return [replace(one, by_case={**one.by_case, **own}) for one, own in zip(found, kept, strict=True)]

    def measure(
        self,
        metrics: Sequence[Metric],
        replicates: Sequence[ForecastSums],
        mask: CaseMask,
        averaging: Averaging | None = None,
        *,
        n_seeds: int = 1,
    ) -> list[Measured]:
        """Each metric on the cases of a mask, averaged as the task says where no other averaging is asked for.

        A metric whose statistics a forecast does not have is all NaN. `n_seeds` replicates each are seeds of one draw.
        """
        names = list(dict.fromkeys(["count", *(name for metric in metrics for name in metric.statistics)]))
        averaging = averaging or self.averaging
        drawn, spread = self._drawn(mask, averaging), averaging.spread(self.resamples, mask)
        resampled = [[_resampled_sums(sums, names, *part) for part in drawn] for sums in replicates]
        n = int(replicates[0].by_case["count"][mask].sum())
        return [self._measured(metric, resampled, n, spread, n_seeds) for metric in metrics]

    def measure_columns(
        self, replicates: Sequence[ForecastSums], n_seeds: int = 1
    ) -> tuple[Float[np.ndarray, "resample column"], Float[np.ndarray, "replicate column"]]:
        """Mean absolute error within each group of neurons, on the headline's cases."""
        drawn, values = self._drawn(self.headline, self.averaging), []
        for sums in replicates:
            n = [case_weighted_sums(sums.counts_by_group[cases], counts) for cases, counts in drawn]
            errors = [case_weighted_sums(sums.errors_by_group[cases], counts) for cases, counts in drawn]
            with np.errstate(divide="ignore", invalid="ignore"):
                means = [total / count for total, count in zip(errors, n, strict=True)]
            values.append(mean_of_parts(means, [count > 0 for count in n]))
        together = np.array(values)
        columns = [resample_replicates(together[..., k], self.resamples, n_seeds) for k in range(together.shape[2])]
        return np.stack(columns, axis=1), together[:, 0]

    def leads_within(
        self, replicates: Sequence[ForecastSums], inside: Bool[np.ndarray, " neuron"]
    ) -> Float[np.ndarray, " lead"]:
        """The same at each lead, of the neurons marked True, on the sample."""
        with np.errstate(divide="ignore", invalid="ignore"):
            own = [
                s.errors_by_neuron[:, inside].sum(axis=1) / s.counts_by_neuron[:, inside].sum(axis=1)
                for s in replicates
            ]
        return np.mean(own, axis=0)

    def neuron_errors(self, replicates: Sequence[ForecastSums]) -> NeuronErrors:
        """How wrong each neuron was told, on the headline's cases."""
        return neuron_errors(replicates)

    def _drawn(self, mask: CaseMask, averaging: Averaging) -> list[tuple[np.ndarray, np.ndarray]]:
        """Of each part that is averaged: its cases, and how often each resample draws them."""
        cases = [np.flatnonzero(part) for part in averaging.parts(mask)]
        return [(own, np.take(self.resamples.counts, own, axis=1)) for own in cases]

    def _measured(
        self,
        metric: Metric,
        replicates: Sequence[Sequence[Mapping[str, np.ndarray]]],
        n: int,
        spread: Spread,
        n_seeds: int,
    ) -> Measured:
        overall = np.array([_mean_value(metric, parts, lambda sums: sums.sum(axis=1)) for parts in replicates])
        n_leads = len(self.card.leads)
        at_leads = np.array([_mean_value(metric, parts, np.ravel) for parts in replicates])
        at_leads = at_leads.reshape(len(replicates), -1, n_leads)
        by_lead = [resample_replicates(at_leads[..., lead], self.resamples, n_seeds) for lead in range(n_leads)]
        together = resample_replicates(overall, self.resamples, n_seeds)
        return Measured(together, np.stack(by_lead, axis=1), overall, n, spread)


def case_units(card: ForecastCard, *, in_time: bool = True) -> CaseUnits:
    """Runs are the cases of one recording in one condition; animals are drawn among those with the same splits.

    Cases that are not `in_time` are drawn within their strata, as these are where truth is hidden.
    """
    runs: list[Any] = [(case.recording, case.condition) for case in card.cases]
    if not in_time:
        of_case = {case: number for number, places in enumerate(strata(card)) for case in places}
        runs = [of_case[case] for case in range(len(runs))]
    animals = [card.recordings[case.recording].specimen for case in card.cases]
    splits: dict[str, set[str]] = {}
    for animal, case in zip(animals, card.cases, strict=True):
        splits.setdefault(animal, set()).add(case.distribution)
    alike = [tuple(sorted(splits[animal])) for animal in animals]
    block_cases = max(1, -(-card.block // card.stride))
    return CaseUnits(_numbers(runs), _numbers(animals), _numbers(alike), block_cases, in_time)


def _numbers(labels: Sequence[Any]) -> np.ndarray:
    number = {label: k for k, label in enumerate(dict.fromkeys(labels))}
    return np.array([number[label] for label in labels], dtype=np.int64)


def _resampled_sums(
    sums: ForecastSums, names: Sequence[str], cases: np.ndarray, counts: np.ndarray
) -> dict[str, np.ndarray]:
    """Each statistic that the forecast has, as [resample, lead]."""
    known = [name for name in names if name in sums.by_case]
    totals = np.concatenate([sums.by_case[name][cases] for name in known], axis=1)
    parts = np.split(case_weighted_sums(totals, counts), len(known), axis=1)
    return dict(zip(known, parts, strict=True))


def _mean_value(
    metric: Metric, parts: Sequence[Mapping[str, np.ndarray]], of: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """The metric of each part's sums, seen through `of`, then their mean."""
    seen = [{name: of(sums) for name, sums in part.items()} for part in parts]
    return mean_of_parts([_values(metric, sums) for sums in seen], [sums["count"] > 0 for sums in seen])


def _values(metric: Metric, sums: Mapping[str, np.ndarray]) -> np.ndarray:
    if metric.of_sums is None or not set(metric.statistics) <= set(sums):
        return np.full(len(next(iter(sums.values()))), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return metric.of_sums(sums)
