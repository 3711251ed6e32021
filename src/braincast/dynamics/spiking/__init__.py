"""Spiking networks of any size, event by event and exactly."""

from braincast.dynamics.spiking.drive import KICK_MV, Drive, Poisson, Schedule
from braincast.dynamics.spiking.network import Network
from braincast.dynamics.spiking.parameters import FLY, LeakyIntegrateAndFire
from braincast.dynamics.spiking.simulation import potentials, simulate
from braincast.dynamics.spiking.spikes import Spikes

__all__ = [
    "FLY",
    "KICK_MV",
    "Drive",
    "LeakyIntegrateAndFire",
    "Network",
    "Poisson",
    "Schedule",
    "Spikes",
    "potentials",
    "simulate",
]
