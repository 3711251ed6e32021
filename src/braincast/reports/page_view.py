"""What every page of a run asks for: who took part, who leads, what stands beside whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from braincast.datasets.card import DatasetCard
from braincast.reports.entries import (
    Document,
    Entry,
    MetricTitle,
    Score,
    arms_of,
    entries,
    headline,
    metric_title,
    named,
    ranked,
    verdict_on,
)
from braincast.reports.lead_charts import LeadLine
from braincast.tasks.kinds import AnyCard


@dataclass(frozen=True, eq=False)
class Panel:
    """One kind of groups: which labels there are, and who is compared in them."""

    group: str
    labels: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, eq=False)
class PageView:
    """Read-only answers for the templates. `command` is what was typed; it is shown, never run."""

    # What a metric counts, where models were chosen, and which metrics stand beside the primary one.
    counted: ClassVar[str] = "pairs"
    chosen_on: ClassVar[str] = "inner folds"
    scoreboard: ClassVar[tuple[str, ...]] = ()

    document: Document
    card: AnyCard
    dataset: DatasetCard
    command: str

    def title(self, key: str) -> MetricTitle:
        """How a metric is headed on this page."""
        return metric_title(key)

    @property
    def loss_name(self) -> str:
        """What models were chosen by."""
        found = [key for key in self.document if key.startswith("validation_")]
        return found[0].removeprefix("validation_").replace("_", " ") if found else "loss"

    @property
    def validation(self) -> Mapping[str, float]:
        """Each model's loss on what was held out for choosing."""
        return self.document.get(f"validation_{self.loss_name.replace(' ', '_')}") or {}

    @cached_property
    def primary(self) -> MetricTitle:
        return self.title(self.document["primary"])

    @cached_property
    def leader(self) -> Entry | None:
        return headline(self.document)

    @cached_property
    def caveat(self) -> str:
        """What a reader of the leader's scores must know; mostly nothing."""
        return "" if self.leader is None else (self.document.get("caveats") or {}).get(self.leader.name, "")

    @cached_property
    def ranked(self) -> list[Entry]:
        return ranked(self.document)

    @cached_property
    def everyone(self) -> list[Entry]:
        """Models and baselines best first, each followed by its arms."""
        return [row for entry in self.ranked for row in (entry, *self.arms(entry))]

    @cached_property
    def headings(self) -> list[MetricTitle]:
        """Every metric that anybody has a score under."""
        keys = dict.fromkeys(key for entry in entries(self.document) for key in entry.metrics)
        return [self.title(key) for key in keys]

    @cached_property
    def beside_primary(self) -> list[MetricTitle]:
        known = {heading.key: heading for heading in self.headings}
        return [known[key] for key in self.scoreboard if key in known and key != self.primary.key]

    @cached_property
    def baseline(self) -> Entry | None:
        return named(self.document, self.document.get("baseline"))

    @cached_property
    def floors(self) -> list[float | None]:
        """The primary scores of the baselines; first the one that skill refers to."""
        baselines = sorted(
            (entry for entry in self.ranked if entry.role == "baseline"),
            key=lambda entry: self.baseline is None or entry.name != self.baseline.name,
        )
        return [entry.score(self.primary.key).value for entry in baselines]

    @cached_property
    def arms_shown(self) -> list[tuple[str, list[Entry]]]:
        """Who has nulls or controls, under a title: the headline model, then all others, best first."""
        found = [entry for entry in self.ranked if self.arms(entry)]
        leading = [entry for entry in found if self.leader is not None and entry.name == self.leader.name]
        others = [entry for entry in found if entry not in leading]
        groups = [(entry.name, [entry]) for entry in leading]
        return [*groups, ("the other models" if leading else "all models", others)] if others else groups

    @cached_property
    def verdict(self) -> Mapping[str, Any] | None:
        return None if self.leader is None else verdict_on(self.document, self.leader.name)

    @cached_property
    def verdicts(self) -> list[Mapping[str, Any]]:
        """The headline model's verdict first."""
        return sorted((self.document.get("wiring") or {}).values(), key=lambda verdict: verdict is not self.verdict)

    @property
    def deciding_arms(self) -> list[Mapping[str, Any]]:
        return [arm for _, arms in self.deciding for arm in arms]

    @cached_property
    def arm_names(self) -> list[str]:
        """Every null and control that occurs, by its own name."""
        return list(dict.fromkeys(entry.arm for entry in entries(self.document) if entry.of is not None))

    @cached_property
    def all_arms(self) -> list[Mapping[str, Any]]:
        return [arm for verdict in self.verdicts for arm in verdict["compared"]]

    @cached_property
    def deciding(self) -> list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
        """Each model that was tested, the headline first, then best first, with its arms that decide."""
        place = {entry.name: index for index, entry in enumerate(self.ranked)}
        others = [verdict for verdict in self.verdicts if verdict is not self.verdict]
        others.sort(key=lambda verdict: place.get(verdict["model"], len(place)))
        ordered = [*([] if self.verdict is None else [self.verdict]), *others]
        return [(verdict, [arm for arm in verdict["compared"] if arm["decisive"]]) for verdict in ordered]

    def arms(self, entry: Entry) -> list[Entry]:
        return arms_of(self.document, entry.name)

    def entry(self, name: str | None) -> Entry | None:
        return named(self.document, name)

    def pair_counts(self, key: str) -> list[int]:
        """Over how many pairs or values a metric was taken: one number, unless entries differ."""
        return list(dict.fromkeys(entry.score(key).n for entry in self.ranked))

    def lines_by_lead(self, key: str) -> list[LeadLine]:
        """Models and baselines with scores by lead, best first; few are told apart, the others stay faint."""
        return self.styled([(entry, entry.score(key)) for entry in self.ranked])

    def styled(self, scored: Sequence[tuple[Entry, Score]]) -> list[LeadLine]:
        """Those of the scores that are by lead, as lines."""
        found = [(entry.name, score) for entry, score in scored if any(value is not None for value in score.by_lead)]
        return [LeadLine(name, self._styles.get(name, "other"), score) for name, score in found]

    @cached_property
    def _styles(self) -> Mapping[str, str]:
        """The same everywhere on a page: the headline, the floor, the next best where models are chosen, a baseline."""
        leading = [] if self.leader is None else [(self.leader.name, "lead")]
        floor = [] if self.baseline is None else [(self.baseline.name, "floor")]
        known = {name for name, _ in [*leading, *floor]}
        models = [entry.name for entry in self.ranked if entry.role == "model" and entry.name not in known]
        models.sort(key=lambda name: self.validation.get(name, float("inf")))
        others = [entry.name for entry in self.ranked if entry.role == "baseline" and entry.name not in known]
        further = [*zip(models, ("second", "third"), strict=False), *zip(others, ("mean",), strict=False)]
        return dict([*further, *floor, *leading])
