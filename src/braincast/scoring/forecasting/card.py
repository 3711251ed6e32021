"""The scorecard of forecasts: metric × lead × group for each contender, with intervals, skills and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from braincast.brain.display import html_card, text_card
from braincast.errors import unknown_name
from braincast.scoring.forecasting.drops import Drop
from braincast.scoring.forecasting.neurons import NeuronSkill
from braincast.scoring.forecasting.spread import Spread
from braincast.scoring.ranking import OfReplicates, Resampled
from braincast.scoring.scores import Comparison, ModelScore, defined, told


@dataclass(frozen=True)
class BestSimple:
    """The best of the task's simple models, and by what it was chosen: "validation", or "test" where none was given.

    Chosen on the test cases it is a reference that is harder to beat than it should be.
    """

    name: str
    chosen_on: str


@dataclass(frozen=True, eq=False)
class ForecastScorecard:
    """Scores of all contenders of a forecast task. `samples[model, metric]` are the values behind the intervals,
    `each[model, metric]` those of every replicate by itself.

    Single figures are about the cases like the training data (`headline`: how many), groups about all. `drops` say what
    is lost out of distribution, where the task asks there too. `intervals` says how cases were resampled and how often
    such intervals hold a known mean.
    """

    task: str
    version: str
    task_hash: str
    baseline: str | None
    best_simple: BestSimple | None
    primary: str
    leads: tuple[str, ...]
    models: Mapping[str, ModelScore]
    neurons: Mapping[str, NeuronSkill]
    comparisons: tuple[Comparison, ...]
    group_comparisons: tuple[Comparison, ...]
    drops: tuple[Drop, ...]
    intervals: Mapping[str, Any]
    ceiling: Mapping[str, Any]
    headline: int
    spread: Spread = field(repr=False)
    samples: Mapping[tuple[str, str], Resampled] = field(repr=False)
    each: Mapping[tuple[str, str], OfReplicates] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of `braincast run` and `score`, without the run's own entries."""
        models = {name: score.to_dict() for name, score in self.models.items()}
        for name, skill in self.neurons.items():
            models[name]["neurons"] = skill.to_dict()
        simple = self.best_simple
        return {
            "task": self.task,
            "version": self.version,
            "task_hash": self.task_hash,
            "baseline": self.baseline,
            "best_simple": None if simple is None else {"name": simple.name, "chosen_on": simple.chosen_on},
            "primary": self.primary,
            "leads": list(self.leads),
            "n_cases": self.headline,
            "models": models,
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
            "group_comparisons": [comparison.to_dict() for comparison in self.group_comparisons],
            "drops": [drop.to_dict() for drop in self.drops],
            "intervals": dict(self.intervals),
            "ceiling": dict(self.ceiling),
        }

    def to_xarray(self) -> xr.Dataset:
        """Values and intervals over model and metric, and by lead; NaN where undefined."""
        names, keys = list(self.models), list(next(iter(self.models.values())).metrics)
        scores = [[self.models[name].metrics[key] for key in keys] for name in names]
        nothing = (np.nan, np.nan)
        nowhere = [None] * len(self.leads)
        table = {
            "value": [[_number(s.value) for s in row] for row in scores],
            "lower": [[(s.ci or nothing)[0] for s in row] for row in scores],
            "upper": [[(s.ci or nothing)[1] for s in row] for row in scores],
            "n": [[s.n for s in row] for row in scores],
        }
        data: dict[str, Any] = {key: (("model", "metric"), np.array(values)) for key, values in table.items()}
        by_lead = [[[_number(value) for value in s.by_lead or nowhere] for s in row] for row in scores]
        data["by_lead"] = (("model", "metric", "lead"), np.array(by_lead))
        coords = {"model": names, "metric": keys, "lead": list(self.leads)}
        return xr.Dataset(data, coords=coords, attrs={"task": self.task})

    def __repr__(self) -> str:
        return text_card("Scorecard", self.task, told(self.models, self.primary))

    def to_html(self) -> str:
        """A small escaped HTML table of the primary metric and its 95 % interval."""
        return html_card("Scorecard", self.task, told(self.models, self.primary))

    _repr_html_ = to_html


def compare_forecasts(card: ForecastScorecard, a: str, b: str, metric: str) -> Comparison:
    """a - b on the same resamples of a scorecard; an unknown contender is E303, an unknown metric E304."""
    for name in (a, b):
        if name not in card.models:
            raise unknown_name("E303", "contender", name, card.models)
        if (name, metric) not in card.samples:
            raise unknown_name("E304", f"metric of {card.task}", metric, card.models[name].metrics)
    return comparison(a, b, metric, card.samples[a, metric], card.samples[b, metric], card.spread)


def comparison(
    a: str, b: str, metric: str, first: Resampled, second: Resampled, spread: Spread, group: str | None = None
) -> Comparison:
    """a - b, with interval and p from paired resamples."""
    with np.errstate(invalid="ignore"):
        difference = first - second
    value = defined(difference[0])
    return Comparison(a, b, metric, value, spread.interval(difference), spread.two_sided_p(difference), group)


def _number(value: float | None) -> float:
    return np.nan if value is None else value
