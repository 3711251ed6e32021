"""What scoring says, as plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import xarray as xr

from braincast.errors import BraincastError

Role = Literal["model", "baseline", "null", "control"]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Cost:
    """Wall seconds for fitting and forecasting, and how many numbers were fitted."""

    fit_s: float
    forecast_s: float
    parameters: int


@dataclass(frozen=True, eq=False)
class Contender:
    """Who is scored: one forecast, or several of the same kind (seeds of a model, draws of a null).

    Forecasts of recordings may also be arrays that stay in their store (zarr); all others are labelled arrays. Of
    each draw of a null there are `n_seeds`, one after the other.
    """

    forecasts: tuple[xr.DataArray | Any, ...]
    role: Role = "model"
    of: str | None = None
    cost: Cost | None = None
    n_seeds: int = 1

    def __post_init__(self) -> None:
        if not self.forecasts:
            raise BraincastError("E305", "contender", "it has no forecast", "Give at least one")


@dataclass(frozen=True)
class MetricScore:
    """A metric's value over `n` pairs; what cannot be defined is None.

    The last two are of forecasts of recordings: intervals at each lead, and skill over the best simple model.
    """

    value: float | None
    ci: Interval | None
    n: int
    skill: float | None = None
    ceiling_share: float | None = None
    by_lead: list[float | None] | None = None
    by_lead_ci: list[Interval | None] | None = None
    skill_over_simple: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The entry of the JSON contract."""
        more: dict[str, Any] = {}
        if self.by_lead_ci is not None:
            more["by_lead_ci"] = [None if ci is None else list(ci) for ci in self.by_lead_ci]
        if self.skill_over_simple is not None:
            more["skill_over_simple"] = self.skill_over_simple
        return {
            "value": self.value,
            "ci": None if self.ci is None else list(self.ci),
            "n": self.n,
            "skill": self.skill,
            "ceiling_share": self.ceiling_share,
            "by_lead": self.by_lead,
            **more,
        }


@dataclass(frozen=True)
class ModelScore:
    """Everything about one contender. `groups[group][label]` has the primary metric inside a group of pairs.

    `replicates` are in the order of the contender's forecasts: of each draw of a null there are `n_seeds`.
    `outside` has every metric on the cases that no fit saw anything like, where `metrics` are of the others.
    """

    role: Role
    of: str | None
    metrics: Mapping[str, MetricScore]
    groups: Mapping[str, Mapping[str, MetricScore]]
    replicates: tuple[float | None, ...]
    cost: Cost | None
    n_seeds: int = 1
    outside: Mapping[str, MetricScore] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The entry of the JSON contract; `replicates` are the primary metric of each seed or draw."""
        more: dict[str, Any] = {}
        if self.outside:
            more["outside"] = {key: {"value": s.value, "ci": s.ci and list(s.ci)} for key, s in self.outside.items()}
        unknown = {"fit_s": None, "forecast_s": None, "parameters": None}
        return {
            "role": self.role,
            "of": self.of,
            "metrics": {key: score.to_dict() for key, score in self.metrics.items()},
            "groups": {g: {k: s.to_dict() for k, s in labels.items()} for g, labels in self.groups.items()},
            "replicates": list(self.replicates),
            "cost": unknown if self.cost is None else asdict(self.cost),
            **more,
        }


@dataclass(frozen=True)
class Comparison:
    """a - b on the same resamples; `group` names the pairs it is restricted to, None for all."""

    a: str
    b: str
    metric: str
    difference: float | None
    ci: Interval | None
    p: float | None
    group: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The entry of the JSON contract."""
        ci = None if self.ci is None else list(self.ci)
        entry = {"a": self.a, "b": self.b, "metric": self.metric, "difference": self.difference, "ci": ci, "p": self.p}
        return entry if self.group is None else {**entry, "group": self.group}


def defined(value: float) -> float | None:
    """The value, or None where it is NaN or infinite."""
    return float(value) if math.isfinite(value) else None


def told(models: Mapping[str, ModelScore], key: str) -> dict[str, str]:
    """A metric of each model, in words: its value and its 95 % interval."""
    return {name: f"{key} {_in_words(score.metrics[key])}" for name, score in models.items()}


def _in_words(score: MetricScore) -> str:
    value = "undefined" if score.value is None else f"{score.value:.4f}"
    return value if score.ci is None else f"{value} ({score.ci[0]:.4f} to {score.ci[1]:.4f})"
