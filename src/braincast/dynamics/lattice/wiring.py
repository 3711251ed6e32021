"""A columnar circuit's connections over a lattice, as sums that slide over its columns need them."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from braincast.dynamics.lattice.circuit import ColumnarCircuit
from braincast.dynamics.lattice.hexagon import columns
from braincast.dynamics.lattice.size import require_room


class Wiring(NamedTuple):
    """Terms (one for each offset of a connection, by target type) and runs (columns that follow each other).

    An offset of columns maps runs of source columns on runs of target columns: run `i` of offset `k`, with
    first_run[k] <= i < first_run[k + 1], goes from columns `source[i]` to `target[i]` and is `length[i]` long.
    `is_there` says in which columns a type has a cell. `count` is the sign times the number of synapses of each term.
    Edges (between places, type × column, by target) are the same term by term; places without a cell are among them.
    """

    pre: Int[Array, " term"]
    post: Int[Array, " term"]
    shift: Int[Array, " term"]
    first_run: Int[Array, " shift_and_one"]
    source: Int[Array, " run"]
    target: Int[Array, " run"]
    length: Int[Array, " run"]
    connection: Int[Array, " term"]
    count: Float[Array, " term"]
    is_there: Bool[Array, "type column"]
    is_input: Bool[Array, " type"]
    edge_term: Int[Array, " edge"]
    edge_pre: Int[Array, " edge"]
    edge_post: Int[Array, " edge"]

    @property
    def shape(self) -> tuple[int, int]:
        """How many types and how many columns there are."""
        n_types, n_columns = self.is_there.shape
        return n_types, n_columns


def wiring(circuit: ColumnarCircuit, extent: int, dtype: type[np.floating] = np.float32) -> Wiring:
    """The circuit over the columns of an eye; E913 for one that does not fit into memory."""
    require_room(extent, len(circuit.count))
    order = np.lexsort((circuit.connection, circuit.post[circuit.connection]))
    connection, offset = circuit.connection[order], circuit.offset[order]
    shifts, shift = np.unique(offset, axis=0, return_inverse=True)
    places = columns(extent)
    runs = [_runs(places, extent, int(du), int(dv)) for du, dv in shifts]
    source, target, length = np.concatenate([*runs, np.zeros((0, 3), dtype=np.int64)]).T
    signed = circuit.sign[connection] * circuit.count[order]
    stands = (places[None, :, :] % circuit.stride[:, None, :] == 0).all(axis=2)
    is_input = np.isin(np.array(circuit.cell_types), np.array(circuit.inputs))
    whole = [circuit.pre[connection], circuit.post[connection], shift.reshape(-1)]
    whole += [np.concatenate([[0], np.cumsum([len(run) for run in runs])]), source, target, length, connection]
    return Wiring(
        *(jnp.asarray(numbers, dtype=jnp.int32) for numbers in whole),
        count=jnp.asarray(signed, dtype=dtype),
        is_there=jnp.asarray(stands),
        is_input=jnp.asarray(is_input),
        **_edges(whole, len(places)),
    )


def _edges(whole: list[np.ndarray], n_columns: int) -> dict[str, Int[Array, " edge"]]:
    pre, post, shift, first, source, target, length = whole[:7]
    run = np.concatenate([np.arange(int(first[one]), int(first[one + 1])) for one in shift])
    term = np.repeat(np.repeat(np.arange(len(shift)), np.diff(first)[shift]), length[run])
    within = np.arange(len(term)) - np.repeat(np.cumsum(length[run]) - length[run], length[run])
    of = pre[term] * n_columns + np.repeat(source[run], length[run]) + within
    to = post[term] * n_columns + np.repeat(target[run], length[run]) + within
    order = np.argsort(to, kind="stable")
    edges = {"edge_term": term, "edge_pre": of, "edge_post": to}
    return {name: jnp.asarray(numbers[order], dtype=jnp.int32) for name, numbers in edges.items()}


def _runs(places: Int[np.ndarray, "column 2"], extent: int, du: int, dv: int) -> Int[np.ndarray, "run 3"]:
    """(first source column, first target column, length) of each row of columns that the shift keeps inside."""
    u, v = places.T
    to_u, to_v = u + du, v + dv
    inside = np.flatnonzero((np.abs(to_u) <= extent) & (np.abs(to_v) <= extent) & (np.abs(to_u + to_v) <= extent))
    if not len(inside):
        return np.zeros((0, 3), dtype=np.int64)
    begins = np.flatnonzero(np.diff(u[inside], prepend=u[inside[0]] - 1))
    lengths = np.diff(np.append(begins, len(inside)))
    first = inside[begins]
    column = {(int(a), int(b)): index for index, (a, b) in enumerate(places)}
    targets = [column[int(to_u[index]), int(to_v[index])] for index in first]
    return np.stack([first, np.array(targets), lengths], axis=1)
