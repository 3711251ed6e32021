"""The dataset `pyloric-circuits`: animals with one rhythm and different conductances, before and under modulators."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from braincast.datasets.card import Content, DatasetCard
from braincast.datasets.dataset import Dataset

CARD = DatasetCard(
    name="pyloric-circuits",
    version="1",
    title="Ten simulated crabs: one pyloric rhythm, ten sets of conductances, three modulators",
    species="synthetic",
    summary="The pyloric network of Prinz, Bucher & Marder (2004) with conductances drawn for each animal, all with "
    "the rhythm; membrane potentials before and while a modulator is applied.",
    n_animals="10 (simulated)",
    licence="CC0-1.0",
    citation=(
        "Prinz AA, Bucher D, Marder E (2004) Similar network activity from disparate circuit parameters. Nature "
        "Neuroscience 7:1345-1352. doi:10.1038/nn1352",
    ),
    sources=(),
    redistribute="yes",
    content_sha256="099dc21a90df01a77c9efc8f02edf5e9bb9dea655874962689e00432e5bf5d9e",
    contents=(
        Content(
            name="slow-wave (recording)",
            size="10 animals × 2,520 frames × 3 cells, 50 ms; 78 s of control, 6 applications",
            unit="mV, mean of the frame",
            citation="generated here",
        ),
        Content(
            name="voltage (recording)",
            size="10 animals × 15,600 frames × 3 cells, 5 ms; control alone",
            unit="mV, mean of the frame",
            citation="generated here",
        ),
        Content(
            name="connectome",
            size="3 cells, 5 inhibitory connections of 7 synapses, the same in all animals",
            unit="kinds of synapses",
            citation="Prinz, Bucher & Marder 2004",
        ),
    ),
    traps=(
        "Simulated, not measured. All animals have the same wiring; what differs is how much of each channel and "
        "synapse they have, which the connectome does not tell.",
        "Sections are recorded one by one and stand one after another: time does not go on from one to the next.",
        "The conditions named after modulators begin with three seconds without it: the track `modulators` says when.",
        "A current of noise, 0.05 µA/cm², is drawn for each 5 ms: cycles vary as they do in animals.",
    ),
)


def load(paths: Sequence[Path]) -> Dataset:
    """A specimen for each animal, with the recordings `slow-wave` and `voltage`, and the wiring that all share."""
    from braincast.brain.specimen import Specimen
    from braincast.datasets.synthetic.pyloric.animals import MODULATORS, animals, wiring
    from braincast.datasets.synthetic.pyloric.experiment import Protocol, record

    circuits = animals()
    recorded = record(circuits, MODULATORS, Protocol())
    specimens = {
        name: Specimen(
            name,
            CARD.species,
            connectome=wiring(circuit, "pyloric"),
            recordings=recorded[name],
            wiring="same animal",
            n_animals=1,
        )
        for name, circuit in circuits.items()
    }
    return Dataset(CARD, specimens)
