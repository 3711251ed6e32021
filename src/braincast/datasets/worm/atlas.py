"""The dataset `worm-atlas`: how the neurons of C. elegans respond to each other, with all that may explain it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from braincast.datasets.dataset import Dataset
from braincast.datasets.worm.card import CARD as CARD

if TYPE_CHECKING:
    import pandas as pd

    from braincast.brain.connectome import Connectome
    from braincast.datasets.worm.signs import SignTables


def load(paths: Sequence[Path]) -> Dataset:
    """The specimens `wt` and `unc31`, which share one connectome and one expression table, and the tables."""
    from braincast.brain.specimen import Specimen
    from braincast.datasets.worm.expression import read_expression
    from braincast.datasets.worm.neurons import neuron_ids
    from braincast.datasets.worm.responses import read_responses
    from braincast.datasets.worm.signs import read_signs

    (wheel,) = paths
    ids = neuron_ids(wheel)
    signs = read_signs(wheel)
    tables = _tables(wheel, ids, signs)
    connectome = _connectome(wheel, ids, signs, tables)
    expression = read_expression(wheel, ids)
    specimens = {
        strain: Specimen(
            name=strain,
            species=CARD.species,
            strain=strain,
            connectome=connectome,
            expression=expression,
            responses=responses,
            wiring="atlas",
        )
        for strain, responses in read_responses(wheel, ids).items()
    }
    return Dataset(CARD, specimens, tables)


def _tables(wheel: Path, ids: list[str], signs: SignTables) -> dict[str, pd.DataFrame]:
    from braincast.datasets.worm.extrasynaptic import read_pairs, read_peptide_receptors
    from braincast.datasets.worm.wiring import series_edges

    return {
        "synapse_signs": signs.synapse_signs,
        "monoamine_pairs": read_pairs(wheel, "monoaminergic", ids),
        "peptide_pairs": read_pairs(wheel, "peptidergic", ids),
        "peptide_receptors": read_peptide_receptors(wheel),
        "series_edges": series_edges(wheel, ids),
    }


def _connectome(wheel: Path, ids: list[str], signs: SignTables, tables: dict[str, pd.DataFrame]) -> Connectome:
    from braincast.datasets.worm.extrasynaptic import extrasynaptic_edges
    from braincast.datasets.worm.neurons import neuron_table
    from braincast.datasets.worm.wiring import build, merged_edges

    edges = [
        merged_edges(wheel, ids, signs.synapse_signs),
        extrasynaptic_edges(tables["monoamine_pairs"], "monoaminergic"),
        extrasynaptic_edges(tables["peptide_pairs"], "peptidergic"),
    ]
    return build(neuron_table(wheel, signs.transmitters), edges, "worm atlas wiring")
