"""Whether a null wiring or a control makes sense for a connectome."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from braincast.brain.connectome import Connectome
from braincast.brain.null_wirings.edge_rows import connections, rows_of
from braincast.brain.null_wirings.redrawn import MOST_UNCONSTRAINED, n_pairs
from braincast.brain.null_wirings.relabelled import TYPE_COLUMNS, classes_by_size, type_members
from braincast.brain.null_wirings.rewired import LENGTH, degree_preserving, is_dense, places_um
from braincast.errors import unknown_name

_MANY = 1_000_000  # edges among which swaps are not tried first: there is room for some, and trying takes minutes


def applicable(connectome: Connectome, arm: str) -> bool:
    """Whether a null or control changes anything about this connectome."""
    return no_sense_because(connectome, arm) is None


def no_sense_because(connectome: Connectome, arm: str) -> str | None:
    """Why a null or control would change nothing about this connectome, or cannot be made; None where it makes sense.

    An arm that is neither is E303.
    """
    if arm not in _REASONS:
        raise unknown_name("E303", "null wiring", arm, _REASONS)
    return "it has no edges" if connectome.n_edges == 0 else _REASONS[arm](connectome)


def _identity(connectome: Connectome) -> str | None:
    return None if connectome.n_neurons > 1 else "it has one neuron"


def _classes(connectome: Connectome) -> str | None:
    if "cell_class" not in connectome.neurons.columns:
        return "its neurons have no cell_class"
    exchanged = any(len(classes) > 1 for classes in classes_by_size(connectome.neurons))
    return None if exchanged else "no two cell classes have the same size"


def _types(connectome: Connectome) -> str | None:
    found = type_members(connectome.neurons)
    return None if found else f"none of {', '.join(TYPE_COLUMNS)} puts two neurons together"


def _weights(connectome: Connectome) -> str | None:
    return None if any(_unequal(connectome, "weight", kind) for kind in connectome.kinds) else "all weights are alike"


def _signs(connectome: Connectome) -> str | None:
    signs = connectome.edges["sign"].to_numpy()
    mixed = any({-1, 1} <= set(np.unique(signs[rows_of(connectome, kind)]).tolist()) for kind in connectome.kinds)
    return None if mixed else "no kind of edge has both signs"


def _density(connectome: Connectome) -> str | None:
    n_room = [(len(f), n_pairs(connectome.n_neurons, directed=b is None)) for f, b in _of_kinds(connectome)]
    if any(n > room for n, room in n_room):
        return "it has more edges than pairs"
    return None if any(0 < n < room for n, room in n_room) or not _weights(connectome) else "all pairs are edges"


def _swaps(connectome: Connectome) -> str | None:
    if any(is_dense(connectome, kind) and _unequal(connectome, "weight", kind) for kind in connectome.kinds):
        return None
    if connectome.n_edges > _MANY:
        return None
    tried = degree_preserving(connectome, seed=0, swaps_per_edge=1)
    moved = not np.array_equal(tried.edges["post"].to_numpy(), connectome.edges["post"].to_numpy())
    return None if moved else "no two edges can exchange their ends"


def _lengths(connectome: Connectome) -> str | None:
    if places_um(connectome) is not None:
        return _swaps(connectome)
    return _weights(connectome) if LENGTH in connectome.edges.columns else "no neuron has a place and no edge a length"


def _pairs(connectome: Connectome) -> str | None:
    too_many = connectome.n_neurons > MOST_UNCONSTRAINED
    return f"it has more than {MOST_UNCONSTRAINED:,} neurons" if too_many else None


def _direction(connectome: Connectome) -> str | None:
    matrix = connectome.adjacency()
    return "every edge has its like in the other direction" if abs(matrix - matrix.T).sum() == 0 else None


_REASONS: Mapping[str, Callable[[Connectome], str | None]] = {
    "identity-permuted": _identity,
    "class-permuted": _classes,
    "degree-preserving": _swaps,
    "weights-shuffled": _weights,
    "signs-shuffled": _signs,
    "density-matched": _density,
    "within-type-permuted": _types,
    "distance-preserving": _lengths,
    "no-edges": lambda connectome: None,
    "unconstrained": _pairs,
    "transposed": _direction,
}


def _of_kinds(connectome: Connectome) -> list[tuple[np.ndarray, np.ndarray | None]]:
    return [connections(connectome, kind) for kind in connectome.kinds]


def _unequal(connectome: Connectome, column: str, kind: str) -> bool:
    values = connectome.edges[column].to_numpy()[connections(connectome, kind)[0]]
    return len(values) > 1 and bool((values != values[0]).any())
