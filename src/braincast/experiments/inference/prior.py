"""What is held possible before anything was seen: each conductance within a factor of a circuit's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.dynamics.conductance import Circuit
from braincast.dynamics.conductance.circuit import unknown_part
from braincast.errors import BraincastError
from braincast.experiments.degeneracy import ConductanceSets, own


@dataclass(frozen=True, eq=False)
class Prior:
    """Log-uniform and independent: each named conductance from 1/`fold` to `fold` times that of `circuit`.

    Names are those of single conductances in `Circuit.changed` ("AB/PD.CaS"). E902 for another name, E903 for a fold
    that is not above 1, or a conductance of 0, of which there are no multiples.
    """

    circuit: Circuit
    names: tuple[str, ...]
    fold: float

    @classmethod
    def around(cls, circuit: Circuit, names: Sequence[str], fold: float) -> Prior:
        if not (np.isfinite(fold) and fold > 1):
            raise BraincastError("E903", "fold", f"{fold:g} is not above 1", "Give a factor such as 3")
        begin = own(circuit)
        there = dict(zip(begin.names, begin.values[0], strict=True))
        for name in names:
            if name not in there:
                raise unknown_part("conductance", name, list(there), "names")
            if there[name] == 0:
                raise BraincastError("E903", name, "it is 0, which has no multiples", "Set it to more first")
        return cls(circuit, tuple(names), float(fold))

    def drawn(self, n: int, *, seed: int) -> Float[np.ndarray, "set conductance"]:
        """Sets of logarithms of factors, each within ± log(fold)."""
        reach = np.log(self.fold)
        return np.random.default_rng(seed).uniform(-reach, reach, (n, len(self.names)))

    def sets(self, logs: Float[np.ndarray, "set conductance"]) -> ConductanceSets:
        """All conductances of the circuit with those factors."""
        begin = own(self.circuit)
        values = np.repeat(begin.values, len(logs), axis=0)
        values[:, [begin.names.index(name) for name in self.names]] *= np.exp(logs)
        return ConductanceSets(self.circuit, values)
