"""The edges of one kind, and which of them are the two directions of one connection."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from braincast.brain.connectome import EDGE_KINDS, Connectome
from braincast.errors import BraincastError


def named(connectome: Connectome, what: str) -> str:
    """The name of a null made from a connectome."""
    return f"{connectome.name} ({what})"


def rows_of(connectome: Connectome, kind: str) -> Int[np.ndarray, " edge"]:
    """Rows of the edge table that are of this kind."""
    return np.flatnonzero(connectome.edges["kind"].cat.codes.to_numpy() == EDGE_KINDS.index(kind))


def mirror_of(connectome: Connectome, rows: Int[np.ndarray, " edge"], kind: str) -> Int[np.ndarray, " edge"] | None:
    """For each edge of an undirected kind the place (within `rows`) of its other direction; None for a directed kind.

    Electrical edges are undirected, and one that lacks its other direction is E107. Tracts are where all of them stand
    in both directions with one weight. A self-loop is its own mirror.
    """
    if kind not in ("electrical", "tract"):
        return None
    edges = connectome.edges.iloc[rows]
    pre, post = edges["pre"].to_numpy(), edges["post"].to_numpy()
    weights = edges["weight"].to_numpy()  # parallel edges of different weight: each with the one of its own
    forward, backward = np.lexsort((weights, post, pre)), np.lexsort((weights, pre, post))
    unequal = (pre[forward] != post[backward]) | (post[forward] != pre[backward])
    if kind == "tract" and (unequal.any() or not np.array_equal(weights[forward], weights[backward])):
        return None
    if unequal.any():
        place = int(np.argmax(unequal))
        ids = connectome.neuron_ids
        where = f"edges {ids[pre[forward[place]]]} – {ids[post[forward[place]]]}"
        what = "an electrical edge lacks its other direction"
        raise BraincastError("E107", where, what, "Store electrical edges once in each direction")
    mirror = np.empty(len(rows), np.int64)
    mirror[forward] = backward
    return mirror


def connections(
    connectome: Connectome, kind: str
) -> tuple[Int[np.ndarray, " connection"], Int[np.ndarray, " connection"] | None]:
    """The rows of a kind's connections between different neurons, self-loops left out, and of their other directions.

    Each connection of an undirected kind is named once; of a directed kind there are no other directions (None).
    """
    rows = rows_of(connectome, kind)
    pre, post = (connectome.edges[end].to_numpy()[rows] for end in ("pre", "post"))
    mirror = mirror_of(connectome, rows, kind)
    if mirror is None:
        return rows[pre != post], None
    once = pre < post
    return rows[once], rows[mirror[once]]
