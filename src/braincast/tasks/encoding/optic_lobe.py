"""How the optic lobe is built: a columnar circuit and how many columns the eye reaches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from braincast.dynamics.lattice.circuit import ColumnarCircuit, Lattice, expand
from braincast.dynamics.lattice.nulls import CIRCUIT_NULLS


@dataclass(frozen=True, eq=False)
class OpticLobe:
    """The wiring that models of an encoding task look at; nulls change it.

    The hulls of its connections are filled already (`ColumnarCircuit.filled`), so that nulls have as many offsets.
    """

    circuit: ColumnarCircuit
    extent: int

    @cached_property
    def lattice(self) -> Lattice:
        """Cells and edges over all columns."""
        return expand(self.circuit, self.extent)

    def rewired(self, wiring: str, *, seed: int) -> OpticLobe:
        """The same with one thing removed that wiring tells."""
        return replace(self, circuit=CIRCUIT_NULLS[wiring](self.circuit, seed=seed))
