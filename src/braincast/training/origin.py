"""Where a fit comes from: the frames that it learned from, and the fit that it began from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from braincast.errors import BraincastError
from braincast.files import sha256_of_json
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.kinds import AnyCard

# Name of a recording, first frame, frame after the last.
Frames: TypeAlias = tuple[str, int, int]


@dataclass(frozen=True)
class Origin:
    """The fit that another one began from, by hash, its task, and for each fold the frames it had learned from."""

    fit: str
    task: str
    learned_from: tuple[tuple[Frames, ...], ...]

    @property
    def record(self) -> dict[str, Any]:
        """Plain data."""
        return {"fit": self.fit, "task": self.task, "learned_from": [list(frames) for frames in self.learned_from]}

    @classmethod
    def of_record(cls, record: dict[str, Any] | None) -> Origin | None:
        """The inverse of `record`; None for None."""
        return None if record is None else cls(record["fit"], record["task"], frames_of(record["learned_from"]))


def frames_of(record: Sequence[Sequence[Sequence[Any]]]) -> tuple[tuple[Frames, ...], ...]:
    """Frames by fold from plain data."""
    return tuple(tuple((name, start, stop) for name, start, stop in frames) for frames in record)


def recordings_of(card: AnyCard) -> tuple[str, ...]:
    """The recordings of a forecast task by dataset, specimen and name; none in other tasks."""
    uses = card.recordings if isinstance(card, ForecastCard) else ()
    return tuple(f"{card.dataset}/{use.specimen}/{use.recording}" for use in uses)


def names_hash(names: Sequence[str]) -> str:
    """A short stand-in for many names in their order."""
    return sha256_of_json(list(names))


def learned_frames(card: AnyCard, fold: int) -> tuple[Frames, ...]:
    """What a fold's fit learns from and chooses by; nothing in tasks without recordings."""
    if not isinstance(card, ForecastCard):
        return ()
    names, learned = recordings_of(card), card.folds[fold].learns_from
    used = [piece for split in ("train", "validation") for piece in card.of_split(split)]
    return tuple((names[p.recording], p.start, p.stop) for p in used if p.recording in learned)


def require_unasked(card: AnyCard, fold: int, learned: Sequence[Frames]) -> None:
    """E705 where a fit that learned from these frames would know what the fold is asked, or whom it is never to see."""
    if not isinstance(card, ForecastCard):
        return
    names, own = recordings_of(card), card.folds[fold]
    for piece in (*card.of_split("test"), *card.of_split("held-out")):
        seen = [(start, stop) for name, start, stop in learned if name == names[piece.recording]]
        if piece.recording not in own.answers or not seen:
            continue
        name, fix = card.recordings[piece.recording].name, "Begin from a fit that knows nothing of it"
        if piece.recording not in own.learns_from:
            what = f"it learned from {name}, which fold {fold} of {card.name} is never to see"
            raise BraincastError("E705", "--from", what, fix)
        if any(start < piece.stop and piece.start < stop for start, stop in seen):
            what = f"it learned from frames of {name} that {card.name} asks about"
            raise BraincastError("E705", "--from", what, fix)
