"""Many circuits, one rhythm: searches for sets of conductances that differ widely and act alike."""

from braincast.experiments.degeneracy.difference import all_differ, fold_differences, mutually_different
from braincast.experiments.degeneracy.proposals import ConductanceSets, drawn, own, parameters
from braincast.experiments.degeneracy.search import Effort, Found, degenerate_circuits, told_of

__all__ = [
    "ConductanceSets",
    "Effort",
    "Found",
    "all_differ",
    "degenerate_circuits",
    "drawn",
    "fold_differences",
    "mutually_different",
    "own",
    "parameters",
    "told_of",
]
