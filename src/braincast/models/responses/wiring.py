"""Synaptic weights as dense matrices, for models of small brains."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.brain.connectome import Connectome
from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError

SYNAPTIC_KINDS = ("chemical", "electrical")


def connectome_of(structure: Specimen) -> Connectome:
    """The specimen's connectome; E307 when it has none."""
    if structure.connectome is None:
        fix = "Choose a model that needs no wiring, or a dataset with a connectome"
        raise BraincastError("E307", structure.name, "this specimen has no connectome", fix)
    return structure.connectome


def synaptic_weights(structure: Specimen) -> dict[str, Float[np.ndarray, "pre post"]]:
    """Chemical and electrical weights [pre, post]."""
    connectome = connectome_of(structure)
    return {kind: connectome.adjacency(kind).toarray() for kind in SYNAPTIC_KINDS}  # pyright: ignore
