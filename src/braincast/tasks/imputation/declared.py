"""The imputation tasks that come with braincast, as they are made from their datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from braincast.tasks.forecasting.build import Design, atlas_of_worms
from braincast.tasks.imputation.build import build_imputation

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset
    from braincast.tasks.forecasting.card import ForecastCard


@dataclass(frozen=True)
class Declared:
    """A dataset, what was chosen about the task, and its words."""

    dataset: str
    design: Design
    title: str
    question: str


DECLARED: Mapping[str, Declared] = {
    "worm-imputation": Declared(
        "worm-atanas2023",
        Design(horizon=16),
        "A moving worm's whole brain: what do hidden neurons do?",
        "In 16 frames (9.6 s) of one freely moving worm an eighth of 98 named neurons is hidden, left and right "
        "homologues together: what do they do, given what the others do then?",
    ),
    "human-imputation": Declared(
        "human-hcp",
        Design(horizon=16),
        "Seven resting human brains: what do hidden regions do?",
        "In 16 frames (11.5 s) of BOLD an eighth of 94 regions of a subject whose earlier frames were learned from is "
        "hidden, left and right together: what do they do, given what the others do then?",
    ),
    "human-imputation-transfer": Declared(
        "human-hcp",
        Design(horizon=16, held_out_animals=True),
        "Resting human brains never seen before: what do hidden regions do?",
        "In 16 frames (11.5 s) of BOLD an eighth of 94 regions of a subject that no model learned from is hidden, left "
        "and right together: what do they do, given what the others do then? Windows and groups are those of "
        "human-imputation.",
    ),
}


def declare(name: str, dataset: Dataset) -> ForecastCard:
    """Make a declaration from its dataset."""
    found = DECLARED[name]
    structure = atlas_of_worms() if found.dataset == "worm-atanas2023" else None
    return build_imputation(
        dataset, name, found.design, structure=structure, title=found.title, question=found.question
    )
