"""The export document of a board read for showing: its tasks, who stands where in them, and the models across them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from braincast.errors import BraincastError
from braincast.reports.site.standing import BoardEntry, BoardTask, Document

FORMAT = 1
# What a document may leave out; withdrawn entries have little more than a number.
_BOARD = ("title", "about", "contact", "scorer", "braincast", "generated", "tries")
_TASK = (
    *(
        "version",
        "hash",
        "title",
        "question",
        "kind",
        "priority",
        "reason",
        "hidden",
        "truth_hash",
        "dataset",
        "wiring",
    ),
    *("card", "metrics", "leads", "lead_s", "unit", "baseline", "baselines", "nulls", "tracks", "noise_floor"),
    *("n_cases", "n_neurons", "animals", "neurons", "regions", "positions_um", "traces", "standing", "comparisons"),
    "history",
)
_ENTRY = (
    *("role", "author", "authors", "contact", "links", "licence", "description", "training_data", "track", "seeds"),
    *("parameters", "hardware", "hours", "packages", "nulls", "submitted_at", "scored_at", "status", "visibility"),
    *("task_hash", "forecast_hash", "submission_hash", "scorer", "tries", "cost", "score"),
)


@dataclass(frozen=True, eq=False)
class BoardModel:
    """All entries that one author sent under one name, newest first."""

    entries: tuple[BoardEntry, ...]

    @property
    def newest(self) -> BoardEntry:
        return next((entry for entry in self.entries if not entry.is_withdrawn), self.entries[0])


@dataclass(frozen=True, eq=False)
class Site:
    """The whole document."""

    told: Document

    @cached_property
    def board(self) -> Document:
        return {**dict.fromkeys(_BOARD), **self.told["board"]}

    @cached_property
    def entries(self) -> tuple[BoardEntry, ...]:
        return tuple(BoardEntry({**dict.fromkeys(_ENTRY), **entry}) for entry in self.told["entries"])

    @cached_property
    def tasks(self) -> tuple[BoardTask, ...]:
        """Priority tasks first, in their order; then the others by name."""
        own: dict[str, list[BoardEntry]] = {}
        for entry in self.entries:
            own.setdefault(str(entry.told["task"]), []).append(entry)
        told = [{**dict.fromkeys(_TASK), **task} for task in self.told["tasks"]]
        tasks = [BoardTask(task, tuple(own.get(str(task["name"]), ()))) for task in told]
        return tuple(sorted(tasks, key=lambda t: (not t.is_priority, t.told.get("priority") or 0, t.name)))

    def task(self, name: str) -> BoardTask | None:
        return next((task for task in self.tasks if task.name == name), None)

    @cached_property
    def models(self) -> tuple[BoardModel, ...]:
        """By name; baselines last. What was withdrawn names no author and is on the pages of its task alone."""
        found: dict[tuple[str, str], list[BoardEntry]] = {}
        for entry in self.entries:
            if entry.is_withdrawn and not entry.author:
                continue
            found.setdefault((entry.author, entry.model), []).append(entry)
        models = [BoardModel(tuple(sorted(own, key=_newest_first, reverse=True))) for own in found.values()]
        return tuple(sorted(models, key=lambda m: (m.newest.role == "baseline", m.newest.model, m.newest.author)))

    @cached_property
    def newest(self) -> tuple[BoardEntry, ...]:
        """Scored models, newest first."""
        scored = [entry for entry in self.entries if entry.document and entry.role != "baseline"]
        return tuple(sorted(scored, key=_newest_first, reverse=True))


def read_site(document: Any) -> Site:
    """The document as a site; one that is none, or of another format, is E403."""
    fix = "Make it with braincast board export BOARD --json"
    if not isinstance(document, Mapping) or not {"board", "tasks", "entries"} <= document.keys():
        raise BraincastError("E403", "the export document", "board, tasks or entries are missing", fix)
    if document.get("format") != FORMAT:
        what = f"it has format {document.get('format')!r}; this version of braincast reads format {FORMAT}"
        raise BraincastError("E403", "the export document", what, fix)
    return Site(document)


def _newest_first(entry: BoardEntry) -> tuple[str, int]:
    return str(entry.told.get("scored_at") or entry.told.get("submitted_at") or ""), entry.id
