"""What is held possible before anything was seen: each conductance within a factor of a circuit's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import Float

from braincast.dynamics.conductance import Circuit, Parameters, parameters_of, stacked
from braincast.errors import BraincastError


@dataclass(frozen=True, eq=False)
class Prior:
    """Log-uniform and independent: each named conductance from 1/`fold` to `fold` times that of `circuit`.

    Names are those of `Circuit.changed` ("AB/PD.CaS"). E903 for a fold that is not above 1, or a conductance of 0, of
    which there are no multiples.
    """

    circuit: Circuit
    names: tuple[str, ...]
    fold: float

    @classmethod
    def around(cls, circuit: Circuit, names: Sequence[str], fold: float) -> Prior:
        if not (np.isfinite(fold) and fold > 1):
            raise BraincastError("E903", "fold", f"{fold:g} is not above 1", "Give a factor such as 3")
        probe = parameters_of(circuit)
        for name in names:
            doubled = parameters_of(circuit.changed({name: "x2"}))
            same = [np.array_equal(a, b) for a, b in zip(jax.tree.leaves(probe), jax.tree.leaves(doubled), strict=True)]
            if all(same):
                raise BraincastError("E903", name, "it is 0, which has no multiples", "Set it to more first")
        return cls(circuit, tuple(names), float(fold))

    def drawn(self, n: int, *, seed: int) -> Float[np.ndarray, "set conductance"]:
        """Sets of logarithms of factors, each within ± log(fold)."""
        reach = np.log(self.fold)
        return np.random.default_rng(seed).uniform(-reach, reach, (n, len(self.names)))

    def changed(self, logs: Float[np.ndarray, " conductance"]) -> Circuit:
        """The circuit with those factors."""
        factors = np.exp(logs).tolist()
        return self.circuit.changed({n: f"x{f!r}" for n, f in zip(self.names, factors, strict=True)})

    def parameters(self, logs: Float[np.ndarray, "set conductance"]) -> Parameters:
        """All sets as a batch for `simulate_spikes`."""
        return stacked([parameters_of(self.changed(each)) for each in logs])
