"""Null connectomes: the same neurons with one thing about the wiring removed, and controls.

Every function is called as `null(connectome, seed=seed)` and returns a new connectome whose name says what was done.
The same seed gives the same edges, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.brain.connectome import EDGE_KINDS, Connectome
from braincast.errors import BraincastError


def identity_permuted(connectome: Connectome, *, seed: int) -> Connectome:
    """Every neuron takes the wiring of another drawn at random; all edge kinds move together.

    The graph stays the same up to names. Left and right homologues are torn apart too: see `class_permuted`.
    """
    new_row = np.random.default_rng(seed).permutation(connectome.n_neurons)
    return _relabelled(connectome, new_row, f"identity-permuted, seed {seed}")


def class_permuted(connectome: Connectome, *, seed: int) -> Connectome:
    """Whole cell classes exchange their wiring with classes of the same size; homologues stay homologues.

    Members follow the order of `side`, then of the table, so that left takes the place of left and right of right.
    Needs the columns `cell_class` (E108) and, to keep sides, `side`; a neuron without a class is a class of its own.
    A class that is alone in its size cannot move, and any class may by chance keep its place.
    """
    rng = np.random.default_rng(seed)
    new_row = np.arange(connectome.n_neurons)
    by_size: dict[int, list[np.ndarray]] = {}
    for members in _class_members(connectome.neurons):
        by_size.setdefault(len(members), []).append(members)
    for size in sorted(by_size):
        classes = by_size[size]
        for source, place in enumerate(rng.permutation(len(classes))):
            new_row[classes[source]] = classes[place]
    return _relabelled(connectome, new_row, f"class-permuted, seed {seed}")


def degree_preserving(connectome: Connectome, *, seed: int, swaps_per_edge: int = 10) -> Connectome:
    """Edges of each kind rewired by double-edge swaps: in-degree, out-degree and out-strength of neurons are kept.

    Weight, sign and delay travel with the presynaptic end. Electrical edges are swapped as undirected ones and stay
    symmetric; one that lacks its other direction is E107. No parallel edge and no self-loop is added, self-loops
    stay. A graph without room for swaps (complete, or a star) comes out as it was. `swaps_per_edge` swaps are tried
    for each edge; one that would break these rules is skipped.
    """
    if swaps_per_edge < 1:
        raise BraincastError("E107", "swaps_per_edge", f"{swaps_per_edge} swaps rewire nothing", "Give 1 or more")
    from braincast.brain.rewiring import swap_directed, swap_undirected  # numba is heavy and only needed here

    rng = np.random.default_rng(seed)
    edges = connectome.edges
    pre, post = edges["pre"].to_numpy(), edges["post"].to_numpy().copy()
    taken_from = np.arange(len(edges))
    for kind in connectome.kinds:
        rows = np.flatnonzero(edges["kind"].cat.codes.to_numpy() == EDGE_KINDS.index(kind))
        if kind == "electrical":
            mirror = _mirror_rows(connectome, rows)
            found = swap_undirected(pre[rows], post[rows], mirror, connectome.n_neurons, rng, swaps_per_edge)
            post[rows], taken_from[rows] = found[0], rows[found[1]]
        else:
            post[rows] = swap_directed(pre[rows], post[rows], connectome.n_neurons, rng, swaps_per_edge)
    rewired = edges.iloc[taken_from].reset_index(drop=True).assign(pre=pre, post=post)
    return connectome.with_edges(rewired, _named(connectome, f"degree-preserving, seed {seed}"))


def no_edges(connectome: Connectome, *, seed: int | None = None) -> Connectome:
    """The same neurons without any edge; `seed` changes nothing."""
    return connectome.with_edges(connectome.edges.iloc[:0], _named(connectome, "no edges"))


def transposed(connectome: Connectome, *, seed: int | None = None) -> Connectome:
    """Every edge turned round: a control for the orientation of a matrix, not a null; `seed` changes nothing."""
    edges = connectome.edges
    turned = edges.assign(pre=edges["post"], post=edges["pre"])
    return connectome.with_edges(turned, _named(connectome, "transposed"))


NULLS: Mapping[str, Callable[..., Connectome]] = MappingProxyType(
    {
        "identity-permuted": identity_permuted,
        "class-permuted": class_permuted,
        "degree-preserving": degree_preserving,
        "no-edges": no_edges,
    }
)
CONTROLS: Mapping[str, Callable[..., Connectome]] = MappingProxyType({"transposed": transposed})


def _named(connectome: Connectome, what: str) -> str:
    return f"{connectome.name} ({what})"


def _relabelled(connectome: Connectome, new_row: Int[np.ndarray, " neuron"], what: str) -> Connectome:
    """The edges of neuron i given to neuron `new_row[i]`."""
    edges = connectome.edges
    moved = edges.assign(pre=new_row[edges["pre"].to_numpy()], post=new_row[edges["post"].to_numpy()])
    return connectome.with_edges(moved, _named(connectome, what))


def _class_members(neurons: pd.DataFrame) -> list[Int[np.ndarray, " member"]]:
    """Row numbers of each class's members, by side and then by row; classes in the order of the table."""
    if "cell_class" not in neurons.columns:
        fix = "Add it, or use the identity-permuted null"
        raise BraincastError("E108", "neurons", "column 'cell_class' is missing", fix)
    alone = "\0" + neurons["id"]  # cannot be the name of a class
    named = neurons["cell_class"].astype(object).where(neurons["cell_class"].notna(), "").astype(str)
    classes = named.where(named.str.strip() != "", alone)
    order = np.argsort(_sides(neurons), kind="stable")
    groups = pd.Series(order).groupby(classes.to_numpy()[order], sort=False)
    return sorted((members.to_numpy() for _, members in groups), key=lambda members: int(members.min()))


def _sides(neurons: pd.DataFrame) -> Int[np.ndarray, " neuron"]:
    if "side" not in neurons.columns:
        return np.zeros(len(neurons), np.int64)
    return np.array([{"L": 0, "R": 1}.get(side, 2) for side in neurons["side"]], np.int64)


def _mirror_rows(connectome: Connectome, rows: Int[np.ndarray, " edge"]) -> Int[np.ndarray, " edge"]:
    """For each electrical edge the place (within `rows`) of its other direction; for a self-loop its own place."""
    edges = connectome.edges.iloc[rows]
    pre, post = edges["pre"].to_numpy(), edges["post"].to_numpy()
    forward, backward = np.lexsort((post, pre)), np.lexsort((pre, post))
    unequal = (pre[forward] != post[backward]) | (post[forward] != pre[backward])
    if unequal.any():
        place = int(np.argmax(unequal))
        ids = connectome.neuron_ids
        where = f"edges {ids[pre[forward[place]]]} – {ids[post[forward[place]]]}"
        what = "an electrical edge lacks its other direction"
        raise BraincastError("E107", where, what, "Store electrical edges once in each direction")
    mirror = np.empty(len(rows), np.int64)
    mirror[forward] = backward
    return mirror
