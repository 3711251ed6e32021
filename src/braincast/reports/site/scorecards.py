"""Scorecards: tables of all entries by metric, lead, condition, region or activity, coloured by skill.

A colour says how far an entry is from the baseline; a filled triangle that their paired difference is surely not zero;
an open one that their own intervals lie apart, which says the same more cautiously where no pair was tested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from braincast.reports.entries import Entry, Score
from braincast.reports.numbers import decimal, percent, typographic
from braincast.reports.site.standing import BoardEntry, BoardTask, Document, Metric

# Where the colours of skill begin, in both directions.
STEPS = (0.01, 0.05, 0.15, 0.3)
_MOST_LEADS = 16
# Groups of a score's document: how their table is called, and what its columns are.
GROUPS = {
    "distribution": ("In and out of distribution", "windows"),
    "condition": ("By condition", "condition"),
    "animal": ("By animal", "animal"),
    "region": ("By region", "region"),
    "activity": ("By activity level", "quarter of the neurons"),
    "trials": ("By number of trials", "trials"),
    "hops": ("By distance in the wiring", "hops"),
}


@dataclass(frozen=True)
class Cell:
    """What one square shows: a value, its colour from -4 to 4, and whether the difference is sure (-1, 0, 1)."""

    text: str
    level: int
    sure: int
    told: str
    is_tested: bool = True

    @property
    def mark(self) -> str:
        """A triangle, upwards for better."""
        return {(1, True): "▲", (-1, True): "▼", (1, False): "△", (-1, False): "▽"}.get((self.sure, self.is_tested), "")


@dataclass(frozen=True)
class Scorecard:
    """A table: its name for the switch, what its columns are, and a row of cells for each entry."""

    key: str
    title: str
    across: str
    columns: tuple[str, ...]
    rows: tuple[tuple[BoardEntry, tuple[Cell, ...]], ...]


def scorecards(task: BoardTask) -> list[Scorecard]:
    """Every table that the task's scores allow, the metrics first."""
    cards = [_by_metric(task)]
    if task.has_leads:
        cards.append(_by_lead(task))
    found = {group for place in task.places for group in place.entry.document.get("groups", {})}
    ordered = [group for group in GROUPS if group in found] + sorted(found - GROUPS.keys() - {"average"})
    return [*cards, *(card for card in (_by_group(task, group) for group in ordered) if card.columns)]


def level(skill: float | None) -> int:
    """The colour of a skill: 0 for none, 1 to 4 for better, -1 to -4 for worse."""
    if skill is None:
        return 0
    size = sum(abs(skill) >= step for step in STEPS)
    return size if skill > 0 else -size


def sure(pair: Document | None, metric: Metric) -> int:
    """1 where an entry is surely better than what it was compared with, -1 where worse, 0 where it cannot be told."""
    ends = None if pair is None else pair.get("ci")
    if ends is None or metric.aim is not None or ends[0] <= 0 <= ends[1]:
        return 0
    return 1 if (ends[0] > 0) == metric.larger_is_better else -1


def apart(score: Score, floor: Score, metric: Metric) -> int:
    """As `sure`, of two intervals that do not touch."""
    if score.ci is None or floor.ci is None or metric.aim is not None:
        return 0
    above, below = score.ci[0] > floor.ci[1], score.ci[1] < floor.ci[0]
    return 0 if not (above or below) else 1 if above == metric.larger_is_better else -1


def skill_over(value: float | None, floor: float | None, metric: Metric) -> float | None:
    """The share of the way from the floor's value to perfection."""
    if value is None or floor is None or metric.aim is not None:
        return None
    room = 1 - floor if metric.larger_is_better else floor
    gained = value - floor if metric.larger_is_better else floor - value
    return gained / room if room > 0 else None


def _by_metric(task: BoardTask) -> Scorecard:
    def row(entry: BoardEntry) -> tuple[Cell, ...]:
        return tuple(_metric_cell(task, entry, metric) for metric in task.metrics)

    columns = tuple(f"{metric.title} ({metric.direction})" for metric in task.metrics)
    return _card(task, "metric", "By metric", "metric", columns, row)


