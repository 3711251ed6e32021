"""Networks of adaptive exponential cells, step by step."""

from braincast.dynamics.spiking.adaptive.cells import AdaptiveExponential
from braincast.dynamics.spiking.adaptive.hippocampus import POPULATIONS, Population, hippocampus, sizes
from braincast.dynamics.spiking.adaptive.network import UNIT_NS, AdaptiveNetwork, Course, simulate_adaptive

__all__ = [
    "POPULATIONS",
    "UNIT_NS",
    "AdaptiveExponential",
    "AdaptiveNetwork",
    "Course",
    "Population",
    "hippocampus",
    "simulate_adaptive",
    "sizes",
]
