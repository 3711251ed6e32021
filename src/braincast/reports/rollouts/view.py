"""What the templates of a rollout run ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from braincast.reports.entries import Entry, MetricTitle
from braincast.reports.forecasting.titles import forecast_title
from braincast.reports.page_view import PageView
from braincast.reports.rollouts import charts
from braincast.scoring.rollouts.exhibits import Climate, RolloutExhibits
from braincast.tasks.forecasting.card import ForecastCard

_STABILITY = ("blown_up", "stable_share", "drift", "variance_drift")


@dataclass(frozen=True, eq=False)
class RolloutView(PageView):
    """The page of a rollout task."""

    counted = "initial states"
    chosen_on = "validation windows"

    card: ForecastCard
    exhibits: RolloutExhibits | None = None

    def title(self, key: str) -> MetricTitle:
        """Measures lie around 1, so that three digits do."""
        return forecast_title(key)

    @cached_property
    def truth(self) -> Entry | None:
        """The row of truth against truth."""
        return self.entry("truth")

    @cached_property
    def measures(self) -> list[MetricTitle]:
        """Measures of the climate, those of stability apart."""
        return [heading for heading in self.headings if heading.key not in _STABILITY]

    @cached_property
    def stability(self) -> list[MetricTitle]:
        """Measures of drift and blow-up."""
        return [heading for heading in self.headings if heading.key in _STABILITY]

    @cached_property
    def in_order(self) -> list[Entry]:
        """Truth against truth, the other controls, then models and baselines, best first."""
        order = {"truth": 0, "control": 1}
        return sorted(self.ranked, key=lambda entry: order.get(entry.name, order.get(entry.role, 2)))

    @cached_property
    def intervals(self) -> Mapping[str, Any]:
        """How the intervals came about."""
        return self.document.get("intervals") or {}

    def at_floor(self, entry: Entry, key: str) -> bool:
        """Whether a value lies within the interval of truth against truth, or is better."""
        found = None if self.truth is None else self.truth.score(key)
        value = entry.score(key).value
        if found is None or found.ci is None or value is None or entry.role == "control":
            return False
        return value >= found.ci[0] if self.title(key).larger_is_better else value <= found.ci[1]

    def seconds(self, frames: int) -> str:
        """A number of frames in seconds; nothing where the task counts frames."""
        return "" if self.card.dt_s is None else f"{frames * self.card.dt_s:.3g} s"

    def style_of(self, name: str) -> str:
        """How a contender is drawn."""
        names = (None if entry is None else entry.name for entry in (self.leader, self.baseline))
        return charts.style_of(name, *names)

    @property
    def climates(self) -> Sequence[Climate]:
        """What is drawn, what the brain did first."""
        return () if self.exhibits is None else self.exhibits.climates
