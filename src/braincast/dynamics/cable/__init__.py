"""Cells with a shape: morphologies from SWC files, and cables with any membrane on them, by Jaxley."""

from braincast.dynamics.cable.cable import Cable, Injection, Recorded, require_jaxley
from braincast.dynamics.cable.morphology import Morphology, cylinder
from braincast.dynamics.cable.swc import read_swc

__all__ = ["Cable", "Injection", "Morphology", "Recorded", "cylinder", "read_swc", "require_jaxley"]
