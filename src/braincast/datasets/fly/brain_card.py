"""What is known of the adult fly's brain as Shiu et al. published it, v783 and v630."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from braincast.datasets.card import Content, DatasetCard, HttpsSource
from braincast.datasets.dataset import Dataset

_COMMIT = "91bdd1e7dcf193f3e7ca5a8933497fcef63b7960"
_ADDRESS = f"https://raw.githubusercontent.com/philshiu/Drosophila_brain_model/{_COMMIT}"

_CITATION = (
    "Shiu PK, Sterne GR, Spiller N, et al. (2024) A Drosophila computational brain model reveals sensorimotor "
    "processing. Nature 634:210-219. doi:10.1038/s41586-024-07763-9",
    "Dorkenwald S, Matsliah A, Sterling AR, et al. (2024) Neuronal wiring diagram of an adult brain. "
    "Nature 634:124-138. doi:10.1038/s41586-024-07558-y",
    "Schlegel P, Yin Y, Bates AS, et al. (2024) Whole-brain annotation and multi-connectome cell typing of Drosophila. "
    "Nature 634:139-152. doi:10.1038/s41586-024-07686-5",
    "Eckstein N, Bates AS, Champion A, et al. (2024) Neurotransmitter classification from electron microscopy images "
    "at synaptic sites in Drosophila melanogaster. Cell 187:2574-2594. doi:10.1016/j.cell.2024.03.016",
)
_TRAPS = (
    "Signs are those of the file, one for each neuron: GABA and glutamate inhibit, all others excite, by the "
    "transmitter that most of its synapses are predicted to have (Shiu et al. 2024, Eckstein et al. 2024). Some are "
    "wrong: predictions are right for 94 % of neurons.",
    "Every connection is in it, half of them of a single synapse; published network figures leave out those of fewer "
    "than five.",
    "The names of the files' columns and ids are those of one release: ids of v630 are not those of v783.",
    "Left and right of the animal were exchanged when it was imaged; annotations of later releases are put right "
    "(codex.flywire.ai/faq).",
    "Cell types, sides and positions are in other files: put those of codex.flywire.ai beside the two, and "
    "braincast.datasets.fly.read_wiring takes them.",
)


class Table(NamedTuple):
    """One published file."""

    filename: str
    sha256: str
    size_bytes: int


def brain_card(
    name: str, version: str, tables: tuple[Table, Table], neurons: int, edges: int, synapses: int
) -> DatasetCard:
    """The card of one release: its connectivity, then its list of neurons."""
    return DatasetCard(
        name=name,
        version="1",
        title=f"Wiring of the whole brain of one adult fly, FlyWire v{version}, with signs",
        species="Drosophila melanogaster",
        summary=f"{neurons:,} neurons and all their {edges:,} connections, as the whole-brain spiking model uses them.",
        n_animals="1",
        licence="CC BY-NC 4.0 (FlyWire's data: flywire.ai/principles); the authors' repository, MIT",
        citation=_CITATION,
        sources=tuple(
            HttpsSource(
                url=f"{_ADDRESS}/{table.filename}",
                filename=table.filename,
                sha256=table.sha256,
                size_bytes=table.size_bytes,
            )
            for table in tables
        ),
        redistribute="no",
        contents=(
            Content(
                name="connectome",
                size=f"{neurons:,} neurons, {edges:,} signed chemical edges, {synapses:,} synapses",
                unit="synapses",
                citation="Shiu et al. 2024; Dorkenwald et al. 2024",
            ),
        ),
        traps=_TRAPS,
    )


def published_brain(card: DatasetCard, paths: Sequence[Path]) -> Dataset:
    """One specimen, the fly whose brain was imaged."""
    from braincast.brain.specimen import Specimen
    from braincast.datasets.fly.shiu import read_published

    connectome = read_published(*paths)
    return Dataset(card, {"FAFB": Specimen("FAFB", card.species, connectome=connectome)})
