"""A columnar circuit: cell types and, for each pair of connected types, how many synapses reach how far over columns.

`expand` repeats it over the columns of an eye of any extent, which gives cells and edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.lattice.hexagon import columns
from braincast.dynamics.lattice.hull import Boundary, points_in_hull
from braincast.dynamics.lattice.size import require_room


@dataclass(frozen=True, eq=False)
class ColumnarCircuit:
    """Cell types and the connections between them, each spread over offsets of columns.

    A cell of a type stands in each column whose u and v are multiples of its stride. `pre`, `post` (indices of types)
    and `sign` have an entry for each connection; `connection`, `offset` (column of the target less that of the source)
    and `count` (synapses, a mean over reconstructed columns) one for each offset of a connection, in its order.
    """

    cell_types: tuple[str, ...]
    stride: Int[np.ndarray, "type 2"]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    pre: Int[np.ndarray, " connection"]
    post: Int[np.ndarray, " connection"]
    sign: Int[np.ndarray, " connection"]
    connection: Int[np.ndarray, " offset"]
    offset: Int[np.ndarray, "offset 2"]
    count: Float[np.ndarray, " offset"]

    @property
    def n_types(self) -> int:
        return len(self.cell_types)

    @property
    def n_connections(self) -> int:
        return len(self.pre)

    def index(self, cell_types: Sequence[str]) -> Int[np.ndarray, " chosen"]:
        """Which types these are."""
        return np.array([self.cell_types.index(name) for name in cell_types], dtype=np.int64)

    def filled(self, count: float, boundary: Boundary = "half-open") -> ColumnarCircuit:
        """With `count` synapses at each offset that lies inside the convex hull of a connection's own offsets.

        Reconstructions of few columns miss some of them (Lappalainen et al. 2024, Methods). Connections with fewer
        than three offsets stay as they are. The published networks have the half-open `boundary` (see `hull`).
        """
        parts = [self._filled_offsets(connection, boundary) for connection in range(self.n_connections)]
        sizes = [len(offset) for offset, _ in parts]
        known = [self.count[self.connection == connection] for connection in range(self.n_connections)]
        counts = [np.concatenate([own, np.full(n - len(own), count)]) for own, n in zip(known, sizes, strict=True)]
        return replace(
            self,
            connection=np.repeat(np.arange(self.n_connections), sizes),
            offset=np.concatenate([offset for offset, _ in parts]),
            count=np.concatenate(counts),
        )

    def _filled_offsets(self, connection: int, boundary: Boundary) -> tuple[Int[np.ndarray, "offset 2"], int]:
        own = self.offset[self.connection == connection]
        if len(own) < 3:
            return own, 0
        known = {(int(u), int(v)) for u, v in own}
        added = [point for point in points_in_hull(own, boundary) if point not in known]
        return np.concatenate([own, np.array(added, dtype=own.dtype).reshape(-1, 2)]), len(added)


@dataclass(frozen=True, eq=False)
class Lattice:
    """A columnar circuit over all columns of an eye.

    Cells are ordered by type, then by column: `cell_type`, `u`, `v` have an entry for each. `pre`, `post` (cells) and
    `term` (which offset of the circuit) have one for each edge.
    """

    circuit: ColumnarCircuit
    extent: int
    cell_type: Int[np.ndarray, " cell"]
    u: Int[np.ndarray, " cell"]
    v: Int[np.ndarray, " cell"]
    pre: Int[np.ndarray, " edge"]
    post: Int[np.ndarray, " edge"]
    term: Int[np.ndarray, " edge"]

    @property
    def n_cells(self) -> int:
        return len(self.cell_type)

    @property
    def n_edges(self) -> int:
        return len(self.pre)

    @property
    def columns(self) -> Int[np.ndarray, "column 2"]:
        """(u, v) of the columns, in the order of movies."""
        return columns(self.extent)

    @property
    def central(self) -> Int[np.ndarray, " type"]:
        """The cell of each type in the central column."""
        return np.flatnonzero((self.u == 0) & (self.v == 0))


def expand(circuit: ColumnarCircuit, extent: int) -> Lattice:
    """Cells and edges within `extent` columns of the centre; an edge whose target lies outside is left out.

    E913 for a negative extent, and for one whose edges would not fit into memory.
    """
    require_room(extent, len(circuit.count))
    places = columns(extent)
    stands = (places[None, :, :] % circuit.stride[:, None, :] == 0).all(axis=2)
    cell_type, column = np.nonzero(stands)
    u, v = places[column].T
    side = 2 * extent + 1
    cell_at = np.full((circuit.n_types, side, side), -1, dtype=np.int64)
    cell_at[cell_type, u + extent, v + extent] = np.arange(len(u))
    first = np.concatenate([[0], np.cumsum(stands.sum(axis=1))])
    parts = [_edges_of(circuit, term, first, u, v, cell_at, extent) for term in range(len(circuit.count))]
    pre, post = (np.concatenate([part[end] for part in parts]) for end in (0, 1))
    term = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    return Lattice(circuit, extent, cell_type, u, v, pre, post, term)


def _edges_of(
    circuit: ColumnarCircuit,
    term: int,
    first: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
    cell_at: np.ndarray,
    extent: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The edges of one offset of one connection: from each source to the target that lies so far away."""
    connection = circuit.connection[term]
    source_type, target_type = circuit.pre[connection], circuit.post[connection]
    sources = np.arange(int(first[source_type]), int(first[source_type + 1]))
    to_u, to_v = u[sources] + circuit.offset[term, 0], v[sources] + circuit.offset[term, 1]
    inside = (np.abs(to_u) <= extent) & (np.abs(to_v) <= extent)
    sources, to_u, to_v = sources[inside], to_u[inside], to_v[inside]
    targets = cell_at[target_type, to_u + extent, to_v + extent]
    return sources[targets >= 0], targets[targets >= 0]
