"""What the templates of an encoding run ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

from markupsafe import Markup

from braincast.reports.entries import Entry, MetricTitle, Score, metric_title, score_of
from braincast.reports.page_view import PageView
from braincast.reports.vision.courses import Screen
from braincast.reports.vision.film import film_strip
from braincast.reports.vision.movies import packed_movies
from braincast.reports.vision.polar import PolarCurve, PolarPanel
from braincast.reports.vision.type_facts import PROPERTIES, TypeCell, count_right, least_selectivity, type_cell
from braincast.scoring.encoding.exhibits import EncodingExhibits
from braincast.tasks.encoding.card import EncodingCard

_DEGREES, _TASK = "preferred_direction_error_deg", "task_error"


@dataclass(frozen=True)
class TypeRow:
    """A cell type about which something is known, in words, and a cell for each contender."""

    name: str
    known: str
    cells: tuple[TypeCell, ...]


@dataclass(frozen=True, eq=False)
class VisionView(PageView):
    """The page of an encoding task."""

    counted: ClassVar[str] = "cell types"
    chosen_on: ClassVar[str] = "validation scenes"

    card: EncodingCard
    exhibits: EncodingExhibits | None = None

    def title(self, key: str) -> MetricTitle:
        """Degrees without decimals, everything else with three digits."""
        return replace(metric_title(key), digits=1 if key == _DEGREES else 3)

    @cached_property
    def measures(self) -> list[MetricTitle]:
        """Measures of cells; how well models do what they are trained for stands apart."""
        return [heading for heading in self.headings if heading.key != _TASK]

    @property
    def task_floor(self) -> float | None:
        """The error of seeing no motion at all."""
        return (self.document.get("floors") or {}).get(_TASK)

    def faster(self, entry: Entry) -> Score:
        """The error on scenes that move faster than any that was learned from."""
        return score_of((self.document["models"][entry.name].get("outside") or {}).get(_TASK) or {})

    @cached_property
    def contenders(self) -> list[Entry]:
        """Models and baselines best first, then the nulls and controls of the leader."""
        arms = [] if self.leader is None else self.arms(self.leader)
        return [*self.ranked, *arms]

    @cached_property
    def least_dsi(self) -> float:
        return least_selectivity(self.card)

    @cached_property
    def type_rows(self) -> list[TypeRow]:
        """Types about which something is known: those that tell directions first, photoreceptors last."""
        facts = self.card.facts
        groups = (facts.selective, facts.not_selective, facts.polarity)
        others = [name for group in groups for name in group if name not in facts.receptors]
        order = [name for name in dict.fromkeys([*others, *facts.receptors]) if name in self.card.cell_types]
        return [
            TypeRow(name, self._known(name), tuple(self._cell(entry, name) for entry in self.contenders))
            for name in order
        ]

    @cached_property
    def totals(self) -> list[list[tuple[int, int]]]:
        """For each contender and each property, how many types are right and of how many something is known."""
        rows = [row.cells for row in self.type_rows]
        return [
            [count_right([cells[place] for cells in rows], name) for name in PROPERTIES]
            for place in range(len(self.contenders))
        ]

    @cached_property
    def panels(self) -> list[PolarPanel]:
        """Every direction-selective type: what was published, the floor, the leader's networks and their mean."""
        return [self._panel(name, contrast) for name, contrast in self.card.facts.selective.items()]

    @property
    def has_networks(self) -> bool:
        """Whether curves of single networks are drawn."""
        return any(curve.style == "seed" for panel in self.panels for curve in panel.curves)

    @cached_property
    def angles_deg(self) -> list[float]:
        """The directions that curves are over."""
        return sorted(
            {case.angle_deg for case in self.card.cases if case.kind == "edge" and case.angle_deg is not None}
        )

    @cached_property
    def screen(self) -> Screen | None:
        """What can be played."""
        if self.exhibits is None or not self.exhibits.stimuli.stimuli or not self.exhibits.responses:
            return None
        return Screen(self.exhibits)

    @cached_property
    def movies(self) -> dict[str, Any] | None:
        """The data of the player, the leader's first."""
        return None if self.screen is None else packed_movies(self.screen, self._shown)

    @cached_property
    def film(self) -> Markup | None:
        """Stills of the leader: an edge in the direction that one type prefers and another does not."""
        selective = [name for name, contrast in self.card.facts.selective.items() if contrast == "on"]
        if self.screen is None or not selective:
            return None
        degrees = self.card.facts.preferred_deg[selective[0]]
        edges = [case for case in self.screen.stimuli if case.polarity == "on" and case.angle_deg == degrees]
        return film_strip(self.screen, self._shown[0], edges[0], selective[:2]) if edges else None

    @property
    def _shown(self) -> list[str]:
        """Models with courses: the leader, then as they are given."""
        names = [] if self.exhibits is None else list(self.exhibits.responses)
        leading = [self.leader.name] if self.leader is not None and self.leader.name in names else []
        return [*leading, *(name for name in names if name not in leading)]

    def facts_of(self, entry: Entry, cell_type: str) -> Mapping[str, Any] | None:
        """What the document says of a type under a contender."""
        return (self.document["models"][entry.name].get("facts") or {}).get(cell_type)

    def against(self, entry: Entry, other: Entry | None, key: str) -> Mapping[str, Any] | None:
        """The paired comparison of two contenders, where the document has it."""
        names = (entry.name, None if other is None else other.name)
        found = (pair for pair in self.document.get("comparisons") or () if (pair["a"], pair["b"]) == names)
        return next((pair for pair in found if pair["metric"] == key), None)

    def _cell(self, entry: Entry, cell_type: str) -> TypeCell:
        found = self.facts_of(entry, cell_type)
        return TypeCell(()) if found is None else type_cell(found, self.least_dsi)

    def _known(self, cell_type: str) -> str:
        facts = self.card.facts
        told = [{1: "ON", -1: "OFF"}[facts.polarity[cell_type]]] if cell_type in facts.polarity else []
        if cell_type in facts.preferred_deg:
            told.append(f"{facts.preferred_deg[cell_type]:g}°")
        elif cell_type in facts.not_selective:
            told.append("no direction")
        return ", ".join(told)

    def _panel(self, cell_type: str, contrast: str) -> PolarPanel:
        facts = self.card.facts
        curves = [self._published(cell_type)]
        if self.baseline is not None:
            curves += self._mean(self.baseline, cell_type, contrast, "floor")
        if self.leader is not None and (self.baseline is None or self.leader.name != self.baseline.name):
            curves += self._networks(self.leader, cell_type)
            curves += self._mean(self.leader, cell_type, contrast, "lead")
        return PolarPanel(cell_type, contrast, facts.preferred_deg[cell_type], tuple(curves))

    def _published(self, cell_type: str) -> PolarCurve:
        facts = self.card.facts
        values = dict(zip(facts.tuning_angles_deg, facts.tuning[cell_type], strict=True))
        largest = max(values.values())
        return PolarCurve("published", tuple(values[angle] / largest for angle in self.angles_deg), "published")

    def _mean(self, entry: Entry, cell_type: str, contrast: str, style: str) -> list[PolarCurve]:
        tuning = (self.facts_of(entry, cell_type) or {}).get("tuning")
        return [] if tuning is None else [PolarCurve(entry.name, tuple(tuning[contrast]), style)]

    def _networks(self, entry: Entry, cell_type: str) -> list[PolarCurve]:
        found = None if self.exhibits is None else self.exhibits.tuning.get(entry.name)
        if found is None or len(found) < 2:
            return []
        place = list(self.card.facts.selective).index(cell_type)
        return [PolarCurve(entry.name, tuple(curve[:, place].tolist()), "seed") for curve in found]
