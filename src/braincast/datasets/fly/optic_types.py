"""The dataset `fly-optic-types`: how many synapses lead from each cell type of the optic lobes to each other one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from braincast.datasets.card import BroughtSource, Content, DatasetCard
from braincast.datasets.dataset import Dataset

_SIDES = {"right": "RHS", "left": "LHS", "both": "bilateral"}

CARD = DatasetCard(
    name="fly-optic-types",
    version="1",
    title="Cell type to cell type: the wiring of both optic lobes of one adult fly (FlyWire v783)",
    species="Drosophila melanogaster",
    summary="72,954 pairs of connected cell types of the optic lobes, with connections and synapses on each side.",
    n_animals="1",
    licence="Apache-2.0, as stated with the copy",
    citation=(
        "Matsliah A, Yu S, Kruk K, et al. (2024) Neuronal parts list and wiring diagram for a visual system. "
        "Nature 634:166-180. doi:10.1038/s41586-024-07981-1",
        "Dorkenwald S, Matsliah A, Sterling AR, et al. (2024) Neuronal wiring diagram of an adult brain. "
        "Nature 634:124-138. doi:10.1038/s41586-024-07558-y",
    ),
    sources=(
        BroughtSource(
            filename="type_to_type.parquet",
            sha256="5e4d104196a8161ae3e4ca2713d6c6cd7b1b14366214c96ebb09a991e99a9ad1",
            size_bytes=570_431,
            obtain=(
                "it is the table of synapses between cell types that goes with doi:10.1038/s41586-024-07981-1; ask "
                "whoever gave you the task for their copy"
            ),
        ),
    ),
    redistribute="yes",
    contents=(
        Content(
            name="connectome of types",
            size="742 cell types, 72,954 pairs, 23,500,481 synapses",
            unit="synapses of all cells of a type, both sides",
            citation="Matsliah et al. 2024",
        ),
    ),
    traps=(
        "A 'neuron' of this connectome is a cell type, and an edge is all synapses of all its cells: types of many "
        "cells have heavy edges. The table does not say how many cells a type has.",
        "The lamina and the photoreceptors of this animal are only partly reconstructed, so that inputs to L1 to L5 "
        "are too few, on the left side more so.",
        "No edge has a sign, and nothing is said of how far over columns a connection reaches.",
        "Names are those of Matsliah et al. 2024; older ones differ (Am is Lai, TmY9 is TmY9q and TmY9q⊥).",
        "Weights are both sides together; the columns synapses_right, synapses_left and synapses_both (cells that "
        "belong to neither side) add up to them, and the same for connections.",
    ),
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen, the fly whose brain was imaged, with types for neurons; E106 where sides do not add up."""
    import pandas as pd

    from braincast.brain.connectome import Connectome
    from braincast.brain.specimen import Specimen
    from braincast.datasets.fly.tables import read_columns

    (path,) = paths
    counted = [f"{what} {side}" for what in ("connections", "synapses") for side in ("total", *_SIDES.values())]
    found = read_columns(path, {"from type": "text", "to type": "text", **dict.fromkeys(counted, "count")})
    for what in ("connections", "synapses"):
        _require_sum(found, what, path)
    names = sorted({*found["from type"], *found["to type"]})
    sides = {
        f"{what}_{side}": found[f"{what} {column}"]
        for what in ("connections", "synapses")
        for side, column in _SIDES.items()
    }
    connectome = Connectome.from_edges(
        pd.DataFrame({"id": names, "cell_class": names}),
        found["from type"],
        found["to type"],
        weight=found["synapses total"],
        name="optic-types",
    )
    edges = connectome.edges.assign(connections=found["connections total"], **sides)
    return Dataset(CARD, {"FAFB": Specimen("FAFB", CARD.species, connectome=connectome.with_edges(edges))})


def _require_sum(found: dict, what: str, path: Path) -> None:
    import numpy as np

    from braincast.errors import BraincastError

    differs = sum(found[f"{what} {column}"] for column in _SIDES.values()) != found[f"{what} total"]
    if np.any(differs):
        text = f"the {what} of row {int(np.argmax(differs))} are not the sum of both sides"
        raise BraincastError("E106", f"{path}: {what} total", text, "Get the file anew")
