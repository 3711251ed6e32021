"""The questions about edges that come with braincast, made from the worm atlas; the same data give the same hash."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from braincast.brain.homologues import worm_cell_classes
from braincast.tasks.edges.question import EdgeQuestion

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset

SPECIMEN = "wt"
DECLARED: Mapping[str, tuple[Literal["chemical", "electrical"], str]] = MappingProxyType(
    {
        "worm-edges": ("chemical", "Does the first neuron have a chemical synapse onto the second?"),
        "worm-gap-junctions": ("electrical", "Are the two neurons joined by a gap junction?"),
    }
)


def declare(name: str, dataset: Dataset) -> EdgeQuestion:
    """Make a declaration from the worm atlas."""
    kind, words = DECLARED[name]
    connectome = dataset.specimens[SPECIMEN].connectome
    if connectome is None:
        raise ValueError("the worm atlas has a connectome")
    return EdgeQuestion(
        name=name,
        version="1",
        question=words,
        dataset=dataset.name,
        dataset_hash=dataset.card.hash,
        kind=kind,
        neurons=tuple(connectome.neuron_ids),
        cell_classes=tuple(worm_cell_classes(connectome.neuron_ids)),
        n_folds=5,
        seed=0,
        n_resamples=1000,
    )
