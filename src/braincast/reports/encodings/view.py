"""What the templates of an encoding run ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from braincast.reports.entries import Entry, MetricTitle
from braincast.reports.forecasting.titles import forecast_title
from braincast.reports.page_view import PageView
from braincast.scoring.encoding.exhibits import EncodingExhibits
from braincast.tasks.encoding.card import EncodingCard

_TASK = "task_error"


@dataclass(frozen=True)
class Fact:
    """One cell type under one model: what is known of it, what the model says, and the share of seeds that is right.

    `said` is None where no seed answered.
    """

    cell_type: str
    known: str
    said: float | None
    right: float | None


@dataclass(frozen=True, eq=False)
class EncodingView(PageView):
    """The page of an encoding task."""

    counted = "cell types"
    chosen_on = "validation scenes"

    card: EncodingCard
    exhibits: EncodingExhibits | None = None

    def title(self, key: str) -> MetricTitle:
        """Measures lie around 1, so that three digits do."""
        return forecast_title(key)

    @cached_property
    def measures(self) -> list[MetricTitle]:
        """Measures of cells; how well the model does its task stands apart."""
        return [heading for heading in self.headings if heading.key != _TASK]

    @property
    def task_title(self) -> MetricTitle:
        return self.title(_TASK)

    @property
    def task_floor(self) -> float | None:
        """The error of seeing no motion at all."""
        return (self.document.get("floors") or {}).get(_TASK)

    def outside(self, entry: Entry) -> Mapping[str, Any]:
        """The error on scenes that move faster than any that was learned from."""
        found = self.document["models"][entry.name].get("outside") or {}
        return found.get(_TASK) or {}

    @cached_property
    def shown(self) -> list[Entry]:
        """Whose facts are shown: models and baselines, best first."""
        return [entry for entry in self.ranked if self._facts(entry)]

    @property
    def polarity_types(self) -> Sequence[str]:
        """Cell types whose polarity is known, ON first."""
        known = self.card.facts.polarity
        return sorted(known, key=lambda name: -known[name])

    @property
    def direction_types(self) -> Sequence[str]:
        """Cell types of which is known whether they tell directions, those that do first."""
        return [*self.card.facts.selective, *self.card.facts.not_selective]

    def polarity(self, entry: Entry, cell_type: str) -> Fact:
        """Which flash a type prefers."""
        found = self._facts(entry).get(cell_type) or {}
        known = "ON" if self.card.facts.polarity[cell_type] > 0 else "OFF"
        return Fact(cell_type, known, found.get("flash_index"), found.get("polarity_right"))

    def direction(self, entry: Entry, cell_type: str) -> Fact:
        """Which direction a type prefers; of a type that tells none, its selectivity."""
        found, known = self._facts(entry).get(cell_type) or {}, self.card.facts.preferred_deg.get(cell_type)
        if known is None:
            return Fact(cell_type, "none", None, None)
        return Fact(cell_type, f"{known:g}°", found.get("preferred_deg"), found.get("direction_right"))

    def selectivity(self, entry: Entry, cell_type: str) -> float | None:
        """The type's direction selectivity index."""
        return (self._facts(entry).get(cell_type) or {}).get("dsi")

    def _facts(self, entry: Entry) -> Mapping[str, Mapping[str, Any]]:
        return self.document["models"][entry.name].get("facts") or {}
