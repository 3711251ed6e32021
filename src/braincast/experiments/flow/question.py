"""Which neurons are driven and which are looked at when one asks how a sense reaches the outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.brain.connectome import Connectome
from braincast.errors import BraincastError

Rows = Int[np.ndarray, "_"]

# Classes of Winding et al. 2023: neurons whose axons leave for the nerve cord or the suboesophageal zone, or end in the
# ring gland.
LARVAL_OUTPUTS = ("DN-VNC", "DN-SEZ", "RGN")
# Axons that come up from the nerve cord and carry its senses; one to two synapses behind the sensory neurons.
_ASCENDING = {"noci", "mechano-Ch", "mechano-II/III", "proprio"}
# Along the flow, as the paper orders them.
_CLASSES = (
    *("sensory", "ascending", "PN", "PN-somato", "LN", "LHN", "KC", "MBIN", "MBON", "MB-FFN", "MB-FBN", "CN"),
    *("pre-DN-SEZ", "pre-DN-VNC", *LARVAL_OUTPUTS),
)


@dataclass(frozen=True)
class FlowQuestion:
    """Rows of the neuron table: of each sense (driven together), of the outputs, of each class that is looked at."""

    senses: Mapping[str, Rows]
    outputs: Rows
    groups: Mapping[str, Rows]

    def __post_init__(self) -> None:
        for name, rows in [*self.senses.items(), ("outputs", self.outputs)]:
            if len(rows) == 0:
                raise BraincastError("E308", name, "no neuron belongs to it", "Name senses and outputs with neurons")


def larval_question(connectome: Connectome) -> FlowQuestion:
    """The senses, classes and outputs of the larval brain, from its columns `cell_class` and `annotation` (E108).

    Sensory neurons by what they sense, and the ascending neurons of each sense of the body; those of unknown sense are
    not driven.
    """
    neurons = connectome.neurons
    for column in ("cell_class", "annotation"):
        if column not in neurons.columns:
            raise BraincastError("E108", "neurons", f"column {column!r} is missing", "Read the larva's own files")
    classes = neurons["cell_class"].to_numpy(str)
    groups = {name: np.flatnonzero(classes == name) for name in _CLASSES}
    outputs = np.flatnonzero(np.isin(classes, LARVAL_OUTPUTS))
    return FlowQuestion(_senses(neurons), outputs, {name: rows for name, rows in groups.items() if len(rows)})


def axo_dendritic(connectome: Connectome) -> Connectome:
    """Only the synapses from axons to dendrites; E108 for a wiring that does not tell them apart."""
    if "axon_dendrite" not in connectome.edges.columns:
        fix = "Read the larva's edges, which count them"
        raise BraincastError("E108", "edges", "column 'axon_dendrite' is missing", fix)
    edges = connectome.edges.assign(weight=connectome.edges["axon_dendrite"].astype(np.float32))
    kept = edges.loc[edges["weight"] > 0].reset_index(drop=True)
    return connectome.with_edges(kept, f"{connectome.name} (axon to dendrite)")


def _senses(neurons: pd.DataFrame) -> dict[str, Rows]:
    told = [{part.strip() for part in str(text).split(";")} for text in neurons["annotation"]]
    classes = neurons["cell_class"].to_numpy(str)
    found: dict[str, list[int]] = {}
    for row, (kind, words) in enumerate(zip(classes, told, strict=True)):
        of_row = words - {""} if kind == "sensory" else words & _ASCENDING if kind == "ascending" else set()
        for sense in of_row:
            found.setdefault(sense, []).append(row)
    return {sense: np.array(found[sense]) for sense in sorted(found)}
