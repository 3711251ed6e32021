"""What the templates of a forecast run ask for: its document, its task and its dataset, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Int

from braincast.reports.entries import Entry, MetricTitle, Score
from braincast.reports.forecasting.falls import ModelFall, fall_of
from braincast.reports.forecasting.neuron_charts import Skills
from braincast.reports.forecasting.titles import forecast_title
from braincast.reports.lead_charts import LeadLine, Reference
from braincast.reports.page_view import PageView, Panel
from braincast.reports.wording import FORECAST_WORDS, IMPUTATION_WORDS
from braincast.scoring.forecasting.exhibits import ForecastExhibits
from braincast.tasks.forecasting.card import SPLITS, ForecastCard

# Beside the primary metric, as far as anybody has them.
_BY_LEAD = ("r2", "correlation", "crps", "active_fraction_error")
_OF_MEMBERS = ("coverage", "spread_skill")
_MANY_LABELS = 12  # more groups than these are folded away
_NEURONS_LISTED = 400
_GROUPS = ("average", "condition", "animal", "recording", "region", "activity")


@dataclass(frozen=True, eq=False)
class ForecastView(PageView):
    """The page of a forecast task."""

    counted = "values"
    chosen_on = "validation windows"
    scoreboard = ("crps", "coverage", "period_error", "phase_error")
    words = FORECAST_WORDS

    card: ForecastCard
    exhibits: ForecastExhibits | None = None

    def title(self, key: str) -> MetricTitle:
        """Errors are in standard deviations, so that three digits do."""
        return forecast_title(key)

    @cached_property
    def simple(self) -> Mapping[str, Any] | None:
        """The best simple model, and what it was chosen on."""
        return self.document.get("best_simple")

    @property
    def windows(self) -> list[tuple[str, int]]:
        """Number of windows in each split that has any."""
        counted = self.card.n_windows
        return [(split, sum(counted[split].values())) for split in SPLITS if split in counted]

    @property
    def n_animals(self) -> int:
        """Animals whose recordings are used."""
        return len({use.specimen for use in self.card.recordings})

    @property
    def lead_title(self) -> str:
        """The name of the axis of leads."""
        return "lead (frames)" if self.card.dt_s is None else f"lead (frames of {self.card.dt_s:.3g} s)"

    def seconds(self, lead: int) -> str:
        """A lead, counted from 1, in seconds; nothing where the task counts frames."""
        return "" if self.card.dt_s is None else f"{lead * self.card.dt_s:.3g} s"

    def lines_in(self, group: str, label: str) -> list[LeadLine]:
        """The same for the primary metric within a group."""
        scored = [(entry, entry.in_group(group, label)) for entry in self.ranked]
        return self.styled(scored)

    @cached_property
    def differences(self) -> tuple[MetricTitle, list[LeadLine], Reference] | None:
        """Models' paired difference to the floor at each lead; baselines would only stretch the axis."""
        floor = None if self.baseline is None else self.baseline.name
        if floor is None:
            return None
        scored = [(entry, self._difference(entry.name, floor)) for entry in self.ranked if entry.role == "model"]
        lines = self.styled(scored)
        if not lines:
            return None
        title = replace(self.primary, title=f"{self.primary.short} minus that of {floor}")
        return title, lines, Reference("no difference", [0.0] * len(self.card.leads))

    @cached_property
    def further_panels(self) -> list[MetricTitle]:
        """Further metrics that anybody has by lead."""
        return [heading for heading in self._with_leads(_BY_LEAD) if heading.key != self.primary.key]

    @cached_property
    def member_panels(self) -> list[tuple[MetricTitle, list[LeadLine], Reference]]:
        """Metrics of members with the value that they should meet."""
        out = []
        for heading in self._with_leads(_OF_MEMBERS):
            lines = self.lines_by_lead(heading.key)
            n = max(len(line.score.by_lead) for line in lines)
            aim = heading.aim if heading.aim is not None else 1.0
            out.append((heading, lines, Reference(f"aim, {aim:g}", [aim] * n)))
        return out

    @cached_property
    def noise_floor(self) -> Reference | None:
        """What nothing can beat at each lead, where it is known."""
        floor = (self.document.get("ceiling") or {}).get("noise_floor") or self.card.noise_floor
        known = bool(floor) and self.primary.key == "mae"
        return Reference("noise floor", tuple(floor)) if known else None

    @cached_property
    def has_outside(self) -> bool:
        """Whether anything was scored that no fit saw, beside what is like the training data."""
        found = {label for entry in self.ranked for label in entry.groups.get("distribution", {})}
        return {"in", "out"} <= found

    @cached_property
    def falls(self) -> Mapping[str, ModelFall]:
        """What every model and baseline loses out of distribution."""
        return {entry.name: fall_of(self.document, entry) for entry in self.ranked}

    @property
    def skill_losses(self) -> list[Score]:
        """Differences of the skill over the floor, out less in."""
        floor = None if self.baseline is None else self.baseline.name
        return [fall.over(floor).difference for fall in self.falls.values()]

    @property
    def floors_beside(self) -> list[str]:
        """Further baselines whose skills fall in and out of distribution."""
        floor = None if self.baseline is None else self.baseline.name
        names = dict.fromkeys(name for fall in self.falls.values() for name in fall.skills)
        return [name for name in names if name != floor]

    @property
    def is_all_outside(self) -> bool:
        """Whether no fit saw the condition or the animal of any test window."""
        return all(case.distribution == "out" for case in self.card.cases)

    @cached_property
    def compared(self) -> tuple[Entry, ...]:
        """The headline, the best simple model and the floor, each once."""
        simple = self.entry((self.simple or {}).get("name"))
        return tuple(
            {entry.name: entry for entry in (self.leader, simple, self.baseline) if entry is not None}.values()
        )

    @cached_property
    def panels(self) -> list[Panel]:
        """Groups in which the headline has a score."""
        groups = {} if self.leader is None else self.leader.groups
        return [Panel(group, tuple(groups[group]), self.compared) for group in _GROUPS if groups.get(group)]

    @cached_property
    def intervals(self) -> Mapping[str, Any]:
        """How the intervals came about."""
        return self.document.get("intervals") or {}

    @property
    def checked_groups(self) -> list[tuple[str, str, Mapping[str, Any]]]:
        """(group, label, how often intervals hold there) for conditions and distributions."""
        groups = self.intervals.get("groups") or {}
        return [(group, label, told) for group, labels in groups.items() for label, told in labels.items()]

    def is_flagged(self, group: str, label: str) -> bool:
        """Whether intervals within a group of windows hold a known mean too seldom."""
        return any((one, name) == (group, label) and told["flag"] for one, name, told in self.checked_groups)

    @property
    def many_labels(self) -> int:
        """More groups than these are folded away."""
        return _MANY_LABELS

    @property
    def outside_words(self) -> str:
        """What was held out, in words."""
        conditions = list(dict.fromkeys(piece.condition for piece in self.card.of_split("held-out")))
        held = f"the held-out condition{'' if len(conditions) == 1 else 's'} {', '.join(conditions)}"
        return held if conditions else "held-out animals"

    @cached_property
    def skills(self) -> list[tuple[str, Skills]]:
        """Skill of every neuron for the models that are shown, the headline first."""
        return [] if self.exhibits is None else [(name, Skills(own)) for name, own in self.exhibits.skill.items()]

    @property
    def neuron_rows(self) -> list[tuple[str, float | None, float | None, float | None, float | None]]:
        """Quartiles of skill over neurons and the share that is better, of every entry that says it."""
        out = []
        for entry in self.ranked:
            low, middle, high = entry.neurons.get("quartiles") or (None, None, None)
            if entry.neurons and (self.baseline is None or entry.name != self.baseline.name):
                out.append((entry.name, low, middle, high, entry.neurons.get("share_better")))
        return out

    @property
    def neurons_listed(self) -> list[int]:
        """Rows of neurons, best first; of very many, the best and the worst."""
        if not self.skills:
            return []
        values = self.skills[0][1].values
        order = np.argsort(np.where(np.isfinite(values), -values, np.inf), kind="stable").tolist()
        half = _NEURONS_LISTED // 2
        return order if len(order) <= _NEURONS_LISTED else [*order[:half], *order[-half:]]

    @property
    def exhibits_have_members(self) -> bool:
        """Whether the headline's examples have intervals."""
        traces = () if self.exhibits is None else self.exhibits.traces
        return any(course.lower is not None for trace in traces for course in trace.courses)

    def skills_of(self, rows: Int[np.ndarray, " member"]) -> Skills:
        """The headline's skill of some neurons."""
        return Skills(self.skills[0][1].values[rows])

    def comparison(self, a: str | None, b: str | None) -> Mapping[str, Any] | None:
        """The paired difference a - b of the primary metric."""
        pairs = self.document.get("comparisons") or ()
        return next((p for p in pairs if (p["a"], p["b"], p["metric"]) == (a, b, self.primary.key)), None)

    def comparison_in(self, a: str, b: str, group: str) -> Mapping[str, Any] | None:
        """The same within a group, such as `lead: 1`."""
        pairs = self.document.get("group_comparisons") or ()
        return next((p for p in pairs if (p["a"], p["b"], p.get("group")) == (a, b, group)), None)

    def _difference(self, name: str, floor: str) -> Score:
        found = [self.comparison_in(name, floor, f"lead: {lead}") for lead in self.card.leads]
        ends = (None if pair is None or pair["ci"] is None else tuple(pair["ci"]) for pair in found)
        values = (None if pair is None else pair["difference"] for pair in found)
        return Score(by_lead=tuple(values), by_lead_ci=tuple(ends))

    def _with_leads(self, keys: Sequence[str]) -> list[MetricTitle]:
        known = {heading.key: heading for heading in self.headings}
        return [known[key] for key in keys if key in known and self.lines_by_lead(key)]


@dataclass(frozen=True, eq=False)
class ImputationView(ForecastView):
    """The page of an imputation task: that of forecasts in other words, with the homologue bound."""

    scoreboard = ("neuron_correlation", "r2", "mae")
    words = IMPUTATION_WORDS

    @property
    def bound(self) -> Mapping[str, Any]:
        """What homologues say of the ceiling; nothing where there are none."""
        found = (self.document.get("ceiling") or {}).get("homologues") or {}
        return found if found.get("reliability") is not None else {}
