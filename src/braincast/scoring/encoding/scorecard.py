"""Scoring answers to stimuli: metrics with intervals over seeds and cell types, comparisons, and facts type by type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from braincast.errors import unknown_name
from braincast.forecasts.check import check_forecast
from braincast.scoring.bootstrap import interval
from braincast.scoring.ceiling import NO_CEILING
from braincast.scoring.encoding.assessor import EncodingAssessor, require_encoding
from braincast.scoring.encoding.measured import Measured
from braincast.scoring.encoding.type_facts import TypeFacts, type_facts
from braincast.scoring.metrics import Metric, load_metric
from braincast.scoring.ranking import OfReplicates, Resampled
from braincast.scoring.scorecard import Scorecard, compared, comparison
from braincast.scoring.scores import Comparison, Contender, MetricScore, ModelScore, defined
from braincast.tasks.encoding.task import EncodingTask

_OUTSIDE = ("task_error",)  # what is asked of scenes out of distribution too


@dataclass(frozen=True, eq=False, repr=False)
class EncodingScorecard(Scorecard):
    """Scores of all contenders of an encoding task; `facts[model][cell type]` says which facts each got right.

    `each` has every network by itself: the floor of untrained networks is a distribution, and `inside_floor` in the
    document says of every value whether it lies within it. `mean_flow_error` is the
    `task_error` of a model that sees no motion at all, `published` what the published curves would score.
    """

    facts: Mapping[str, Mapping[str, TypeFacts]] = field(default_factory=dict)
    mean_flow_error: float | None = None
    published: Mapping[str, float] = field(default_factory=dict)
    resampling: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of `braincast run` and `score`, without the run's own entries."""
        document = super().to_dict()
        for name, entry in document["models"].items():
            entry["facts"] = {cell_type: found.to_dict() for cell_type, found in self.facts[name].items()}
            entry["networks"] = {key: self._networks(name, key) for key in entry["metrics"]}
            entry["inside_floor"] = {key: self._inside_floor(name, key) for key in entry["metrics"]}
        floors = {"task_error": self.mean_flow_error}
        intervals = {"how": self.resampling, "within_one_circuit": True}
        return {**document, "floors": floors, "published": dict(self.published), "intervals": intervals}

    def _inside_floor(self, name: str, key: str) -> bool | None:
        """Whether a value lies within what the networks of the baseline have; None without several of them."""
        value = self.models[name].metrics[key].value
        floor = [] if self.baseline is None else self._networks(self.baseline, key)
        known = [one for one in floor if one is not None]
        if value is None or len(known) < 2 or len(known) < len(floor):
            return None
        return min(known) <= value <= max(known)

    def _networks(self, name: str, key: str) -> list[float | None]:
        return [defined(float(value)) for value in self.each[name, key][:, 0]]


def score_encoding(
    task: EncodingTask,
    contenders: Mapping[str, Contender],
    *,
    baseline: str | None = None,
    assessor: EncodingAssessor | None = None,
) -> EncodingScorecard:
    """Score answers to the stimuli of an encoding task.

    Labelled answers are checked first (E204–E215), others for numbers that are not finite (E208). Skill is against
    `baseline` (default: the task's own, when it is among them; E303 for one that is not).
    """
    for name, contender in contenders.items():
        for forecast in contender.forecasts:
            if isinstance(forecast, xr.DataArray):
                check_forecast(task.card, forecast, name)
    if baseline is not None and baseline not in contenders:
        raise unknown_name("E303", "baseline", baseline, contenders)
    default = task.card.baseline if task.card.baseline in contenders else None
    return _Tally(assessor or EncodingAssessor(task), contenders, baseline or default).scorecard()


class _Tally:
    """One scoring of several contenders: the baseline first, since skills refer to it."""

    def __init__(self, assessor: EncodingAssessor, contenders: Mapping[str, Contender], baseline: str | None) -> None:
        self.assessor, self.contenders, self.baseline = assessor, contenders, baseline
        self.card = assessor.card
        self.metrics = [require_encoding(load_metric(key), self.card) for key in self.card.metric_keys]
        self.samples: dict[tuple[str, str], Resampled] = {}
        self.each: dict[tuple[str, str], OfReplicates] = {}
        self.facts: dict[str, Mapping[str, TypeFacts]] = {}

    def scorecard(self) -> EncodingScorecard:
        order = sorted(self.contenders, key=lambda name: name != self.baseline)
        scored = {name: self._model_score(name) for name in order}
        return EncodingScorecard(
            task=self.card.name,
            version=self.card.version,
            task_hash=self.card.hash,
            baseline=self.baseline,
            primary=self.card.primary,
            models={name: scored[name] for name in self.contenders},
            comparisons=tuple(self._comparisons()),
            group_comparisons=(),
            ceiling=NO_CEILING,
            samples=self.samples,
            each=self.each,
            facts={name: self.facts[name] for name in self.contenders},
            mean_flow_error=defined(self.assessor.mean_flow_error),
            published=self.assessor.published,
            resampling=self.card.resampling,
        )

    def _model_score(self, name: str) -> ModelScore:
        contender = self.contenders[name]
        answers = [self.assessor.measured(forecast, name) for forecast in contender.forecasts]
        self.facts[name] = type_facts(answers, self.assessor.known, self.card.cell_types)
        scores = {metric.key: self._metric_score(name, metric, answers, contender.n_seeds) for metric in self.metrics}
        outside = {m.key: self._outside(m, answers, contender.n_seeds) for m in self.metrics if m.key in _OUTSIDE}
        own = tuple(defined(float(value)) for value in self.each[name, self.card.primary][:, 0])
        groups = self._groups(name)
        return ModelScore(contender.role, contender.of, scores, groups, own, contender.cost, contender.n_seeds, outside)

    def _metric_score(self, name: str, metric: Metric, answers: list[Measured], n_seeds: int) -> MetricScore:
        samples, each = self.assessor.resampled(metric, answers, n_seeds)
        self.samples[name, metric.key], self.each[name, metric.key] = samples, each
        value, skill = defined(float(samples[0])), None
        if value is not None and self.baseline is not None:
            skill = defined(metric.skill(value, float(self.samples[self.baseline, metric.key][0])))
        return MetricScore(value, interval(samples), self.assessor.n_units(metric.key), skill)

    def _outside(self, metric: Metric, answers: list[Measured], n_seeds: int) -> MetricScore:
        samples, _ = self.assessor.resampled(metric, answers, n_seeds, outside=True)
        n_scenes = int(np.count_nonzero(self.assessor.outside.scenes[0]))
        return MetricScore(defined(float(samples[0])), interval(samples), n_scenes)

    def _groups(self, name: str) -> dict[str, dict[str, MetricScore]]:
        """Direction selectivity of each type about which something is known; the median network's."""
        told = {cell_type: facts for cell_type, facts in self.facts[name].items() if facts.is_selective is not None}
        n = len(self.contenders[name].forecasts)
        return {"cell_type": {cell_type: MetricScore(facts.dsi, None, n) for cell_type, facts in told.items()}}

    def _comparisons(self) -> list[Comparison]:
        """Each model against the baseline and against its nulls and controls: by the primary metric, then by others."""
        keys = sorted(self.card.metric_keys, key=lambda key: key != self.card.primary)
        pairs = compared(self.contenders, self.baseline)
        return [comparison(a, b, key, self.samples[a, key], self.samples[b, key]) for key in keys for a, b in pairs]
