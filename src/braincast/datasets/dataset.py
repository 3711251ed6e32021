"""A dataset in memory: a card, specimens and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from braincast.brain.display import html_card, text_card
from braincast.datasets.card import DatasetCard

if TYPE_CHECKING:
    import pandas as pd

    from braincast.brain.specimen import Specimen


@dataclass(frozen=True, eq=False)
class Dataset:
    """A named, versioned collection of specimens, with tables for what fits no specimen."""

    card: DatasetCard
    specimens: Mapping[str, Specimen]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self.card.name

    @property
    def citation(self) -> tuple[str, ...]:
        """Whom to cite, full references with DOI."""
        return self.card.citation

    def __repr__(self) -> str:
        return text_card("Dataset", self.name, self._held())

    def _repr_html_(self) -> str:
        return html_card("Dataset", self.name, {**self._held(), **self.card.facts()})

    def _held(self) -> dict[str, str]:
        return {
            "version": self.card.version,
            "specimens": ", ".join(self.specimens) or "none",
            "tables": ", ".join(self.tables) or "none",
        }
