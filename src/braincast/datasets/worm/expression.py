"""Gene expression of single neurons (CeNGEN; Taylor et al. 2021, doi:10.1016/j.cell.2021.06.023)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from braincast.brain.expression import Expression
from braincast.brain.homologues import worm_cell_classes
from braincast.datasets.registry import get
from braincast.datasets.worm.archive import read_hdf5
from braincast.datasets.worm.neurons import neuron_ids
from braincast.errors import BraincastError

THRESHOLDS = {"liberal": 1, "medium": 2, "conservative": 3, "stringent": 4}
SOURCE = "CeNGEN 021821 (Taylor et al. 2021, doi:10.1016/j.cell.2021.06.023)"

# Classes of CeNGEN that are narrower or wider than a class of White et al.: which neurons each stands for.
_SUBCLASSES: dict[str, tuple[str, ...]] = {
    "AWC_OFF": ("AWCOFF",),
    "AWC_ON": ("AWCON",),
    "DA9": ("DA9",),
    "DB01": ("DB1",),
    "IL2_DV": ("IL2DL", "IL2DR", "IL2VL", "IL2VR"),
    "IL2_LR": ("IL2L", "IL2R"),
    "RMD_DV": ("RMDDL", "RMDDR", "RMDVL", "RMDVR"),
    "RMD_LR": ("RMDL", "RMDR"),
    "RME_DV": ("RMED", "RMEV"),
    "RME_LR": ("RMEL", "RMER"),
    "VA12": ("VA12",),
    "VB01": ("VB1",),
    "VB02": ("VB2",),
    "VC_4_5": ("VC4", "VC5"),
}
_JOINT_CLASSES = {"VD": "VD_DD", "DD": "VD_DD"}


def worm_expression(
    threshold: str = "medium", *, from_path: str | Path | None = None, offline: bool | None = None
) -> Expression:
    """Expression of the neurons of `worm-atlas` at another threshold of CeNGEN than the one its specimens carry."""
    (wheel,) = get("worm-atlas", from_path=from_path, offline=offline)
    return read_expression(wheel, neuron_ids(wheel), threshold)


def read_expression(wheel: Path, neurons: Sequence[str], threshold: str = "medium") -> Expression:
    """Transcripts per million of each gene in each neuron, all neurons of a CeNGEN class alike.

    `threshold` is CeNGEN's: liberal, medium, conservative or stringent. Genes stand in the order of the file, which
    differs between thresholds. Neurons without a class are left out.
    """
    if threshold not in THRESHOLDS:
        known = ", ".join(THRESHOLDS)
        raise BraincastError("E305", "threshold", f"{threshold!r} is not a threshold of CeNGEN", f"Use one of {known}")
    level = THRESHOLDS[threshold]
    names, tpm = f"gene_names_th{level}", f"tpm_th{level}"
    cengen = read_hdf5(wheel, "cengen.h5", ["neuron_ids", names, tpm])
    classes = [name.decode() for name in cengen["neuron_ids"]]
    genes = tuple(name.decode() for name in cengen[names])
    of_neuron = cengen_classes(neurons, classes)
    values = np.ascontiguousarray(cengen[tpm][[classes.index(c) for c in of_neuron.values()]].T)
    return Expression(genes, tuple(of_neuron), values, unit="TPM", threshold=threshold, source=SOURCE)


def cengen_classes(neurons: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Neuron → CeNGEN class, a narrower class before a wider one; neurons without one are left out."""
    narrow = {neuron: name for name, members in _SUBCLASSES.items() if name in known for neuron in members}
    chosen = {}
    for neuron, white_class in zip(neurons, worm_cell_classes(neurons), strict=True):
        for name in (narrow.get(neuron), neuron, white_class, _JOINT_CLASSES.get(white_class)):
            if name in known:
                chosen[neuron] = name
                break
    return chosen
