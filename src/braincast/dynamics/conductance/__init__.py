"""Conductance-based cells and circuits: their declarations, equations, integrators, simulation.

Names load on use: whoever only reads circuits does not wait for JAX.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "EXPONENTIAL_EULER": "integrators",
    "STAGGERED": "integrators",
    "Cell": "circuit",
    "Circuit": "circuit",
    "Current": "circuit",
    "Equations": "equations",
    "Integrator": "integrators",
    "Modulator": "circuit",
    "Parameters": "equations",
    "Simulation": "simulation",
    "State": "equations",
    "Synapse": "circuit",
    "advanced": "steps",
    "beginning": "steps",
    "begun": "steps",
    "check_steps": "simulation",
    "circuit_names": "reading",
    "equations_of": "equations",
    "parameters_of": "equations",
    "read_circuit": "reading",
    "simulate": "simulation",
    "simulate_spikes": "simulation",
    "stacked": "equations",
    "trajectory": "steps",
}

__all__ = [
    "EXPONENTIAL_EULER",
    "STAGGERED",
    "Cell",
    "Circuit",
    "Current",
    "Equations",
    "Integrator",
    "Modulator",
    "Parameters",
    "Simulation",
    "State",
    "Synapse",
    "advanced",
    "beginning",
    "begun",
    "check_steps",
    "circuit_names",
    "equations_of",
    "parameters_of",
    "read_circuit",
    "simulate",
    "simulate_spikes",
    "stacked",
    "trajectory",
]

if TYPE_CHECKING:
    from braincast.dynamics.conductance.circuit import Cell as Cell
    from braincast.dynamics.conductance.circuit import Circuit as Circuit
    from braincast.dynamics.conductance.circuit import Current as Current
    from braincast.dynamics.conductance.circuit import Modulator as Modulator
    from braincast.dynamics.conductance.circuit import Synapse as Synapse
    from braincast.dynamics.conductance.equations import Equations as Equations
    from braincast.dynamics.conductance.equations import Parameters as Parameters
    from braincast.dynamics.conductance.equations import State as State
    from braincast.dynamics.conductance.equations import equations_of as equations_of
    from braincast.dynamics.conductance.equations import parameters_of as parameters_of
    from braincast.dynamics.conductance.equations import stacked as stacked
    from braincast.dynamics.conductance.integrators import EXPONENTIAL_EULER as EXPONENTIAL_EULER
    from braincast.dynamics.conductance.integrators import STAGGERED as STAGGERED
    from braincast.dynamics.conductance.integrators import Integrator as Integrator
    from braincast.dynamics.conductance.reading import circuit_names as circuit_names
    from braincast.dynamics.conductance.reading import read_circuit as read_circuit
    from braincast.dynamics.conductance.simulation import Simulation as Simulation
    from braincast.dynamics.conductance.simulation import check_steps as check_steps
    from braincast.dynamics.conductance.simulation import simulate as simulate
    from braincast.dynamics.conductance.simulation import simulate_spikes as simulate_spikes
    from braincast.dynamics.conductance.steps import advanced as advanced
    from braincast.dynamics.conductance.steps import beginning as beginning
    from braincast.dynamics.conductance.steps import begun as begun
    from braincast.dynamics.conductance.steps import trajectory as trajectory


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