def _metric_cell(task: BoardTask, entry: BoardEntry, metric: Metric) -> Cell:
    score, floor = entry.score(metric.key), _floor(task).score(metric.key)
    skill = None if metric.aim is not None else score.skill
    return _cell(score, skill, metric, entry.against(task.baseline, metric.key), floor)


def _by_lead(task: BoardTask) -> Scorecard:
    key, shown = task.primary.key, _shown_leads(len(task.leads))

    def row(entry: BoardEntry) -> tuple[Cell, ...]:
        cells = []
        for index in shown:
            lead = task.leads[index]
            score, floor = (_at_lead(own.score(key), index) for own in (entry, _floor(task)))
            pair = entry.against(task.baseline, key, f"lead: {lead}")
            cells.append(_cell(score, skill_over(score.value, floor.value, task.primary), task.primary, pair, floor))
        return tuple(cells)

    titles = lead_titles(task)
    return _card(task, "lead", "By lead", "lead", [titles[index] for index in shown], row)


def _shown_leads(n: int) -> list[int]:
    """All of a few leads, of many the first, the last, and some evenly between."""
    if n <= _MOST_LEADS:
        return list(range(n))
    return [round(step * (n - 1) / (_MOST_LEADS - 1)) for step in range(_MOST_LEADS)]


def _by_group(task: BoardTask, group: str) -> Scorecard:
    title, across = GROUPS.get(group, (f"By {group}", group))
    labels = tuple(dict.fromkeys(label for place in task.places for label in place.entry.groups(group)))

    def row(entry: BoardEntry) -> tuple[Cell, ...]:
        own, floors, key = entry.groups(group), _floor(task).groups.get(group, {}), task.primary.key
        cells = []
        for label in labels:
            score = own.get(label, Score())
            pair = entry.against(task.baseline, key, f"{group}: {label}")
            cells.append(_cell(score, score.skill, task.primary, pair, floors.get(label, Score())))
        return tuple(cells)

    return _card(task, group, title, across, labels, row)


def lead_titles(task: BoardTask) -> tuple[str, ...]:
    """The leads as they are headed: in seconds where they have them."""
    seconds = task.told.get("lead_s")
    if not seconds or len(seconds) != len(task.leads):
        return task.leads
    return tuple(
        lead if lead.endswith("s") else f"{lead} ({second:g} s)"
        for lead, second in zip(task.leads, seconds, strict=True)
    )


def _card(
    task: BoardTask,
    key: str,
    title: str,
    across: str,
    columns: Sequence[str],
    row: Callable[[BoardEntry], tuple[Cell, ...]],
) -> Scorecard:
    rows = tuple((place.entry, row(place.entry)) for place in task.places)
    return Scorecard(key, title, across, tuple(columns), rows)


def _cell(score: Score, skill: float | None, metric: Metric, pair: Document | None, floor: Score) -> Cell:
    how = sure(pair, metric) if pair is not None else apart(score, floor, metric)
    told = {1: "surely better than the baseline", -1: "surely worse than the baseline"}.get(how, "")
    written = "" if skill is None else f"skill {percent(skill)}"
    return Cell(
        typographic(decimal(score.value, metric.digits)),
        level(skill),
        how,
        typographic(", ".join(part for part in (written, told) if part)),
        pair is not None,
    )


_ABSENT = Entry("", "baseline", None, {}, {}, (), {}, {})


def _floor(task: BoardTask) -> Entry:
    """The baseline that skill refers to; one without scores while it is not scored."""
    return _ABSENT if task.floor is None else task.floor.shown


def _at_lead(score: Score, index: int) -> Score:
    value = score.by_lead[index] if index < len(score.by_lead) else None
    return Score(value, score.by_lead_ci[index] if index < len(score.by_lead_ci) else None)
