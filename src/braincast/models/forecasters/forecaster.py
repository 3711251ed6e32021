"""What all forecasters have in common: they make nothing of structure, and describe themselves alike."""

from __future__ import annotations

from collections.abc import Mapping

from braincast.models.forecasters.spread import MEMBERS
from braincast.models.interface import ModelCard, Setting, Settings


class Forecaster:
    """A model of forecast tasks that looks at activity alone."""

    candidates: tuple[Settings, ...] = ({},)

    def prepare(self, structure: object) -> None:
        """Nothing: how the brain is built is not looked at."""
        return None


def forecaster_card(
    name: str,
    summary: str,
    settings: Mapping[str, Setting] | None = None,
    *,
    citation: str = "",
    caveat: str = "",
    members: int = MEMBERS,
    uses: tuple[str, ...] = ("activity",),
    typical_fit_s: float = 0.5,
    kinds: tuple[str, ...] = ("forecast", "rollout"),
) -> ModelCard:
    """The card of a forecaster; by default it answers with members."""
    return ModelCard(
        name=name,
        summary=summary,
        kinds=kinds,
        answers=("activity",),
        uses=uses,
        settings=settings or {},
        citation=citation,
        caveat=caveat,
        members=members,
        typical_fit_s=typical_fit_s,
    )
