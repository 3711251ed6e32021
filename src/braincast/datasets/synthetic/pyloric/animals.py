"""The animals: circuits of one wiring and one rhythm, whose conductances differ."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from braincast.dynamics.conductance.circuit import Circuit
from braincast.dynamics.conductance.reading import read_circuit

if TYPE_CHECKING:
    from braincast.brain.connectome import Connectome

_FOLDER = "braincast.datasets.synthetic.pyloric"
WEIGHT_UNIT = "kinds of synapses"


@cache
def typical_circuit() -> Circuit:
    """The circuit that the literature would draw, and what each modulator does to it at the amount 1."""
    with as_file(files(_FOLDER) / "typical.toml") as path:
        return read_circuit(path)


@cache
def animals() -> dict[str, Circuit]:
    """Each animal's own circuit: its conductances are in `animals.csv`, in mS/cm² for currents and nS for synapses."""
    text = files(_FOLDER).joinpath("animals.csv").read_text("utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        name = row.pop("animal")
        found[name] = typical_circuit().changed({key: float(value) for key, value in row.items()})
    return found


def modulators() -> tuple[str, ...]:
    """What is applied to the animals."""
    return tuple(typical_circuit().modulators)


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
