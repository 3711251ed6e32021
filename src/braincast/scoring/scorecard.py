"""The scorecard: metric × group for each contender, with intervals, skill, ceiling share and paired comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import xarray as xr

from braincast.brain.display import html_card, text_card
from braincast.errors import unknown_name
from braincast.forecasts.check import check_forecast
from braincast.scoring.assessor import Assessor
from braincast.scoring.bootstrap import interval, two_sided_p
from braincast.scoring.ceiling import Ceiling
from braincast.scoring.evidence import Evidence
from braincast.scoring.metrics import load_metric
from braincast.scoring.ranking import OfReplicates, Resampled
from braincast.scoring.scores import Comparison, Contender, MetricScore, ModelScore, defined, told
from braincast.tasks.card import MetricUse
from braincast.tasks.task import Task

# Groups with few pairs get a value but no interval, and replicates are only averaged there.
_WITH_INTERVAL = ("trials", "hops", "responses")


@dataclass(frozen=True, eq=False)
class Scorecard:
    """Scores of all contenders of one task.

    `samples[model, metric]` are the resampled values behind the intervals, `each[model, metric]` those of every
    replicate by itself.
    """

    task: str
    version: str
    task_hash: str
    baseline: str | None
    primary: str
    models: Mapping[str, ModelScore]
    comparisons: tuple[Comparison, ...]
    group_comparisons: tuple[Comparison, ...]
    ceiling: Ceiling
    samples: Mapping[tuple[str, str], Resampled] = field(repr=False)
    each: Mapping[tuple[str, str], OfReplicates] = field(repr=False, default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of `braincast run` and `score`, without the run's own entries."""
        return {
            "task": self.task,
            "version": self.version,
            "task_hash": self.task_hash,
            "baseline": self.baseline,
            "primary": self.primary,
            "models": {name: score.to_dict() for name, score in self.models.items()},
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
            "group_comparisons": [comparison.to_dict() for comparison in self.group_comparisons],
            "ceiling": asdict(self.ceiling),
        }

    def to_xarray(self) -> xr.Dataset:
        """Values and intervals as a Dataset over model and metric; NaN where undefined."""
        names, keys = list(self.models), list(next(iter(self.models.values())).metrics)
        scores = [[self.models[name].metrics[key] for key in keys] for name in names]
        nothing = (np.nan, np.nan)
        table = {
            "value": [[np.nan if s.value is None else s.value for s in row] for row in scores],
            "lower": [[(s.ci or nothing)[0] for s in row] for row in scores],
            "upper": [[(s.ci or nothing)[1] for s in row] for row in scores],
            "n": [[s.n for s in row] for row in scores],
        }
        data = {key: (("model", "metric"), np.array(values)) for key, values in table.items()}
        return xr.Dataset(data, coords={"model": names, "metric": keys}, attrs={"task": self.task})

    def __repr__(self) -> str:
        return text_card("Scorecard", self.task, told(self.models, self.primary))

    def to_html(self) -> str:
        """A small escaped HTML table of the primary metric and its 95 % interval."""
        return html_card("Scorecard", self.task, told(self.models, self.primary))

    _repr_html_ = to_html


def score_answers(
    task: Task,
    forecasts: xr.DataArray | Contender | Mapping[str, xr.DataArray | Contender],
    *,
    baseline: str | None = None,
    assessor: Assessor | None = None,
) -> Scorecard:
    """Score forecasts of a task's test cases.

    `forecasts` is one forecast or several by name; each is checked first (E204–E215). Skill is against `baseline`
    (default: the task's own, when it is among them).
    """
    contenders = _contenders(forecasts)
    for name, contender in contenders.items():
        for forecast in contender.forecasts:
            check_forecast(task.card, forecast, name)
    assessor = assessor or Assessor(task)
    wanted = baseline or task.card.baseline
    if baseline is not None and baseline not in contenders:
        raise unknown_name("E303", "baseline", baseline, contenders)
    chosen = wanted if wanted in contenders else None
    return _Tally(assessor, contenders, chosen).scorecard()


def compare_answers(card: Scorecard, a: str, b: str, metric: str) -> Comparison:
    """a - b on the same resamples of a scorecard; an unknown contender is E303, an unknown metric E304."""
    for name in (a, b):
        if name not in card.models:
            raise unknown_name("E303", "contender", name, card.models)
        if (name, metric) not in card.samples:
            raise unknown_name("E304", f"metric of {card.task}", metric, card.models[name].metrics)
    return comparison(a, b, metric, card.samples[a, metric], card.samples[b, metric])


def _contenders(forecasts: xr.DataArray | Contender | Mapping[str, xr.DataArray | Contender]) -> dict[str, Contender]:
    if isinstance(forecasts, xr.DataArray):
        forecasts = {str(forecasts.attrs.get("model", "forecast")): forecasts}
    if isinstance(forecasts, Contender):
        forecasts = {str(forecasts.forecasts[0].attrs.get("model", "forecast")): forecasts}
    return {n: f if isinstance(f, Contender) else Contender((f,)) for n, f in forecasts.items()}


