"""What a forecast run's document says of losses out of distribution, read for showing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from braincast.reports.entries import Document, Entry, Score, score_of


@dataclass(frozen=True)
class Fall:
    """A score in and out of distribution, and the difference out less in; everything in it may be undefined."""

    inside: float | None = None
    outside: float | None = None
    difference: Score = field(default_factory=Score)


@dataclass(frozen=True)
class ModelFall:
    """What a contender loses: of the primary metric, and of its skill over each baseline."""

    score: Fall
    skills: Mapping[str, Fall]

    def over(self, baseline: str | None) -> Fall:
        """Of the skill over one baseline; undefined for the baseline itself."""
        return self.skills.get(baseline or "", Fall())


def fall_of(document: Document, entry: Entry) -> ModelFall:
    """What an entry loses; without intervals where the document has scores of groups alone."""
    for drop in document.get("drops") or ():
        if drop["model"] == entry.name and drop["group"] == "distribution":
            return ModelFall(_fall(drop), {skill["over"]: _fall(skill) for skill in drop["skills"]})
    inside, outside = (entry.in_group("distribution", label) for label in ("in", "out"))
    skill = {} if document.get("baseline") is None else {document["baseline"]: _plain(inside.skill, outside.skill)}
    return ModelFall(_plain(inside.value, outside.value), skill)


def _fall(found: Mapping[str, Any]) -> Fall:
    return Fall(found["in"], found["out"], score_of({"value": found["difference"], "ci": found["ci"]}))


def _plain(inside: float | None, outside: float | None) -> Fall:
    difference = None if inside is None or outside is None else outside - inside
    return Fall(inside, outside, Score(value=difference))
