"""Which facts about a cell type a model has right: polarity, direction selectivity, preferred direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from braincast.reports.numbers import decimal, typographic
from braincast.tasks.encoding.card import EncodingCard

State = Literal["right", "wrong", "silent", "unknown"]
SIGNS: Mapping[State, str] = {"right": "✓", "wrong": "✗", "silent": "–", "unknown": "·"}
PROPERTIES = ("polarity", "selectivity", "direction")


@dataclass(frozen=True)
class Fact:
    """Whether one property of a type is right under a model, and the words that say how; unknown: nothing is known."""

    name: str
    state: State
    words: str

    @property
    def told(self) -> str:
        """The words as a page has them."""
        return typographic(self.words)

    @property
    def sign(self) -> str:
        return SIGNS[self.state]


@dataclass(frozen=True)
class TypeCell:
    """What one model says of one cell type."""

    facts: tuple[Fact, ...]

    @property
    def n_right(self) -> int:
        return sum(fact.state == "right" for fact in self.facts)


def least_selectivity(card: EncodingCard) -> float:
    """The DSI from which a type counts as direction-selective: half that of the least selective published curve."""
    angles = np.radians(np.array(card.facts.tuning_angles_deg))
    curves = np.array(list(card.facts.tuning.values()))
    return float(np.min(np.abs(curves @ np.exp(1j * angles)) / curves.sum(axis=1)) / 2)


def type_cell(found: Mapping[str, Any], least_dsi: float) -> TypeCell:
    """The three properties, from the entry of a scorecard (`facts`); a share of networks over a half is right."""
    return TypeCell((_polarity(found), _selectivity(found, least_dsi), _direction(found)))


def count_right(cells: Sequence[TypeCell], name: str) -> tuple[int, int]:
    """How many cells have a property right, and of how many it is known."""
    states = [fact.state for cell in cells for fact in cell.facts if fact.name == name]
    return states.count("right"), len(states) - states.count("unknown")


def _polarity(found: Mapping[str, Any]) -> Fact:
    share, index = found["polarity_right"], found["flash_index"]
    known = {1: "ON", -1: "OFF"}.get(found["polarity"])
    if known is None:
        return Fact("polarity", "unknown", "polarity: not known")
    if not found["answered"]:
        return Fact("polarity", "silent", f"polarity ({known}): no answer to a flash")
    told = f"polarity ({known}): flash index {decimal(index, 2, signed=True)}, right in {_percent(share)} of networks"
    return Fact("polarity", _half(share), told)


def _selectivity(found: Mapping[str, Any], least_dsi: float) -> Fact:
    is_selective, dsi = found["is_selective"], found["dsi"]
    if is_selective is None:
        return Fact("selectivity", "unknown", "direction selectivity: not known")
    known = "selective" if is_selective else "not selective"
    if dsi is None:
        return Fact("selectivity", "silent", f"direction selectivity ({known}): no answer to an edge")
    told = f"direction selectivity ({known}): DSI {decimal(dsi, 2)}"
    return Fact("selectivity", "right" if (dsi >= least_dsi) == is_selective else "wrong", told)


def _direction(found: Mapping[str, Any]) -> Fact:
    known, preferred, share = found["known_deg"], found["preferred_deg"], found["direction_right"]
    if known is None:
        return Fact("direction", "unknown", "preferred direction: not known")
    if preferred is None:
        return Fact("direction", "silent", f"preferred direction ({known:g}°): none")
    told = f"preferred direction ({known:g}°): {preferred:.0f}°, within 45° in {_percent(share)} of networks"
    return Fact("direction", _half(share), told)


def _half(share: float) -> State:
    return "right" if share > 0.5 else "wrong"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
