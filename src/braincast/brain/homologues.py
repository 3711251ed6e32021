"""Homologous neurons of the worm: which names belong to one cell class.

Names follow White et al. 1986 (Phil. Trans. R. Soc. B 314:1): a class name, then a number or the letters D/V (dorsal,
ventral) and L/R (left, right).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# Numbered motor neurons form one class; numbered pharyngeal neurons (I1–I6, M1–M5) and IL1, IL2 each stand alone.
_NUMBERED = re.compile(r"^(AS|DA|DB|DD|VA|VB|VC|VD)0?\d+$")
# Four- or sixfold symmetric classes, whose members carry D/V and L/R letters in any mixture.
_RADIAL = ("CEP", "IL1", "IL2", "OLQ", "RMD", "RME", "SAA", "SAB", "SIA", "SIB", "SMB", "SMD", "URA", "URY")
_AWC = {"AWCON": "AWC", "AWCOF": "AWC", "AWCOFF": "AWC"}


def worm_cell_classes(neuron_ids: Sequence[str]) -> list[str]:
    """The class of each neuron, left/right and dorsal/ventral homologues and numbered members together.

    A trailing L or R is a side only when the partner is in `neuron_ids` too: AVL and RIR are single neurons.
    """
    known = set(neuron_ids)
    return [_cell_class(neuron_id, known) for neuron_id in neuron_ids]


def homologue_pairs(neuron_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Left and right members of each bilateral pair, in the order of the left ones."""
    known = dict.fromkeys(neuron_ids)
    pairs = [(name, f"{name[:-1]}R") for name in known if name.endswith("L")]
    return [(left, right) for left, right in pairs if right in known]


def _cell_class(name: str, known: set[str]) -> str:
    if name in _AWC:
        return _AWC[name]
    if numbered := _NUMBERED.match(name):
        return numbered.group(1)
    for radial in _RADIAL:
        if re.fullmatch(radial + "[DV]?[LR]?", name):
            return radial
    if name[-1] in "LR" and name[:-1] + ("R" if name[-1] == "L" else "L") in known:
        return name[:-1]
    return name
