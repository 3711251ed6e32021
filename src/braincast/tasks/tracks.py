"""Tracks: what models may be told of a task. The questions, and what they are scored by, are the same on each."""

from __future__ import annotations

from typing import Any, Literal

from braincast.errors import BraincastError

# On the second, models are told nothing of the stimulus that the task would tell.
Track = Literal["open", "no-stimulus"]


def checked_track(card: Any, track: str) -> Track:
    """The track if a task of any kind has it, else E612."""
    offered = tracks_of(card)
    for known in offered:
        if known == track:
            return known
    fix = f"Its tracks: {', '.join(offered)}" if len(offered) > 1 else "Its only track is open"
    raise BraincastError("E612", f"task {card.name}", f"it has no track {track!r}", fix)


def tracks_of(card: Any) -> tuple[Track, ...]:
    """What models may be told: only a task that tells a stimulus can be answered without."""
    return ("open", "no-stimulus") if getattr(card, "inputs", "none") == "stimulus" else ("open",)
