"""A run's JSON document read for showing: who took part, best first, and the arms of each connectome model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from braincast.errors import BraincastError

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """A metric's entry; everything in it may be undefined."""

    value: float | None = None
    ci: tuple[float, float] | None = None
    n: int = 0
    skill: float | None = None
    ceiling_share: float | None = None
    skill_over_simple: float | None = None
    by_lead: tuple[float | None, ...] = ()
    by_lead_ci: tuple[tuple[float, float] | None, ...] = ()

    def at_lead(self, index: int) -> float | None:
        """The value at one lead (-1 is the last); undefined when there is none."""
        return self.by_lead[index] if self.by_lead else None


@dataclass(frozen=True, eq=False)
class Entry:
    """One row of the scoreboard. `arm` is the null's own name, without its model's."""

    name: str
    role: str
    of: str | None
    metrics: Mapping[str, Score]
    groups: Mapping[str, Mapping[str, Score]]
    replicates: tuple[float | None, ...]
    cost: Mapping[str, float | None]
    neurons: Mapping[str, Any]

    @property
    def arm(self) -> str:
        return self.name.partition("@")[2] or self.name if self.of is not None else self.name

    def score(self, key: str) -> Score:
        """The score under a metric; an undefined one when the metric is absent."""
        return self.metrics.get(key, Score())

    def in_group(self, group: str, label: str) -> Score:
        """The primary metric inside a group of pairs; undefined when the group is absent."""
        return self.groups.get(group, {}).get(label, Score())


@dataclass(frozen=True)
class MetricTitle:
    """How a metric is headed and written. `aim` is a value to meet, where more is not better."""

    key: str
    title: str
    short: str
    digits: int
    larger_is_better: bool
    aim: float | None = None

    @property
    def direction(self) -> str:
        """Which values are good, in a word or two."""
        if self.aim is not None:
            return f"nearest {self.aim:g}"
        return "higher" if self.larger_is_better else "lower"


_SHORT = {
    "auroc": "AUROC",
    "auroc_per_stimulus": "per stimulus",
    "auroc_within_fold": "within folds",
    "average_precision": "average precision",
    "log_loss": "log loss",
    "r2": "R²",
    "course_correlation": "of each course",
    "mae": "MAE",
    "mse": "MSE",
    "crps": "CRPS",
    "coverage": "80\u00a0% coverage",
    "spread_skill": "spread / error",
    "active_fraction_error": "active share",
}


def entries(document: Document) -> list[Entry]:
    """All contenders, in the document's order."""
    return [_entry(name, entry) for name, entry in document["models"].items()]


def ranked(document: Document) -> list[Entry]:
    """Models and baselines, best primary score first; undefined scores last."""
    key = document["primary"]
    sign = -1 if metric_title(key).larger_is_better else 1
    own = arms_of(document, None)
    values = {entry.name: entry.score(key).value for entry in own}
    return sorted(own, key=lambda entry: (values[entry.name] is None, sign * (values[entry.name] or 0.0)))


def arms_of(document: Document, model: str | None) -> list[Entry]:
    """The nulls and controls of one model; of None, those that are nobody's."""
    return [_entry(name, entry) for name, entry in document["models"].items() if entry.get("of") == model]


def named(document: Document, name: str | None) -> Entry | None:
    """The contender of that name, if it took part."""
    entry = document["models"].get(name) if name is not None else None
    return None if entry is None or name is None else _entry(name, entry)


def headline(document: Document) -> Entry | None:
    """The model that leads the report: the document's own choice; in a document without one, the best model."""
    chosen = named(document, document.get("headline"))
    if chosen is not None:
        return chosen
    order = ranked(document)
    return next((entry for entry in order if entry.role == "model"), order[0] if order else None)


def verdict_on(document: Document, model: str | None) -> Mapping[str, Any] | None:
    """The wiring verdict on a model; None when none was reached for."""
    return None if model is None else (document.get("wiring") or {}).get(model)


def metric_title(key: str) -> MetricTitle:
    """How to show a metric; one that is not installed here is shown by its key."""
    from braincast.scoring.metrics import load_metric  # brings numba, which a quick listing must not wait for

    short = _SHORT.get(key, key.replace("_", " "))
    try:
        metric = load_metric(key)
    except BraincastError:
        return MetricTitle(key, short, short, 3, True)
    digits = 3 if metric.larger_is_better else 4  # errors are small numbers
    aim = metric.perfect if metric.aim else None
    return MetricTitle(key, metric.title, short, digits, metric.larger_is_better, aim)


def _entry(name: str, entry: Mapping[str, Any]) -> Entry:
    return Entry(
        name=name,
        role=entry["role"],
        of=entry.get("of"),
        metrics={key: score_of(score) for key, score in entry["metrics"].items()},
        groups={g: {k: score_of(s) for k, s in labels.items()} for g, labels in entry.get("groups", {}).items()},
        replicates=tuple(entry.get("replicates", ())),
        cost=entry.get("cost") or {},
        neurons=entry.get("neurons") or {},
    )


def score_of(score: Mapping[str, Any]) -> Score:
    """A metric's entry of the JSON document; what it lacks is undefined."""
    return Score(
        value=score.get("value"),
        ci=_ends(score.get("ci")),
        n=score.get("n") or 0,
        skill=score.get("skill"),
        ceiling_share=score.get("ceiling_share"),
        skill_over_simple=score.get("skill_over_simple"),
        by_lead=tuple(score.get("by_lead") or ()),
        by_lead_ci=tuple(_ends(ci) for ci in score.get("by_lead_ci") or ()),
    )


def _ends(ci: Sequence[float] | None) -> tuple[float, float] | None:
    return None if ci is None else (ci[0], ci[1])
