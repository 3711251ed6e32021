"""Null connectomes: the same neurons with one thing about the wiring removed, and controls.

Every function is called as `null(connectome, seed=seed)` and returns a new connectome whose name says what was done.
The same seed gives the same edges, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from braincast.brain.connectome import Connectome
from braincast.brain.null_wirings.redrawn import (
    density_matched,
    no_edges,
    transposed,
    unconstrained,
)
from braincast.brain.null_wirings.relabelled import (
    class_permuted,
    identity_permuted,
    within_type_permuted,
)
from braincast.brain.null_wirings.rewired import degree_preserving, distance_preserving
from braincast.brain.null_wirings.sense import applicable, no_sense_because
from braincast.brain.null_wirings.shuffled import signs_shuffled, weights_shuffled

__all__ = [
    "CONTROLS",
    "NULLS",
    "applicable",
    "class_permuted",
    "degree_preserving",
    "density_matched",
    "distance_preserving",
    "identity_permuted",
    "no_edges",
    "no_sense_because",
    "signs_shuffled",
    "transposed",
    "unconstrained",
    "weights_shuffled",
    "within_type_permuted",
]

NULLS: Mapping[str, Callable[..., Connectome]] = MappingProxyType(
    {
        "identity-permuted": identity_permuted,
        "class-permuted": class_permuted,
        "degree-preserving": degree_preserving,
        "weights-shuffled": weights_shuffled,
        "signs-shuffled": signs_shuffled,
        "density-matched": density_matched,
        "within-type-permuted": within_type_permuted,
        "distance-preserving": distance_preserving,
        "no-edges": no_edges,
    }
)
CONTROLS: Mapping[str, Callable[..., Connectome]] = MappingProxyType(
    {"unconstrained": unconstrained, "transposed": transposed}
)
