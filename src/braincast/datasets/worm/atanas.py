"""The dataset `worm-atanas2023`: named neurons of one freely moving worm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from braincast.datasets.card import BroughtSource, Content, DatasetCard
from braincast.datasets.dataset import Dataset

RECORDING = "2022-08-02-01"

_FILE = BroughtSource(
    filename="2022-08-02-01_labeled98.npz",
    sha256="22253e25fd9e194ef359424f41c41c832a389c8666a659f549e0a9f7c97d6fbc",
    size_bytes=589_445,
    obtain=(
        "it holds the named neurons of recording 2022-08-02-01 of wormwideweb.org as the arrays activity, time_s and "
        "neuron; ask whoever gave you the task for their copy"
    ),
)

CARD = DatasetCard(
    name="worm-atanas2023",
    version="1",
    title="Whole-brain calcium of one freely moving C. elegans with named neurons",
    species="Caenorhabditis elegans",
    summary="98 neurons named by NeuroPAL over 16 minutes; names match the connectomes, so wiring can be laid beside.",
    n_animals="1",
    licence="CC BY 3.0 US (wormwideweb.org)",
    citation=(
        "Atanas AA, Kim J, Wang Z, et al. (2023) Brain-wide representations of behavior spanning multiple timescales "
        "and states in C. elegans. Cell 186:4134-4151. doi:10.1016/j.cell.2023.07.035",
    ),
    sources=(_FILE,),
    redistribute="yes",
    contents=(
        Content(
            name=f"recording {RECORDING}",
            size="1,600 frames of about 0.6 s × 98 neurons",
            unit="standard deviations of the whole recording",
            citation="Atanas et al. 2023",
        ),
    ),
    traps=(
        "Each neuron was z-scored over the whole recording by its authors: mean and deviation of test frames are in "
        "every number. Harmless once standardised again on training frames, which undoes any scale and offset.",
        "Frames are 0.54 to 0.67 s apart, up to 12 % off the median.",
        "One value is extreme: 31.9 (neuron FLPR, frame 422).",
        "Names were read from colours by people and may be wrong. Two are written as in worm-atlas: VB2 for VB02, and "
        "AWCOFF for AWCL (by convention; which of the two is ON differs between animals).",
        "The file holds no behaviour and says of no stimulus; neurons without a name are left out.",
        "There is no wiring in it. A connectome laid beside it is another animal's or an atlas's.",
    ),
)


def load(paths: Sequence[Path]) -> Dataset:
    """One specimen with one recording, no wiring."""
    import pandas as pd

    from braincast.brain.homologues import worm_cell_classes
    from braincast.brain.recording import Recording
    from braincast.brain.specimen import Specimen
    from braincast.datasets.npz import read_npz
    from braincast.datasets.worm.names import canonical, sides

    (path,) = paths
    arrays = read_npz(path, {"activity": (None, 98), "time_s": (None,), "neuron": (98,)})
    neurons = [canonical(str(name)) for name in arrays["neuron"]]
    recording = Recording(
        arrays["activity"],
        tuple(neurons),
        arrays["time_s"],
        "standard deviations of the whole recording",
        "NLS-GCaMP7f",
        anatomy=pd.DataFrame({"cell_class": worm_cell_classes(neurons), "side": sides(neurons)}),
    )
    specimen = Specimen(RECORDING, CARD.species, recordings={RECORDING: recording}, n_animals=1)
    return Dataset(CARD, {RECORDING: specimen})