class _Tally:
    """One scoring of several contenders: the baseline first, since skills refer to it."""

    def __init__(self, assessor: Assessor, contenders: Mapping[str, Contender], baseline: str | None) -> None:
        self.assessor, self.contenders, self.baseline = assessor, contenders, baseline
        self.card = assessor.task.card
        self.samples: dict[tuple[str, str], Resampled] = {}
        self.each: dict[tuple[str, str], OfReplicates] = {}
        self.group_samples: dict[tuple[str, str, str], Resampled] = {}

    def scorecard(self) -> Scorecard:
        order = sorted(self.contenders, key=lambda name: name != self.baseline)
        scored = {name: self._model_score(name) for name in order}
        pairs = compared(self.contenders, self.baseline)
        primary = self.card.primary
        paired = [comparison(a, b, primary, self.samples[a, primary], self.samples[b, primary]) for a, b in pairs]
        return Scorecard(
            task=self.card.name,
            version=self.card.version,
            task_hash=self.card.hash,
            baseline=self.baseline,
            primary=primary,
            models={name: scored[name] for name in self.contenders},
            comparisons=tuple(paired),
            group_comparisons=tuple(self._group_comparisons(pairs)),
            ceiling=self.assessor.ceiling,
            samples=self.samples,
            each=self.each,
        )

    def _model_score(self, name: str) -> ModelScore:
        contender = self.contenders[name]
        evidence: dict[tuple[str, int], list[Evidence]] = {}
        at_leads: dict[tuple[str, int], list[list[Evidence]]] = {}
        metrics, own, groups = {}, (), {}
        for use in self.card.metrics:
            part = use.target, use.min_trials
            if part not in evidence:
                evidence[part] = self.assessor.evidence(contender, use)
                at_leads[part] = self.assessor.at_leads(evidence[part])
            replicates = evidence[part]
            samples, each = self.assessor.measure(load_metric(use.key), replicates, n_seeds=contender.n_seeds)
            self.samples[name, use.key], self.each[name, use.key] = samples, each
            by_lead = self.assessor.by_lead(load_metric(use.key), at_leads[part])
            metrics[use.key] = replace(self._metric_score(use, samples, replicates[0].n_pairs), by_lead=by_lead)
            if use.key == self.card.primary:
                own = tuple(defined(value) for value in each[:, 0])
                groups = self._group_scores(name, contender, replicates)
        return ModelScore(contender.role, contender.of, metrics, groups, own, contender.cost, contender.n_seeds)

    def _metric_score(self, use: MetricUse, samples: Resampled, n_pairs: int) -> MetricScore:
        key, value, skill, share = use.key, defined(samples[0]), None, None
        if value is not None and self.baseline is not None:
            skill = defined(load_metric(key).skill(value, self.samples[self.baseline, key][0]))
        has_ceiling = key == "correlation" and use.target == "mean_response"
        ceiling = self.assessor.ceiling.correlation if has_ceiling else None
        if value is not None and ceiling:
            share = defined(value / ceiling)
        return MetricScore(value, interval(samples), n_pairs, skill, share)

    def _group_scores(
        self, name: str, contender: Contender, replicates: list[Evidence]
    ) -> dict[str, dict[str, MetricScore]]:
        metric = load_metric(self.card.primary)
        scores: dict[str, dict[str, MetricScore]] = {}
        for group, masks in self.assessor.groups.items():
            # Nulls have many draws; the groups without intervals say nothing about them.
            if group not in _WITH_INTERVAL and contender.role in ("null", "control"):
                continue
            scores[group] = {}
            for label, mask in masks.items():
                inside = self.assessor.within(replicates, mask)
                nested = {"resampled": group in _WITH_INTERVAL, "n_seeds": contender.n_seeds}
                samples, _ = self.assessor.measure(metric, inside, **nested)
                self.group_samples[name, group, label] = samples
                scores[group][label] = MetricScore(defined(samples[0]), interval(samples), inside[0].n_pairs)
        return scores

    def _group_comparisons(self, pairs: list[tuple[str, str]]) -> list[Comparison]:
        out = []
        for a, b in pairs:
            for group in _WITH_INTERVAL:
                for label in self.assessor.groups.get(group, {}):
                    first, second = self.group_samples[a, group, label], self.group_samples[b, group, label]
                    out.append(comparison(a, b, self.card.primary, first, second, f"{group}: {label}"))
        return out


def compared(contenders: Mapping[str, Contender], baseline: str | None) -> list[tuple[str, str]]:
    """Each model against the baseline, and against each of its nulls and controls."""
    models = [name for name, contender in contenders.items() if contender.of is None]
    against_baseline = [(m, baseline) for m in models if baseline is not None and m != baseline]
    against_nulls = [(c.of, name) for name, c in contenders.items() if c.of in contenders]
    return [(a, b) for a, b in against_baseline + against_nulls if a is not None and b is not None]


def comparison(
    a: str, b: str, metric: str, first: Resampled, second: Resampled, group: str | None = None
) -> Comparison:
    """a - b, with interval and p from paired resamples."""
    with np.errstate(invalid="ignore"):  # infinite losses on both sides differ by nothing that could be told
        difference = first - second
    return Comparison(a, b, metric, defined(difference[0]), interval(difference), two_sided_p(difference), group)
