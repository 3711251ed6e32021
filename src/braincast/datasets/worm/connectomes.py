"""The dataset `worm-connectomes`: reconstructions of the wiring of C. elegans, one specimen each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braincast.datasets.dataset import Dataset
from braincast.datasets.worm.connectomes_card import CARD as CARD

if TYPE_CHECKING:
    from braincast.brain.specimen import Specimen
    from braincast.datasets.worm.connectome_file import ConnectomeFile
    from braincast.datasets.worm.reconstructions import Reconstruction


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen for each reconstruction; the tables say what each one is and which files were left out, and why."""
    import pandas as pd

    from braincast.datasets.worm.connectome_file import read_connectome, roster
    from braincast.datasets.worm.reconstructions import EXCLUDED, RECONSTRUCTIONS

    (wheel,) = paths
    neurons = roster(wheel)
    specimens, rows = {}, []
    for reconstruction in RECONSTRUCTIONS:
        read = read_connectome(wheel, reconstruction.file, list(reconstruction.layers), neurons)
        specimen = specimens[reconstruction.specimen] = _specimen(reconstruction, read)
        rows.append(_row(reconstruction, read, specimen))
    excluded = pd.DataFrame(sorted(EXCLUDED.items()), columns=["file", "reason"])
    return Dataset(CARD, specimens, {"reconstructions": pd.DataFrame(rows), "excluded_files": excluded})


def _specimen(reconstruction: Reconstruction, read: ConnectomeFile) -> Specimen:
    import pandas as pd

    from braincast.brain.connectome import Connectome
    from braincast.brain.homologues import worm_cell_classes
    from braincast.brain.specimen import Specimen
    from braincast.datasets.worm.connectome_file import edge_table
    from braincast.datasets.worm.names import sides

    ids = list(read.neurons)
    neurons = pd.DataFrame({"id": ids, "cell_class": worm_cell_classes(ids), "side": sides(ids)})
    edges = edge_table(read, reconstruction.layers)
    connectome = Connectome.from_edges(
        neurons,
        edges["pre"],
        edges["post"],
        kind=edges["kind"].tolist(),
        weight=edges["weight"].tolist(),
        name=reconstruction.specimen,
        weight_unit=reconstruction.weight_unit,
    )
    return Specimen(reconstruction.specimen, CARD.species, connectome=connectome)


def _row(reconstruction: Reconstruction, read: ConnectomeFile, specimen: Specimen) -> dict[str, Any]:
    """What is known of a reconstruction, and what of it was taken."""
    names = ("specimen", "animal", "stage", "age_h", "sex", "coverage", "annotation", "weight_unit", "doi", "file")
    edges = specimen.connectome.edges if specimen.connectome is not None else ()
    return {
        **{name: getattr(reconstruction, name) for name in names},
        "n_neurons": len(read.neurons),
        "n_edges": len(edges),
        "n_dropped_cells": len(read.dropped_cells),
        "n_dropped_edges": read.dropped_edges,
        "dropped_weight": read.dropped_weight,
    }
