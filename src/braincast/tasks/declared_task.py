"""What tasks of all kinds say of themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from braincast.tasks.tracks import Track


class DeclaredTask:
    """A declaration behind its name and hash, as one line or as a card in a notebook; `asks` names its questions."""

    asks: ClassVar[str] = "cases"
    card: Any
    track: Track = "open"

    def __repr__(self) -> str:
        card = self.card
        return f"{type(self).__name__} {card.name} {card.version} ({len(card.cases)} {self.asks}, {card.hash[:12]})"

    def _repr_html_(self) -> str:
        from braincast.brain.display import html_card

        card = self.card
        return html_card("Task", card.name, {"question": card.question, self.asks: len(card.cases), "hash": card.hash})

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def hash(self) -> str:
        return self.card.hash
