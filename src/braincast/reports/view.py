"""What the report's templates ask for: a run's document, its task and its dataset, put in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from braincast.reports import wording
from braincast.reports.curve_charts import Line
from braincast.reports.entries import Entry
from braincast.reports.page_view import PageView, Panel
from braincast.reports.stimuli import Stimulus, stimuli
from braincast.scoring.exhibits import Exhibits
from braincast.tasks.card import TaskCard

# Beside the primary metric, as far as the task has them.
_SCOREBOARD = ("auroc_per_stimulus", "auroc_within_fold", "average_precision", "log_loss", "correlation")
_CLASSES_SHOWN = 10


@dataclass(frozen=True, eq=False)
class View(PageView):
    """The page of a task about single responses."""

    scoreboard = _SCOREBOARD

    card: TaskCard
    exhibits: Exhibits | None = None

    @cached_property
    def panels(self) -> list[Panel]:
        """The task's strata in which the headline model was scored, with the first decisive null and the floor."""
        if self.leader is None:
            return []
        shown = [self.leader, self._first_null(), self.baseline]
        compared = tuple({entry.name: entry for entry in shown if entry is not None}.values())
        found = [group for group in self.card.strata if self.leader.groups.get(group)]
        return [Panel(group, tuple(self.leader.groups[group]), compared) for group in found]

    @cached_property
    def classes(self) -> list[str]:
        """Stimulated classes in which the headline model has a score, best first."""
        scores = {} if self.leader is None else self.leader.groups.get("stimulated_class", {})
        values = {label: score.value for label, score in scores.items() if score.value is not None}
        sign = -1 if self.primary.larger_is_better else 1
        return sorted(values, key=lambda label: sign * values[label])

    @property
    def top_classes(self) -> list[str]:
        return self.classes[:_CLASSES_SHOWN]

    @property
    def bottom_classes(self) -> list[str]:
        """The worst, worst first, as far as they are not among the best."""
        return self.classes[_CLASSES_SHOWN:][::-1][:_CLASSES_SHOWN]

    @property
    def n_undefined_classes(self) -> int:
        everything = {} if self.leader is None else self.leader.groups.get("stimulated_class", {})
        return len(everything) - len(self.classes)

    @property
    def counts(self) -> Mapping[str, int]:
        """How much was measured; empty when the run does not say."""
        counted = self.document.get("measured") or {}
        return self.exhibits.counts() if self.exhibits is not None else counted

    @cached_property
    def lead_over_floor(self) -> Mapping[str, Any] | None:
        """The headline model's paired difference to the floor."""
        if self.leader is None or self.baseline is None:
            return None
        names = self.leader.name, self.baseline.name
        pairs = self.document.get("comparisons") or ()
        return next((p for p in pairs if (p["a"], p["b"]) == names and p["metric"] == self.primary.key), None)

    @cached_property
    def lines(self) -> list[Line]:
        """The curves of everyone that has them, best first; few are told apart, the others stay faint."""
        found = self.document.get("curves") or {}
        styles = iter(("second", "third"))
        return [
            Line(entry.name, self._style_of(entry, styles), found[entry.name])
            for entry in self.ranked
            if entry.name in found
        ]

    @cached_property
    def lead_panels(self) -> list[MetricTitle]:
        """Metrics by lead, the primary first; none in a task with a single lead."""
        titles = [self.primary, *(heading for heading in self.headings if heading.key != self.primary.key)]
        return [title for title in titles if len(self.card.leads) > 1 and self.lines_by_lead(title.key)]

    @property
    def calibrated(self) -> list[Line]:
        """Whose calibration is drawn: the headline model and the floor; in a run without them, the best."""
        return [line for line in self.lines if line.style in ("lead", "floor")] or self.lines[:1]

    @cached_property
    def stimuli(self) -> list[Stimulus]:
        if self.exhibits is None or self.leader is None:
            return []
        return stimuli(self.exhibits, self.leader.name, self.leader.groups.get("stimulus", {}))

    @property
    def has_positions(self) -> bool:
        """Whether at least some neurons have a place in the body."""
        return self.exhibits is not None and bool(np.isfinite(self.exhibits.position_um).all(axis=1).any())

    @property
    def views(self) -> Mapping[str, Any]:
        """How the body is drawn."""
        return wording.VIEWS.get(self.dataset.species, wording.PLAIN_VIEWS)

    def _style_of(self, entry: Entry, further: Iterator[str]) -> str:
        if self.leader is not None and entry.name == self.leader.name:
            return "lead"
        if self.baseline is not None and entry.name == self.baseline.name:
            return "floor"
        return next(further, "other") if entry.role == "model" else "other"

    def lead_in_group(self, a: str, b: str, group: str, label: str) -> Mapping[str, Any] | None:
        """The paired difference a - b inside one group of pairs."""
        wanted = (a, b, f"{group}: {label}")
        pairs = self.document.get("group_comparisons") or ()
        return next((pair for pair in pairs if (pair["a"], pair["b"], pair["group"]) == wanted), None)

    def _first_null(self) -> Entry | None:
        nulls = [] if self.leader is None else self.arms(self.leader)
        decisive = self.card.decisive_nulls
        order = sorted(nulls, key=lambda arm: decisive.index(arm.arm) if arm.arm in decisive else len(decisive))
        return next((arm for arm in order if arm.role == "null" and arm.groups), None)
