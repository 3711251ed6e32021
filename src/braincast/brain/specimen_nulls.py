"""Null specimens: the same brain with one thing other than its wiring removed.

Every function is called as `null(specimen, seed=seed)`; the same seed gives the same specimen, bit for bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from braincast.brain.brains import Brains
from braincast.brain.connectome import Connectome
from braincast.brain.nulls import CONTROLS, NULLS
from braincast.brain.specimen import Specimen

TRUE_WIRING = "true"
# The wiring of another animal of the task; of single specimens it says nothing.
OTHERS = "others"


@runtime_checkable
class Rewirable(Protocol):
    """A structure that is no specimen and knows its own nulls by name: a circuit that is repeated over an eye, say."""

    def rewired(self, wiring: str, *, seed: int) -> Any: ...


_POSITION = ("x_um", "y_um", "z_um")


def expression_permuted(specimen: Specimen, *, seed: int) -> Specimen:
    """Every neuron with expression data takes the genes of another one drawn at random."""
    expression = specimen.expression
    if expression is None:
        return specimen
    order = np.random.default_rng(seed).permutation(len(expression.neurons))
    return replace(specimen, expression=replace(expression, values=expression.values[:, order]))


def positions_permuted(specimen: Specimen, *, seed: int) -> Specimen:
    """Every neuron takes the place of another one drawn at random; the wiring stays."""
    connectome, anatomy, changes = specimen.connectome, specimen.anatomy, {}
    if anatomy is not None and _has_places(anatomy):
        changes["anatomy"] = _with_places_permuted(anatomy, seed)
    if connectome is not None and _has_places(connectome.neurons):
        neurons = _with_places_permuted(connectome.neurons, seed)
        changes["connectome"] = Connectome(neurons, connectome.edges, connectome.name, connectome.weight_unit)
    return replace(specimen, **changes) if changes else specimen


def _has_places(neurons: pd.DataFrame) -> bool:
    return not neurons.columns.intersection(list(_POSITION)).empty


def _with_places_permuted(neurons: pd.DataFrame, seed: int) -> pd.DataFrame:
    columns = [name for name in _POSITION if name in neurons.columns]
    order = np.random.default_rng(seed).permutation(len(neurons))
    moved = neurons.copy()
    moved[columns] = neurons[columns].to_numpy()[order]
    return moved


# What each null removes, in the words of a model's card.
SPECIMEN_NULLS: Mapping[str, tuple[str, Callable[..., Specimen]]] = MappingProxyType(
    {
        "expression-permuted": ("expression", expression_permuted),
        "positions-permuted": ("positions", positions_permuted),
    }
)


def with_wiring(structure: Specimen | Brains | Rewirable, wiring: str, draw: int) -> Any:
    """The structure with one thing removed, of the same class.

    The draw's seed follows from the arm's name, so all models share draws. Of several brains each is changed with the
    same seed, so that what was alike in them stays alike.
    """
    if wiring == TRUE_WIRING:
        return structure
    seed = int(hashlib.sha256(f"{wiring}/{draw}".encode()).hexdigest()[:8], 16)
    if not isinstance(structure, Specimen | Brains):
        return structure.rewired(wiring, seed=seed)
    if isinstance(structure, Brains):
        if wiring == OTHERS:
            return structure.exchanged(seed=seed)
        return structure.changed(lambda specimen: with_wiring(specimen, wiring, draw))
    if wiring in SPECIMEN_NULLS:
        return SPECIMEN_NULLS[wiring][1](structure, seed=seed)
    if structure.connectome is None:
        return structure
    make = NULLS[wiring] if wiring in NULLS else CONTROLS[wiring]
    return replace(structure, connectome=make(structure.connectome, seed=seed))
