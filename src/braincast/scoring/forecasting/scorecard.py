"""Scoring forecasts of recordings: every contender read once, all held to the same truth and resamples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from braincast.errors import BraincastError, unknown_name
from braincast.forecasts.check import check_forecast
from braincast.scoring.forecasting.assessor import Measured, WindowAssessor
from braincast.scoring.forecasting.averages import OVER_WINDOWS
from braincast.scoring.forecasting.card import BestSimple, ForecastScorecard, comparison
from braincast.scoring.forecasting.drops import Drop, Sides, drop
from braincast.scoring.forecasting.groups import members_of
from braincast.scoring.forecasting.held import intervals_told
from braincast.scoring.forecasting.neurons import NeuronErrors, neuron_skill
from braincast.scoring.forecasting.spread import Spread
from braincast.scoring.forecasting.sums import ForecastSums
from braincast.scoring.metrics import load_metric
from braincast.scoring.ranking import OfReplicates, Resampled
from braincast.scoring.scores import Comparison, Contender, MetricScore, ModelScore, defined
from braincast.tasks.forecasting.task import ForecastTask

_COMPARED_GROUPS = ("distribution",)


def score_forecasts(
    task: ForecastTask,
    forecasts: xr.DataArray | Contender | Mapping[str, xr.DataArray | Contender],
    *,
    baseline: str | None = None,
    simple: str | None = None,
    workers: int = 1,
    assessor: WindowAssessor | None = None,
    headline: str | None = None,
) -> ForecastScorecard:
    """Score forecasts of a forecast task's test windows; the same bits whatever `workers` is.

    Labelled forecasts are checked first (E204–E215), stored arrays for their shape (E212) and for numbers that are not
    finite (E208). Skill is over `baseline` (default: the task's own, when it is among them), and over `simple`, the
    best simple model by validation; where that is not given, the simple model with the best test score is taken. How
    often intervals hold is measured in each condition for the baseline and `headline` (default: the first model).
    """
    contenders = contenders_of(forecasts)
    for name, contender in contenders.items():
        for forecast in contender.forecasts:
            if isinstance(forecast, xr.DataArray):
                check_forecast(task.card, forecast, name)
    for kind, wanted in (("baseline", baseline), ("simple model", simple)):
        if wanted is not None and wanted not in contenders:
            raise unknown_name("E303", kind, wanted, contenders)
    default = task.card.baseline if task.card.baseline in contenders else None
    assessor = assessor or WindowAssessor(task, workers=workers)
    return _Tally(assessor, contenders, baseline or default, simple, headline).card()


def contenders_of(forecasts: xr.DataArray | Contender | Mapping[str, xr.DataArray | Contender]) -> dict[str, Contender]:
    """One forecast, or several by name, as contenders by name."""
    if isinstance(forecasts, Mapping):
        return {name: f if isinstance(f, Contender) else Contender((f,)) for name, f in forecasts.items()}
    one = forecasts if isinstance(forecasts, Contender) else Contender((forecasts,))
    return {str(getattr(one.forecasts[0], "attrs", {}).get("model", "forecast")): one}


class _Tally:
    """One scoring of several contenders. Each is measured by itself; then skills and comparisons are added."""

    def __init__(
        self,
        assessor: WindowAssessor,
        contenders: Mapping[str, Contender],
        baseline: str | None,
        simple: str | None,
        headline: str | None,
    ) -> None:
        self.assessor, self.contenders = assessor, contenders
        self.task, self.baseline, self.simple, self.headline = assessor.card, baseline, simple, headline
        self.spread = assessor.spread(assessor.headline)
        self.samples: dict[tuple[str, str], Resampled] = {}
        self.each: dict[tuple[str, str], OfReplicates] = {}
        # Of the primary metric, by contender: at each lead, and in groups as (samples, spread).
        self.at_leads: dict[str, np.ndarray] = {}
        self.in_groups: dict[tuple[str, str, str], tuple[Resampled, Spread]] = {}
        self.errors: dict[str, NeuronErrors] = {}
        self.losses: dict[str, np.ndarray] = {}

    def card(self) -> ForecastScorecard:
        plain = {name: self._model_score(name) for name in self.contenders}
        best = self._best_simple(plain)
        pairs = self._pairs(best)
        return ForecastScorecard(
            task=self.task.name,
            version=self.task.version,
            task_hash=self.task.hash,
            baseline=self.baseline,
            best_simple=best,
            primary=self.task.primary,
            leads=self.task.leads,
            models={name: self._with_skills(score, plain, best) for name, score in plain.items()},
            neurons=self._neuron_skills(),
            comparisons=tuple(self._comparison(a, b) for a, b in pairs),
            group_comparisons=tuple(one for a, b in pairs for one in self._group_comparisons(a, b)),
            drops=self._drops(),
            intervals=intervals_told(self.assessor, self._own_losses(), self.baseline, self._leader()),
            ceiling={"text": self.task.ceiling, "noise_floor": list(self.task.noise_floor) or None},
            headline=int(self.assessor.headline.sum()),
            spread=self.spread,
            samples=self.samples,
            each=self.each,
        )

    def _model_score(self, name: str) -> ModelScore:
        contender, assessor = self.contenders[name], self.assessor
        replicates = assessor.sums(contender, name)
        keys, cases = self.task.metric_keys, assessor.headline
        wanted = [load_metric(key) for key in keys]
        found = assessor.measure(wanted, replicates, cases, n_seeds=contender.n_seeds)
        metrics = {key: _metric_score(one) for key, one in zip(keys, found, strict=True)}
        for key, one in zip(keys, found, strict=True):
            self.samples[name, key], self.each[name, key] = one.overall, one.each
        primary = found[keys.index(self.task.primary)]
        self.at_leads[name] = primary.by_lead
        self.errors[name] = assessor.neuron_errors(replicates)
        self.losses[name] = _loss_of_cases(replicates)
        groups = {**self._case_group_scores(name, replicates), **self._neuron_group_scores(name, replicates)}
        own = tuple(defined(value) for value in primary.each[:, 0])
        outside = self._outside(replicates, contender.n_seeds)
        return ModelScore(
            contender.role, contender.of, metrics, groups, own, contender.cost, contender.n_seeds, outside
        )

    def _outside(self, replicates: list[ForecastSums], n_seeds: int) -> dict[str, MetricScore]:
        """Every metric on what is out of distribution, where something else is the headline."""
        masks = self.assessor.case_groups["distribution"]
        if set(masks) != {"in", "out"}:
            return {}
        wanted = [load_metric(key) for key in self.task.metric_keys]
        found = self.assessor.measure(wanted, replicates, masks["out"], n_seeds=n_seeds)
        return {key: _metric_score(one) for key, one in zip(self.task.metric_keys, found, strict=True)}

    def _case_group_scores(self, name: str, replicates: list[ForecastSums]) -> dict[str, dict[str, MetricScore]]:
        metric, scores, n_seeds = load_metric(self.task.primary), {}, self.contenders[name].n_seeds
        for group, masks in self.assessor.case_groups.items():
            scores[group] = {}
            for label, mask in masks.items():
                (found,) = self.assessor.measure([metric], replicates, mask, n_seeds=n_seeds)
                self.in_groups[name, group, label] = found.overall, found.spread
                scores[group][label] = _metric_score(found)
        return {**scores, **self._other_averages(name, replicates)}

    def _other_averages(self, name: str, replicates: list[ForecastSums]) -> dict[str, dict[str, MetricScore]]:
        """Where a task averages over conditions: that, and the average over all windows beside it."""
        if self.task.average == "windows":
            return {}
        metric, scores, n_seeds = load_metric(self.task.primary), {}, self.contenders[name].n_seeds
        for label, averaging in (("conditions", self.assessor.averaging), ("windows", OVER_WINDOWS)):
            cases = self.assessor.headline
            (found,) = self.assessor.measure([metric], replicates, cases, averaging, n_seeds=n_seeds)
            self.in_groups[name, "average", label] = found.overall, found.spread
            scores[label] = _metric_score(found)
        return {"average": scores}

    def _neuron_group_scores(self, name: str, replicates: list[ForecastSums]) -> dict[str, dict[str, MetricScore]]:
        """The primary metric within groups of neurons, where it can be had for them."""
        scores: dict[str, dict[str, MetricScore]] = {}
        if self.task.primary != self.assessor.column_metric:
            return scores
        samples, _ = self.assessor.measure_columns(replicates, self.contenders[name].n_seeds)
        inside = members_of(self.assessor.neuron_groups, self.assessor.grouping)
        for group in self.assessor.neuron_groups:
            mask = inside[group.grouping, group.label]
            own, n = samples[:, group.column], sum(s.counts_by_neuron[:, mask].sum() for s in replicates[:1])
            self.in_groups[name, group.grouping, group.label] = own, self.spread
            by_lead = [defined(float(v)) for v in self.assessor.leads_within(replicates, mask)]
            score = MetricScore(defined(own[0]), self.spread.interval(own), round(float(n)), by_lead=by_lead)
            scores.setdefault(group.grouping, {})[group.label] = score
        return scores

    def _leader(self) -> str | None:
        models = [name for name, one in self.contenders.items() if one.role == "model" and name != self.baseline]
        return self.headline if self.headline in self.contenders else next(iter(models), None)

    def _own_losses(self) -> dict[str, np.ndarray]:
        return {name: loss for name, loss in self.losses.items() if self.contenders[name].of is None}

    def _best_simple(self, scores: Mapping[str, ModelScore]) -> BestSimple | None:
        if self.simple is not None:
            return BestSimple(self.simple, "validation")
        primary = load_metric(self.task.primary)
        values = {name: scores[name].metrics[primary.key].value for name in self.task.simple if name in scores}
        known = {name: value for name, value in values.items() if value is not None}
        if not known:
            return None
        best = (max if primary.larger_is_better else min)(known, key=known.__getitem__)
        return BestSimple(best, "test")

    def _with_skills(
        self, score: ModelScore, scores: Mapping[str, ModelScore], simple: BestSimple | None
    ) -> ModelScore:
        base = scores[self.baseline] if self.baseline is not None else None
        easy = scores[simple.name] if simple is not None else None

        def with_skills(key: str, own: MetricScore) -> MetricScore:
            skill = skill_over(key, own, base.metrics[key]) if base else None
            over_simple = skill_over(key, own, easy.metrics[key]) if easy else None
            share = self._ceiling_share(own, base.metrics[key]) if base and key == self.task.primary else None
            return replace(own, skill=skill, skill_over_simple=over_simple, ceiling_share=share)

        metrics = {key: with_skills(key, own) for key, own in score.metrics.items()}
        groups = score.groups
        if base:
            key = self.task.primary
            groups = {
                group: {k: replace(s, skill=skill_over(key, s, base.groups[group][k])) for k, s in labels.items()}
                for group, labels in groups.items()
            }
        return replace(score, metrics=metrics, groups=groups)

    def _ceiling_share(self, own: MetricScore, base: MetricScore) -> float | None:
        """Share of the way from the baseline to the noise floor; of mean absolute errors, where the floor is known."""
        if self.task.primary != "mae" or not self.task.noise_floor or own.value is None or base.value is None:
            return None
        floor = float(np.mean(self.task.noise_floor))
        return defined((base.value - own.value) / (base.value - floor)) if base.value != floor else None

    def _neuron_skills(self) -> dict[str, Any]:
        if self.baseline is None:
            return {}
        base = self.errors[self.baseline]
        return {name: neuron_skill(own, base, self.baseline) for name, own in self.errors.items()}

    def _pairs(self, simple: BestSimple | None) -> list[tuple[str, str]]:
        """Each model against the baseline, the best simple model, and each of its nulls and controls."""
        models = [name for name, contender in self.contenders.items() if contender.of is None]
        references = [self.baseline, simple.name if simple else None]
        against = [(m, r) for r in dict.fromkeys(references) for m in models if r is not None and m != r]
        if self.baseline is not None:
            against = [(m, r) for m, r in against if m != self.baseline]  # the other way round it is there already
        nulls = [(c.of, name) for name, c in self.contenders.items() if c.of is not None and c.of in self.contenders]
        return [*against, *nulls]

    def _comparison(self, a: str, b: str) -> Comparison:
        key = self.task.primary
        return comparison(a, b, key, self.samples[a, key], self.samples[b, key], self.spread)

    def _group_comparisons(self, a: str, b: str) -> list[Comparison]:
        """At each lead, and in and out of distribution."""
        key, out = self.task.primary, []
        for k, lead in enumerate(self.task.leads):
            first, second = self.at_leads[a][:, k], self.at_leads[b][:, k]
            out.append(comparison(a, b, key, first, second, self.spread, f"lead: {lead}"))
        for group in _COMPARED_GROUPS:
            for label in self.assessor.case_groups[group]:
                (first, spread), (second, _) = self.in_groups[a, group, label], self.in_groups[b, group, label]
                out.append(comparison(a, b, key, first, second, spread, f"{group}: {label}"))
        return out

    def _drops(self) -> tuple[Drop, ...]:
        """Of every model and baseline, where the task asks in and out of distribution."""
        masks = self.assessor.case_groups["distribution"]
        if set(masks) != {"in", "out"}:
            return ()
        spread = self.assessor.spread
        sides = Sides(spread(masks["in"]), spread(masks["out"]), spread(masks["in"] | masks["out"]))
        own = [name for name, contender in self.contenders.items() if contender.of is None]
        scores = {
            name: (self.in_groups[name, "distribution", "in"][0], self.in_groups[name, "distribution", "out"][0])
            for name in own
        }
        floors = [name for name in dict.fromkeys((self.baseline, *self.task.baselines)) if name in scores]
        metric = load_metric(self.task.primary)
        return tuple(drop(name, metric, "distribution", scores, floors, sides) for name in own)


def _metric_score(found: Measured) -> MetricScore:
    by_lead = [defined(float(value)) for value in found.by_lead[0]]
    each = [found.spread.interval(column) for column in found.by_lead.T]
    return MetricScore(
        defined(found.overall[0]), found.spread.interval(found.overall), found.n, by_lead=by_lead, by_lead_ci=each
    )


def skill_over(key: str, own: MetricScore, base: MetricScore | None) -> float | None:
    """A metric's skill over a baseline; None where there is none, or where either is undefined."""
    if base is None or own.value is None or base.value is None:
        return None
    return defined(load_metric(key).skill(own.value, base.value))


def _loss_of_cases(replicates: list[ForecastSums]) -> np.ndarray:
    """Mean absolute error of each case, averaged over replicates; a case without any truth has the mean of the rest."""
    with np.errstate(divide="ignore", invalid="ignore"):
        own = [s.by_case["absolute_error"].sum(axis=1) / s.by_case["count"].sum(axis=1) for s in replicates]
    loss = np.mean(own, axis=0)
    if not np.isfinite(loss).any():
        raise BraincastError("E110", "truth", "no test window was observed", "Choose a task with observed test windows")
    return np.where(np.isfinite(loss), loss, np.nanmean(loss))
