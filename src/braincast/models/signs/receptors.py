"""Signs from expression: which channels does the postsynaptic neuron have for the transmitter it receives?

Subunits of ionotropic receptors of C. elegans by what opens them and what they let through. Cations excite, chloride
inhibits. Families as in Hobert 2013 (The neuronal genome of C. elegans, WormBook, doi:10.1895/wormbook.1.161.1); single
subunits from the papers beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from braincast.brain.expression import Expression
from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError

EXCITATORY: Mapping[str, tuple[str, ...]] = {
    "ACh": (
        *("unc-29", "unc-38", "unc-63", "lev-1", "lev-8", "deg-3", "des-2"),  # nicotinic, cation channels
        *(f"acr-{number}" for number in (2, 3, 5, 6, 7, 8, 9, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23)),
    ),
    "Glu": ("glr-1", "glr-2", "glr-3", "glr-4", "glr-5", "glr-6", "nmr-1", "nmr-2"),  # Brockie et al. 2001
    "GABA": ("exp-1", "lgc-35"),  # Beg & Jorgensen 2003; Jobson et al. 2015
}
INHIBITORY: Mapping[str, tuple[str, ...]] = {
    "ACh": ("acc-1", "acc-2", "acc-3", "acc-4", "lgc-46", "lgc-47", "lgc-49"),  # Putrenko 2005; Takayanagi-Kiya 2016
    "Glu": ("avr-14", "avr-15", "glc-1", "glc-2", "glc-3", "glc-4"),  # Cully et al. 1994; Dent et al. 2000
    "GABA": ("unc-49", "gab-1", "lgc-37", "lgc-38"),  # Bamber et al. 1999; Hobert 2013
}
TRANSMITTERS = tuple(EXCITATORY)


def receptor_balance(structure: Specimen) -> dict[str, Float[np.ndarray, " neuron"]]:
    """For each transmitter and neuron: log(1 + TPM of its cation channels) - log(1 + TPM of its chloride channels).

    Positive is excitation; 0 where neither is expressed at the expression's threshold, or the neuron has no data.
    A specimen without expression, or without the column `transmitter`, is E307.
    """
    expression, connectome = structure.expression, structure.connectome
    if expression is None or connectome is None:
        fix = "Choose a specimen that has both"
        raise BraincastError("E307", structure.name, "signs need expression and a connectome", fix)
    neurons = connectome.neuron_ids
    return {
        transmitter: _total(expression, EXCITATORY[transmitter], neurons)
        - _total(expression, INHIBITORY[transmitter], neurons)
        for transmitter in TRANSMITTERS
    }


def transmitter_of(structure: Specimen) -> Float[np.ndarray, "neuron transmitter"]:
    """1 where a neuron releases a transmitter, else 0; a neuron whose transmitter is unknown has a row of zeros."""
    connectome = structure.connectome
    if connectome is None or "transmitter" not in connectome.neurons.columns:
        raise BraincastError("E307", structure.name, "its neurons have no transmitter", "Choose another specimen")
    released = connectome.neurons["transmitter"].to_numpy()
    return np.stack([released == transmitter for transmitter in TRANSMITTERS], axis=1).astype(np.float64)


def _total(expression: Expression, genes: Sequence[str], neurons: Sequence[str]) -> Float[np.ndarray, " neuron"]:
    known = set(expression.genes)
    rows = [gene for gene in genes if gene in known]
    place = {neuron: index for index, neuron in enumerate(expression.neurons)}
    total = np.log1p(expression.subset(genes=rows).values.sum(axis=0)) if rows else np.zeros(len(place))
    return np.array([total[place[neuron]] if neuron in place else 0.0 for neuron in neurons])
