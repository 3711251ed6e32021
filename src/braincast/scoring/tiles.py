"""Canonical tiles: the fixed pieces in whose order every score is added up.

A tile is one case × all leads × at most 4,096 neurons. It is fixed by the task, not by how a file is chunked or by how
many workers read it, so that every storage gives the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator

TILE_NEURONS = 4096


def tiles(n_cases: int, n_neurons: int) -> Iterator[tuple[int, slice]]:
    """(case, slice of neurons) of each tile, in index order."""
    for case in range(n_cases):
        for first in range(0, n_neurons, TILE_NEURONS):
            yield case, slice(first, min(first + TILE_NEURONS, n_neurons))
