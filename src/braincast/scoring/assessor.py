"""The assessor opens a task's truth once and measures any number of contenders against it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from jaxtyping import Bool

from braincast.errors import unknown_name
from braincast.scoring.bootstrap import Resamples, draw_resamples, resample_replicates
from braincast.scoring.ceiling import NO_CEILING, Ceiling, repeatability
from braincast.scoring.evidence import Evidence, Units, gather, restrict
from braincast.scoring.groups import pair_groups
from braincast.scoring.metrics import Metric, load_metric
from braincast.scoring.ranking import OfReplicates, Resampled
from braincast.scoring.scores import Contender, defined
from braincast.tasks.card import MetricUse
from braincast.tasks.task import Task
from braincast.tasks.truth import open_truth


class Assessor:
    """Measures contenders of one task; all see the same truth, pairs and resamples."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._truth = open_truth(task)

    @cached_property
    def units(self) -> Units:
        """Resampling units: the stimulated classes of the cases, and the classes of all responders ever measured."""
        card = self.task.card
        row_names = tuple(dict.fromkeys(case.group for case in card.cases))
        seen = np.flatnonzero(self._truth.measured.any(axis=(0, 1)))
        column_names = tuple(dict.fromkeys(card.cell_classes[neuron] for neuron in seen))
        column_of = {name: index for index, name in enumerate(column_names)}
        return Units(
            row=np.array([row_names.index(case.group) for case in card.cases], dtype=np.int64),
            fold=np.array([case.fold for case in card.cases], dtype=np.int64),
            column=np.array([column_of.get(name, 0) for name in card.cell_classes], dtype=np.int64),
            row_names=row_names,
            column_names=column_names,
        )

    @cached_property
    def resamples(self) -> Resamples:
        """The task's resamples."""
        card, units = self.task.card, self.units
        return draw_resamples(card.hash, len(units.row_names), len(units.column_names), card.n_resamples)

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, Bool[np.ndarray, "case neuron"]]]:
        """Masks of the groups of pairs."""
        return pair_groups(self.task, self._truth)

    @cached_property
    def ceiling(self) -> Ceiling:
        """Repeatability of the mean response; undefined for a task that compares nothing with it."""
        use = next((use for use in self.task.card.metrics if use.target == "mean_response"), None)
        return repeatability(self._truth, self.units, self.resamples, use.min_trials) if use else NO_CEILING

    def evidence(self, contender: Contender, use: MetricUse) -> list[Evidence]:
        """Evidence of each replicate for a metric's target."""
        truth, enough = self._truth.targets[use.target], self._truth.n_trials >= use.min_trials
        return [gather(f.values.astype(np.float64), truth, enough, self.units) for f in contender.forecasts]

    def measure(
        self, metric: Metric, replicates: list[Evidence], *, resampled: bool = True, n_seeds: int = 1
    ) -> tuple[Resampled, OfReplicates]:
        """The metric on the sample and every resample, averaged over replicates; and of each replicate.

        Without `resampled`, on the sample alone. `n_seeds` replicates each are seeds of one null draw.
        """
        kept = slice(None) if resampled else slice(1)
        rows, columns = self.resamples.rows[kept], self.resamples.columns[kept]
        values = np.array([metric.values(evidence, rows, columns) for evidence in replicates])
        return resample_replicates(values, self.resamples.seed, n_seeds), values

    def within(self, replicates: list[Evidence], mask: Bool[np.ndarray, "case neuron"]) -> list[Evidence]:
        """The same evidence, restricted to a group of pairs."""
        return [restrict(evidence, mask[evidence.case, evidence.neuron]) for evidence in replicates]

    def at_leads(self, replicates: list[Evidence]) -> list[list[Evidence]]:
        """The same evidence at each lead alone; nothing for a task of one lead."""
        n_leads = len(self.task.card.leads)
        leads = range(n_leads) if n_leads > 1 else ()
        return [[restrict(evidence, evidence.lead == lead) for evidence in replicates] for lead in leads]

    def by_lead(self, metric: Metric, at_leads: list[list[Evidence]]) -> list[float | None] | None:
        """The metric on the sample at each lead, averaged over replicates; None for a task of one lead."""
        if not at_leads:
            return None
        return [defined(self.measure(metric, evidence, resampled=False)[0][0]) for evidence in at_leads]

    def use(self, key: str) -> MetricUse:
        """How the task uses a metric; a metric that it does not name is E304."""
        for use in self.task.card.metrics:
            if use.key == key:
                return use
        load_metric(key)
        raise unknown_name("E304", f"metric of {self.task.name}", key, self.task.card.metric_keys)
