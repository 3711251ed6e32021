"""What a board's document says of a task and of those who answered it, read for showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from braincast.reports.entries import Entry, Score, score_of
from braincast.reports.site.names import file_name

Document = Mapping[str, Any]
_NOTHING: Mapping[str, Any] = {}
_NAMES = frozenset({"Brier", "Hellinger", "Kullback", "Pearson", "Spearman", "Wasserstein"})


@dataclass(frozen=True)
class Metric:
    """How a metric is headed; `digits` behind the point."""

    key: str
    title: str
    larger_is_better: bool
    aim: float | None = None
    digits: int = 3

    @property
    def in_sentence(self) -> str:
        """The title within a sentence: names and abbreviations keep their capitals."""
        first = self.title.split(" ", 1)[0]
        keeps = first in _NAMES or not first[1:].islower()
        return self.title if keeps else self.title[:1].lower() + self.title[1:]

    @property
    def direction(self) -> str:
        """Which values are good, in a word or two."""
        if self.aim is not None:
            return f"nearest {self.aim:g}"
        return "higher" if self.larger_is_better else "lower"


@dataclass(frozen=True, eq=False)
class BoardEntry:
    """One submission to one task; everything its author declared is in `told`."""

    told: Document

    @property
    def id(self) -> int:
        return int(self.told["id"])

    @property
    def model(self) -> str:
        return str(self.told["model"])

    @property
    def author(self) -> str:
        return str(self.told.get("author") or "")

    @property
    def role(self) -> str:
        return str(self.told.get("role") or "model")

    @property
    def is_withdrawn(self) -> bool:
        return self.told.get("visibility") == "withdrawn"

    @property
    def page(self) -> str:
        """The file name of its model's page."""
        return file_name(self.author, self.model)

    @property
    def n_seeds(self) -> int:
        return len(self.told.get("seeds") or ())

    @property
    def computing_s(self) -> float | None:
        """What its author says that computing took; what fitting took here where the board did it itself."""
        hours, cost = self.told.get("hours"), self.told.get("cost") or _NOTHING
        return 3600.0 * hours if hours is not None and self.role != "baseline" else cost.get("fit_s")

    @cached_property
    def document(self) -> Document:
        """What scoring said; empty where nothing is shown."""
        return self.told.get("score") or _NOTHING

    @cached_property
    def shown(self) -> Entry:
        """The same as an entry of a report, for its charts."""
        return Entry(
            name=self.model,
            role=self.role,
            of=None,
            metrics={key: score_of(told or _NOTHING) for key, told in self.document.get("metrics", _NOTHING).items()},
            groups={
                group: {str(label): score_of(told or _NOTHING) for label, told in labels.items()}
                for group, labels in self.document.get("groups", _NOTHING).items()
            },
            replicates=tuple(self.document.get("replicates") or ()),
            cost=self.told.get("cost") or _NOTHING,
            neurons=self.document.get("neurons") or _NOTHING,
        )

    def score(self, key: str) -> Score:
        """The score under a metric; an undefined one when it is absent."""
        return self.shown.score(key)

    def groups(self, group: str) -> Mapping[str, Score]:
        """The primary metric in each group of one kind."""
        return self.shown.groups.get(group, {})

    def against(self, baseline: str, metric: str, group: str | None = None) -> Document | None:
        """The paired comparison with a baseline: of a metric, or of the primary one in a group such as `lead: 3`."""
        found = self.document.get("comparisons" if group is None else "group_comparisons") or ()
        for pair in found:
            if pair.get("b") == baseline and pair.get("metric") == metric and pair.get("group") == group:
                return pair
        return None

    @property
    def skills(self) -> Sequence[float | None] | None:
        """Skill of every neuron, in the task's order."""
        return self.shown.neurons.get("skill")


@dataclass(frozen=True)
class Place:
    """An entry's place in a ranking: from best to worst possible rank, or why it has none."""

    entry: BoardEntry
    rank: tuple[int, int] | None
    why: str | None


@dataclass(frozen=True, eq=False)
class BoardTask:
    """A task with everything that was sent to it."""

    told: Document
    entries: tuple[BoardEntry, ...]

    @property
    def name(self) -> str:
        return str(self.told["name"])

    @property
    def title(self) -> str:
        return str(self.told.get("title") or self.name)

    @property
    def page(self) -> str:
        return file_name(self.name)

    @property
    def card(self) -> Document:
        return self.told.get("card") or _NOTHING

    @property
    def dataset(self) -> Document:
        return self.told.get("dataset") or _NOTHING

    @property
    def is_priority(self) -> bool:
        return self.told.get("priority") is not None

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        return tuple(_metric(told) for told in self.told.get("metrics") or ())

    @cached_property
    def primary(self) -> Metric:
        key = str(self.told["primary"])
        return next((metric for metric in self.metrics if metric.key == key), Metric(key, key, False))

    @property
    def baseline(self) -> str:
        return str(self.told.get("baseline") or "")

    @property
    def leads(self) -> tuple[str, ...]:
        return tuple(str(lead) for lead in self.told.get("leads") or ())

    @cached_property
    def has_leads(self) -> bool:
        """Whether any entry has scores by lead, of several leads."""
        scores = (place.entry.score(self.primary.key) for place in self.places)
        return len(self.leads) > 1 and any(len(score.by_lead) > 1 for score in scores)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """All scored entries, best first."""
        known = {entry.id: entry for entry in self.entries}
        found = []
        for told in self.told.get("standing") or ():
            entry = known.get(told["entry"])
            if entry is not None and entry.document:
                rank = told.get("rank")
                found.append(Place(entry, None if rank is None else (rank[0], rank[1]), told.get("why")))
        return tuple(found)

    @cached_property
    def leaders(self) -> tuple[BoardEntry, ...]:
        """Those who may be the best: one, or several that cannot be told apart."""
        return tuple(place.entry for place in self.places if place.rank is not None and place.rank[0] == 1)

    @property
    def floor(self) -> BoardEntry | None:
        """The entry of the baseline that skill refers to."""
        own = (place.entry for place in self.places if place.entry.role == "baseline")
        return next((entry for entry in own if entry.model == self.baseline), None)

    @cached_property
    def pairs(self) -> dict[tuple[int, int], Document]:
        """Paired comparisons of the primary metric, by the two entries."""
        found = self.told.get("comparisons") or ()
        return {(pair["a"], pair["b"]): pair for pair in found if pair.get("metric") == self.primary.key}

    def pair(self, a: int, b: int) -> Document | None:
        """The comparison of two entries as a minus b, whichever way round it was written."""
        if (a, b) in self.pairs:
            return self.pairs[a, b]
        turned = self.pairs.get((b, a))
        if turned is None or turned.get("difference") is None:
            return None
        ends = turned.get("ci")
        ci = None if ends is None else [-ends[1], -ends[0]]
        return {**turned, "a": a, "b": b, "difference": -turned["difference"], "ci": ci}


def _metric(told: Document) -> Metric:
    key = str(told["key"])
    larger = bool(told.get("larger_is_better"))
    title = str(told.get("title") or key.replace("_", " "))
    aim = told["perfect"] if told.get("aim") else None
    return Metric(key, title, larger, aim, 3 if larger else 4)
