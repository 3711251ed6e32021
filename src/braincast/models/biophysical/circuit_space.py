"""Pyloric circuits of any wiring as arrays of one shape, so that one compiled program simulates them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from braincast.brain.connectome import Connectome
from braincast.datasets.synthetic.pyloric.animals import CELLS, MODULATORS, typical_circuit
from braincast.dynamics.conductance.circuit import Circuit, Synapse

if TYPE_CHECKING:  # brings JAX, which a listing of models must not wait for
    from braincast.dynamics.conductance.equations import Equations, Parameters

KINDS = ("glutamatergic", "cholinergic")  # an edge of one kind is of the first, one of two is of both


@dataclass(frozen=True, eq=False)
class Conductances:
    """Of several circuits: maximal conductances of currents (mS/cm²), of synapses between all pairs of cells (nS)."""

    maximal: Float[np.ndarray, "circuit current cell"]
    synapse: Float[np.ndarray, "circuit synapse"]

    def __len__(self) -> int:
        return len(self.maximal)

    def of(self, rows: Sequence[int] | np.ndarray) -> Conductances:
        """Some of the circuits, perhaps several times."""
        return Conductances(self.maximal[rows], self.synapse[rows])

    def parameters(self) -> Parameters:
        """As the simulator takes them."""
        import jax.numpy as jnp

        from braincast.dynamics.conductance.equations import Parameters

        n, n_cells = len(self), self.maximal.shape[2]
        temperature = np.full(n, space().temperature)
        return Parameters(*map(jnp.asarray, (self.maximal, self.synapse, np.zeros((n, n_cells)), temperature)))


@cache
def space() -> Circuit:
    """The literature's circuit with a synapse of each kind between any two cells; those that it lacks have 0 nS."""
    circuit = typical_circuit()
    known = {synapse.name: synapse for synapse in circuit.synapses}
    every = []
    for (source, target), kind in product(permutations(circuit.cells, 2), KINDS):
        absent = Synapse.model_validate({"from": source, "to": target, "kind": kind, "conductance": "0 nS"})
        every.append(known.get(absent.name, absent))
    return circuit.model_copy(update={"synapses": tuple(every)})


@cache
def equations() -> Equations:
    """Of every circuit here."""
    from braincast.dynamics.conductance.equations import equations_of

    return equations_of(space())


def typical(wirings: Sequence[Connectome]) -> Conductances:
    """The literature's conductances in circuits of these wirings.

    A synapse that the literature does not know has the geometric mean of those of its kind.
    """
    maximal, known = _arrays(space())
    strength = known.copy()
    for number in range(len(KINDS)):
        kind = known[number :: len(KINDS)]
        kind = np.where(kind > 0, kind, np.exp(np.log(kind[kind > 0]).mean()))
        strength[number :: len(KINDS)] = kind
    present = np.stack([_present(wiring) for wiring in wirings])
    return Conductances(np.stack([maximal] * len(wirings)), present * strength)


def of_circuits(circuits: Sequence[Circuit]) -> Conductances:
    """Of circuits of the literature's wiring."""
    place = {synapse.name: number for number, synapse in enumerate(space().synapses)}
    synapse = np.zeros((len(circuits), len(place)))
    maximal = np.stack([_arrays(circuit)[0] for circuit in circuits])
    for row, circuit in enumerate(circuits):
        for one in circuit.synapses:
            synapse[row, place[one.name]] = one.conductance
    return Conductances(maximal, synapse)


def modulated(own: Conductances, amounts: Float[np.ndarray, "circuit modulator"]) -> Conductances:
    """What modulators make of each circuit: they act one after another, as the literature says."""
    maximal, synapse = own.maximal.copy(), own.synapse.copy()
    for number, name in enumerate(MODULATORS):
        for amount in np.unique(amounts[:, number]):
            rows = amounts[:, number] == amount
            scale, added = action(name, float(amount))
            maximal[rows] = maximal[rows] * scale["maximal"] + added["maximal"]
            synapse[rows] = synapse[rows] * scale["synapse"] + added["synapse"]
    return Conductances(maximal, synapse)


@cache
def action(modulator: str, amount: float) -> tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]:
    """What a modulator multiplies each conductance with, and what it adds then."""
    found = []
    for level in (1.0, 2.0):  # a line through two points
        maximal, synapse = _arrays(_levelled(level).changed({modulator: amount}))
        found.append({"maximal": maximal, "synapse": synapse})
    scale = {key: found[1][key] - found[0][key] for key in found[0]}
    return scale, {key: np.round(found[0][key] - scale[key], 12) for key in found[0]}


def _arrays(circuit: Circuit) -> tuple[Float[np.ndarray, "current cell"], Float[np.ndarray, " synapse"]]:
    """All conductances of a circuit in double precision."""
    import jax

    from braincast.dynamics.conductance.equations import parameters_of

    with jax.enable_x64(True):
        parameters = parameters_of(circuit)
    return np.asarray(parameters.maximal), np.asarray(parameters.synapse)


def _levelled(level: float) -> Circuit:
    circuit = space()
    own = {
        name: cell.model_copy(update={"currents": dict.fromkeys(cell.currents, level)})
        for name, cell in circuit.cells.items()
    }
    synapses = tuple(synapse.model_copy(update={"conductance": level}) for synapse in circuit.synapses)
    return circuit.model_copy(update={"cells": own, "synapses": synapses})


def _present(wiring: Connectome) -> Float[np.ndarray, " synapse"]:
    """Which synapses an edge of the wiring stands for."""
    weights = wiring.subgraph(CELLS).adjacency().toarray()
    pairs = list(permutations(range(len(CELLS)), 2))
    return np.array([float(weights[pair] > number) for pair in pairs for number in range(len(KINDS))])
