"""Many small circuits side by side: cells first, circuits last, so that a processor works on many at a time."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import jax
import numpy as np
from jaxtyping import Array

from braincast.dynamics.conductance.equations import Equations, Parameters


class Lanes(Equations):
    """The same equations for arrays with one more axis, of circuits, at their end."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lanes) and self.structure == other.structure

    def __hash__(self) -> int:
        return hash((Lanes, self.structure))

    @cached_property
    def _area(self) -> np.ndarray:
        return super()._area[:, None]

    @cached_property
    def _capacitance(self) -> np.ndarray:
        return super()._capacitance[:, None]

    def _reversals(self, parameters: Parameters, calcium: Array) -> list[Any]:
        return [e if np.ndim(e) == 2 else e[:, None] for e in super()._reversals(parameters, calcium)]

    def _synapse_targets(self, voltage: Array) -> tuple[Array, Array]:
        return jax.vmap(super()._synapse_targets, in_axes=1, out_axes=1)(voltage)

    def _synapse_factors(self, temperature: Array) -> Any:
        return jax.vmap(super()._synapse_factors, out_axes=1)(temperature)
