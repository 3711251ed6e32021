"""The dataset `fly-larva`: the wiring of one larval fly's brain (Winding, Pedigo et al. 2023)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from braincast.datasets.card import BroughtSource, Content, DatasetCard
from braincast.datasets.dataset import Dataset

_OBTAIN = (
    "it is Supplementary Data S1 of doi:10.1126/science.add9330 as one table; ask whoever gave you the task for their "
    "copy, or read the paper's own matrices with braincast.datasets.fly.read_wiring"
)

CARD = DatasetCard(
    name="fly-larva",
    version="1",
    title="Wiring of the whole brain of one larval fly, without signs",
    species="Drosophila melanogaster, first-instar larva",
    summary="2,952 neurons and 110,677 edges of the brain, each edge split by axon and dendrite of both neurons.",
    n_animals="1",
    licence="none stated with the copy (Supplementary Data S1 of doi:10.1126/science.add9330)",
    citation=(
        "Winding M, Pedigo BD, Barnes CL, et al. (2023) The connectome of an insect brain. "
        "Science 379:eadd9330. doi:10.1126/science.add9330",
    ),
    sources=(
        BroughtSource(
            filename="edges.parquet",
            sha256="d82a322bff8da2302493a899f621b723a1fdaf19851a51aef709c7dd0c08d536",
            size_bytes=653_765,
            obtain=_OBTAIN,
        ),
        BroughtSource(
            filename="neurons.parquet",
            sha256="a01a1fe104e83f2881a04e208bdbe6e9225ef35f5ad662a3285c7706d2ff31e7",
            size_bytes=54_237,
            obtain=_OBTAIN,
        ),
    ),
    redistribute="no",
    contents=(
        Content(
            name="connectome",
            size="2,952 neurons, 110,677 chemical edges, 352,611 synapses",
            unit="synapses",
            citation="Winding et al. 2023",
        ),
    ),
    traps=(
        "No edge has a sign: transmitters are not in it. Whoever simulates it assumes them.",
        "537 edges lead from a neuron to itself; 58 neurons have no input and 43 no output.",
        "Types are known for 2,606 neurons; the paper names some of them by what they are wired to.",
        "The four parts of an edge (axon_dendrite, axon_axon, dendrite_dendrite, dendrite_axon) add up to its weight.",
    ),
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen, the larva whose brain was imaged."""
    from braincast.brain.specimen import Specimen
    from braincast.datasets.fly.larva import read_larva

    specimen = Specimen("larva", CARD.species, connectome=read_larva(*paths))
    return Dataset(CARD, {"larva": specimen})
