"""What a leaky integrate-and-fire neuron is, and the fly's published numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import cast

import numpy as np
from jaxtyping import Float, Int

from braincast.errors import BraincastError

PerNeuron = float | Float[np.ndarray, " neuron"]

# Times nearer than this to a whole number of steps are that number; the rest is how floats write decimals.
_ROUNDING = 1e-3


@dataclass(frozen=True, eq=False)
class LeakyIntegrateAndFire:
    """A leaky membrane with one exponential synapse; each value one number or one for each neuron.

        membrane_time_s · dv/dt = rest_mv + bias_mv - v + g - a        synapse_time_s · dg/dt = -g
                                                                    adaptation_time_s · da/dt = -a

    Where v exceeds `threshold_mv` at the end of a step of `dt_s`, the neuron spikes: v goes to `reset_mv` and g to 0,
    both stay there for `refractory_s`, and input that arrives meanwhile is discarded; a grows by `adaptation_mv`. After
    `delay_s` each spike adds `unit_weight_mv` × its edge's signed count to g of the neuron that receives it (of whose
    parameters `unit_weight_mv` is one; `delay_s` belongs to the neuron that sends, where its edges state none).

    The defaults are those of Shiu et al. (2024, Nature 634:210) for the fly, without adaptation. Errors: E107 for what
    is not finite, out of range, or no whole number of steps.
    """

    rest_mv: PerNeuron = -52.0
    reset_mv: PerNeuron = -52.0
    threshold_mv: PerNeuron = -45.0
    membrane_time_s: PerNeuron = 0.020
    synapse_time_s: PerNeuron = 0.005
    refractory_s: PerNeuron = 0.0022
    delay_s: PerNeuron = 0.0018
    unit_weight_mv: PerNeuron = 0.275
    bias_mv: PerNeuron = 0.0
    adaptation_mv: PerNeuron = 0.0
    adaptation_time_s: PerNeuron = 0.1
    dt_s: float = 1e-4

    def __post_init__(self) -> None:
        for field in fields(self):
            if not np.isfinite(getattr(self, field.name)).all():
                raise _refused(field.name, "it is not finite", "Give a number")
        self._require("dt_s", self.dt_s > 0, "it is not above 0")
        for name in ("membrane_time_s", "synapse_time_s", "adaptation_time_s", "unit_weight_mv"):
            self._require(name, np.all(np.asarray(getattr(self, name)) > 0), "it is not above 0")
        for name in ("refractory_s", "adaptation_mv"):
            self._require(name, np.all(np.asarray(getattr(self, name)) >= 0), "it is below 0")
        gap = np.asarray(self.threshold_mv) - self.reset_mv
        self._require("threshold_mv", np.all(gap > 0), "it is not above reset_mv, so that a spike would never end")
        self._require_apart("synapse_time_s")
        if np.any(np.asarray(self.adaptation_mv) > 0):
            self._require_apart("adaptation_time_s")
        self.steps(self.delay_s, "delay_s")

    def steps(self, time_s: PerNeuron, name: str = "time") -> Int[np.ndarray, ...]:
        """Delays as whole numbers of steps; E107 where they are none, or less than one step."""
        time_s = np.asarray(time_s, np.float64)
        steps = np.rint(time_s / self.dt_s)
        if np.any(steps < 1):
            what = f"dt_s = {self.dt_s:g} is above it ({time_s.min():g} s)"
            raise _refused(name, what, "Choose a dt_s that is not longer than the shortest delay")
        if np.any(np.abs(time_s / self.dt_s - steps) > _ROUNDING):
            raise _refused(name, f"it is no whole number of steps of {self.dt_s:g} s", "Choose a dt_s that divides it")
        return steps.astype(np.int32)

    @property
    def refractory_steps(self) -> Int[np.ndarray, ...]:
        """Whole steps within `refractory_s`."""
        return np.floor(np.asarray(self.refractory_s) / self.dt_s + _ROUNDING).astype(np.int32)

    def of_each(self, name: str, n_neurons: int) -> Float[np.ndarray, " neuron"]:
        """A parameter's value for each of `n_neurons`; E106 where it was given for another number of them."""
        value = np.asarray(getattr(self, name), np.float64)
        if value.ndim and value.shape != (n_neurons,):
            what = f"shape {value.shape} for {n_neurons} neurons"
            raise BraincastError("E106", f"parameters.{name}", what, "Give one value, or one for each neuron")
        return np.broadcast_to(value, (n_neurons,))

    @property
    def adapts(self) -> bool:
        """Whether any neuron adapts."""
        return bool(np.any(np.asarray(self.adaptation_mv) > 0))

    def _require_apart(self, name: str) -> None:
        ratio = np.asarray(getattr(self, name)) / self.membrane_time_s
        close = np.any(np.abs(ratio - 1) < 1e-6)
        self._require(name, not close, "it equals membrane_time_s, where the solution takes another form")

    def _require(self, name: str, fits: object, what: str) -> None:
        if not cast(bool, fits):
            raise _refused(name, what, "See the docstring of LeakyIntegrateAndFire for what each value means")


def _refused(name: str, what: str, fix: str) -> BraincastError:
    return BraincastError("E107", f"parameters.{name}", what, fix)


FLY = LeakyIntegrateAndFire()
"""Shiu et al. (2024, Nature 634:210): all neurons of the adult fly's brain alike, at a step of 0.1 ms."""
