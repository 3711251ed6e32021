"""What a transmitter does to the neuron that receives it: a stated rule, to be replaced by one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from jaxtyping import Int

from braincast.errors import BraincastError

# Shiu et al. 2024 (doi:10.1038/s41586-024-07763-9, Methods): GABA and glutamate inhibit, all others excite, and a
# neuron has the transmitter that most of its synapses are predicted to have (Eckstein et al. 2024). Histamine, which
# those predictions do not know, opens chloride channels in the fly's eye (Hardie 1989, doi:10.1038/339704a0).
SHIU_SIGNS: Mapping[str, int] = {"ACH": 1, "DA": 1, "OCT": 1, "SER": 1, "GABA": -1, "GLUT": -1, "HIST": -1}

_SHORT = {
    "acetylcholine": "ACH",
    "dopamine": "DA",
    "octopamine": "OCT",
    "oa": "OCT",
    "serotonin": "SER",
    "5ht": "SER",
    "5-ht": "SER",
    "glutamate": "GLUT",
    "glu": "GLUT",
    "histamine": "HIST",
    "his": "HIST",
    "unclear": "",
    "unknown": "",
    "none": "",
    "nan": "",
    "na": "",
}


def short_names(transmitters: Iterable[str]) -> list[str]:
    """Transmitters as FlyWire abbreviates them (ACH, GABA, GLUT, DA, OCT, SER), "" for what is unclear."""
    known: dict[str, str] = {}
    return [known.setdefault(name, _SHORT.get(name.strip().lower(), name.strip().upper())) for name in transmitters]


def signs_of(transmitters: Iterable[str], rule: Mapping[str, int]) -> Int[np.ndarray, " neuron"]:
    """The sign of each neuron's edges, 0 for a transmitter that the rule does not name; E107 for another sign."""
    wrong = next((name for name, sign in rule.items() if sign not in (-1, 0, 1)), None)
    if wrong is not None:
        raise BraincastError("E107", f"signs.{wrong}", f"{rule[wrong]!r} is not a sign", "Use -1, 0 or +1")
    names = dict(zip(short_names(rule), rule.values(), strict=True))
    return np.array([names.get(name, 0) for name in transmitters], np.int8)
