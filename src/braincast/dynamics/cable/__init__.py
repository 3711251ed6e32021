"""Cells with a shape: morphologies from SWC files, and cables."""

from braincast.dynamics.cable.morphology import Morphology, cylinder
from braincast.dynamics.cable.swc import read_swc

__all__ = ["Morphology", "cylinder", "read_swc"]
