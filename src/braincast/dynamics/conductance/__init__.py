"""Conductance-based cells and circuits: their declarations, equations, integrators, simulation."""

from braincast.dynamics.conductance.circuit import Cell, Circuit, Current, Modulator, Synapse
from braincast.dynamics.conductance.equations import Equations, Parameters, State, equations_of, parameters_of, stacked
from braincast.dynamics.conductance.integrators import EXPONENTIAL_EULER, STAGGERED, Integrator
from braincast.dynamics.conductance.reading import circuit_names, read_circuit
from braincast.dynamics.conductance.simulation import Simulation, simulate, simulate_spikes
from braincast.dynamics.conductance.trajectory import advanced, beginning, begun, trajectory

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
    "circuit_names",
    "equations_of",
    "parameters_of",
    "read_circuit",
    "simulate",
    "simulate_spikes",
    "stacked",
    "trajectory",
]
