"""Sets of conductances to try, drawn around model cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from braincast.dynamics.conductance import Circuit, Parameters, equations_of
from braincast.errors import unknown_name
from braincast.experiments.degeneracy.model_cells import CURRENTS, MODEL_CELLS, SYNAPSES_NS


@dataclass(frozen=True, eq=False)
class ConductanceSets:
    """Many sets of all conductances of one circuit: mS/cm² of "CELL.CURRENT", then nS of "PRE-POST.KIND"."""

    circuit: Circuit
    values: Float[np.ndarray, "circuit conductance"]

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each column is, as `Circuit.changed` and `--set` call it."""
        equations = equations_of(self.circuit)
        maximal = [f"{cell}.{current}" for current in equations.currents for cell in equations.cells]
        return (*maximal, *(synapse.name for synapse in self.circuit.synapses))

    def taken(self, chosen: np.ndarray) -> ConductanceSets:
        """Some of them: a mask or row numbers."""
        return ConductanceSets(self.circuit, self.values[chosen])

    def changes(self, row: int) -> Mapping[str, float]:
        """One set, for `Circuit.changed`; zeros are left out where the circuit has none either."""
        each = zip(self.names, self.values[row].tolist(), strict=True)
        return {name: value for name, value in each if value or _there(self.circuit, name)}


def own(circuit: Circuit) -> ConductanceSets:
    """The circuit's own conductances, as one set."""
    cells = circuit.cells.values()
    maximal = [cell.currents.get(current, 0.0) for current in equations_of(circuit).currents for cell in cells]
    return ConductanceSets(circuit, np.array([[*maximal, *(synapse.conductance for synapse in circuit.synapses)]]))


def drawn(circuit: Circuit, rng: np.random.Generator, n: int, spread: float) -> ConductanceSets:
    """Model cells of each type and synapses drawn at random, every conductance times 1/spread to spread (log-uniform).

    E902 for a circuit whose cells or currents are not those of the model cells.
    """
    equations = equations_of(circuit)
    for kind, names, known in (("cell", equations.cells, MODEL_CELLS), ("current", equations.currents, CURRENTS)):
        for name in names:
            if name not in known:
                raise unknown_name("E902", f"model {kind}", name, known)
    rows = [
        np.array(MODEL_CELLS[cell], float)[rng.integers(len(MODEL_CELLS[cell]), size=n)] for cell in equations.cells
    ]
    columns = [CURRENTS.index(current) for current in equations.currents]
    maximal = np.stack(rows, axis=-1)[:, columns].reshape(n, len(columns) * len(rows))
    synapses = rng.choice(SYNAPSES_NS, size=(n, len(circuit.synapses)))
    return ConductanceSets(circuit, _scattered(np.concatenate([maximal, synapses], axis=1), rng, spread))


def parameters(sets: ConductanceSets) -> Parameters:
    """All sets as a batch for `simulate_spikes`."""
    equations, n = equations_of(sets.circuit), len(sets)
    n_currents, n_cells = len(equations.currents), len(equations.cells)
    maximal, synapses = np.split(sets.values, [n_currents * n_cells], axis=1)
    drive = np.array([cell.current for cell in sets.circuit.cells.values()])
    leaves: tuple[Any, ...] = (maximal.reshape(n, n_currents, n_cells), synapses, np.tile(drive, (n, 1)))
    return Parameters(*leaves, temperature=jnp.full(n, sets.circuit.temperature))


def _scattered(values: np.ndarray, rng: np.random.Generator, spread: float) -> np.ndarray:
    found = values * spread ** rng.uniform(-1, 1, values.shape)
    # Four digits, so that a set that is written down is the one that was simulated.
    return np.array([float(f"{value:.4g}") for value in found.ravel()]).reshape(found.shape)


def _there(circuit: Circuit, name: str) -> bool:
    cell, _, part = name.rpartition(".")
    return part in circuit.cells[cell].currents if cell in circuit.cells else True
