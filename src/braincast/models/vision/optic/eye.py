"""The optic lobe as a network needs it: its circuit over the columns of an eye."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int

from braincast.dynamics.lattice.circuit import ColumnarCircuit
from braincast.dynamics.lattice.hexagon import columns
from braincast.tasks.encoding.optic_lobe import OpticLobe

if TYPE_CHECKING:
    from braincast.dynamics.lattice.wiring import Wiring


@dataclass(frozen=True, eq=False)
class Eye:
    """A circuit over the columns of an eye."""

    circuit: ColumnarCircuit
    extent: int

    @classmethod
    def of(cls, lobe: OpticLobe) -> Eye:
        """Of a lobe's circuit as it is: the task's has its hulls filled, and a null must not be filled once more."""
        return cls(lobe.circuit, lobe.extent)

    @cached_property
    def wiring(self) -> Wiring:
        import jax

        from braincast.dynamics.lattice.wiring import wiring

        with jax.ensure_compile_time_eval():  # it is kept, also where it is first asked for in a compiled function
            return wiring(self.circuit, self.extent)

    @property
    def centre(self) -> int:
        """The central column."""
        return len(columns(self.extent)) // 2

    def within(self, reach: int) -> Int[np.ndarray, " column"]:
        """The columns that lie within `reach` of the central one."""
        u, v = columns(self.extent).T
        return np.flatnonzero(np.maximum.reduce([abs(u), abs(v), abs(u + v)]) <= reach)
