"""The animals: circuits of one wiring and one rhythm, whose conductances differ."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from braincast.dynamics.conductance.circuit import Circuit
from braincast.dynamics.conductance.reading import read_circuit
from braincast.files import sha256_of_json

if TYPE_CHECKING:
    from braincast.brain.connectome import Connectome

_FOLDER = "braincast.datasets.synthetic.pyloric"
CELLS = ("AB/PD", "LP", "PY")
MODULATORS = ("proctolin", "dopamine", "serotonin")  # each is applied at the amount 1
WEIGHT_UNIT = "kinds of synapses"


@cache
def typical_circuit() -> Circuit:
    """The literature's circuit, in which every cell has room for the current that modulators open."""
    return read_circuit("pyloric").changed({f"{cell}.MI": 0.0 for cell in CELLS})


@cache
def animals() -> dict[str, Circuit]:
    """Each animal's own circuit: its conductances are in `animals.csv`, in mS/cm² for currents and nS for synapses."""
    text = files(_FOLDER).joinpath("animals.csv").read_text("utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        name = row.pop("animal")
        found[name] = typical_circuit().changed({key: float(value) for key, value in row.items()})
    return found


def content_hash() -> str:
    """SHA-256 of all conductances, before and under each modulator, from which everything else is computed."""
    before = list(animals().values())
    every = before + [circuit.changed({name: 1.0}) for name in MODULATORS for circuit in before]
    return sha256_of_json([_conductances(circuit) for circuit in every])


def wiring(circuit: Circuit, name: str) -> Connectome:
    """Who inhibits whom: an edge for each pair of cells, as heavy as there are kinds of synapses between them."""
    from braincast.brain.connectome import Connectome

    pairs: dict[tuple[str, str], int] = {}
    for synapse in circuit.synapses:
        ends = synapse.source, synapse.target
        pairs[ends] = pairs.get(ends, 0) + 1
    pre, post = zip(*pairs, strict=True)
    signs: Sequence[int] = [-1] * len(pairs)
    weights = [float(n) for n in pairs.values()]
    return Connectome.from_edges(
        list(circuit.cells), pre, post, weight=weights, sign=signs, name=name, weight_unit=WEIGHT_UNIT
    )


def _conductances(circuit: Circuit) -> dict[str, float]:
    """All of them by name, in eight digits."""
    own = {f"{name}.{key}": g for name, cell in circuit.cells.items() for key, g in cell.currents.items()}
    own |= {synapse.name: synapse.conductance for synapse in circuit.synapses}
    return {name: float(f"{g:.8g}") for name, g in sorted(own.items())}
