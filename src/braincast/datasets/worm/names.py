"""One name for each neuron, whatever a source calls it.

Two choices are made here. The atlas tells the two AWC neurons apart by function (AWCON expresses str-2, AWCOFF does
not) and anatomy tells them apart by side (AWCL, AWCR). Which side is ON is decided at random in each animal (Troemel
et al. 1999, Cell 99:387), so no true map exists; by the convention of the package that carries the data, AWCL is
taken for AWCOFF and AWCR for AWCON. And numbers are written without a leading zero: VA1, not VA01.
"""

from __future__ import annotations

import re

# AWCOF: the atlas file keeps five letters of each name.
_AWC = {"AWCOF": "AWCOFF", "AWCL": "AWCOFF", "AWCR": "AWCON"}
_LEADING_ZERO = re.compile(r"^([A-Z]+)0(\d)$")


def canonical(name: str) -> str:
    """The name used here for a neuron of any source; names of other cells come back as they are."""
    name = name.strip()
    return _AWC.get(name) or _LEADING_ZERO.sub(r"\1\2", name)


def sides(neuron_ids: list[str]) -> list[str]:
    """`L` or `R` for members of a left-right pair, an empty string for all others (AVL and RIR are single)."""
    known = set(neuron_ids)
    partner = {"L": "R", "R": "L"}
    return [n[-1] if n[-1] in partner and n[:-1] + partner[n[-1]] in known else "" for n in neuron_ids]
