"""Transmitters of the larva's neurons as far as papers state them; the wiring of Winding et al. 2023 has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool

from braincast.errors import BraincastError


@dataclass(frozen=True)
class Statement:
    """What a paper says of the neurons of a class, or of those that are named: the transmitter, and who says so.

    `animal` is "larva", or "adult" where the same neurons were stained in the adult fly only.
    """

    transmitter: str
    source: str
    cell_class: str = ""
    names: tuple[str, ...] = ()
    animal: str = "larva"

    def holds_for(self, neurons: pd.DataFrame) -> Bool[np.ndarray, " neuron"]:
        """Which neurons are meant: `cell_class` is the class, or `annotation` holds one of the names between its ;."""
        meant = np.zeros(len(neurons), bool)
        if self.cell_class:
            meant |= (neurons["cell_class"] == self.cell_class).to_numpy()
        if self.names:
            told = neurons["annotation"].fillna("").astype(str)
            meant |= np.array([bool(set(self.names) & {part.strip() for part in text.split(";")}) for text in told])
        return meant


_EICHLER = "Eichler et al. 2017, doi:10.1038/nature23455"
_ESCHBACH = "Eschbach et al. 2020, doi:10.1038/s41593-020-0607-9"
_ESCHBACH_CONVERGENCE = "Eschbach et al. 2021, doi:10.7554/eLife.62567"
_STAINED = "Python & Stocker 2002, doi:10.1002/cne.10383"

# Of a neuron that several statements hold for, the first counts.
STATEMENTS: tuple[Statement, ...] = (
    # In the larva subsets of olfactory and gustatory afferents were stained; all sensory neurons but those of the
    # adult eye were (Yasuyama & Salvaterra 1999, Microsc. Res. Tech. 45:65). The larval eye's: Keene et al. 2011,
    # J. Neurosci. 31:6527.
    Statement("ACH", f"{_STAINED}; Yasuyama & Salvaterra 1999; Keene et al. 2011", cell_class="sensory"),
    Statement("ACH", "Barnstedt et al. 2016, doi:10.1016/j.neuron.2016.02.015", cell_class="KC", animal="adult"),
    Statement("ACH", _STAINED, names=("uPN",)),  # "many of the projection neurons": of those with one glomerulus
    Statement("GABA", _STAINED, names=("_broad D1",)),  # the local neuron of the antennal lobe that the table names
    Statement("GABA", _EICHLER, names=("APL", "MBON-g1", "MBON-g2", "MBON-h1", "MBON-h2")),
    Statement("GLUT", _EICHLER, names=("MBON-i1", "MBON-j1", "MBON-k1")),
    Statement("GABA", _ESCHBACH, names=("MBON-m1", "FBN-23")),
    Statement("ACH", _ESCHBACH, names=("FBN-7", "FB2N-19")),
    Statement("ACH", _ESCHBACH_CONVERGENCE, names=("MBON-e1",)),
    Statement("GLUT", _ESCHBACH_CONVERGENCE, names=("MBON-e2",)),
    Statement("DA", _EICHLER, names=tuple(f"DAN-{place}1" for place in "cdfgijk")),
    Statement("OCT", _EICHLER, names=("OAN-e1", "OAN-g1")),
)


def larval_transmitters(neurons: pd.DataFrame, statements: Sequence[Statement] = STATEMENTS) -> list[str]:
    """The transmitter of each neuron (ACH, GABA, GLUT, DA, OCT), "" where no statement holds; E108 for a column.

    `neurons` has `cell_class` and `annotation`, as `read_wiring` gives them.
    """
    for column in ("cell_class", "annotation"):
        if column not in neurons.columns:
            fix = "Read the larva's folder with both of its files"
            raise BraincastError("E108", "neurons", f"column {column!r} is missing", fix)
    found = np.full(len(neurons), "", object)
    for statement in statements:
        found[statement.holds_for(neurons) & (found == "")] = statement.transmitter
    return [str(name) for name in found]
