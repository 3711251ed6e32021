"""Nulls and controls that draw the edges anew, without a look at where they were."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.brain.connectome import Connectome
from braincast.brain.null_wirings.edge_rows import connections, named
from braincast.errors import BraincastError

MOST_UNCONSTRAINED = 2_000  # neurons: 4 million edges of each kind


def density_matched(connectome: Connectome, *, seed: int) -> Connectome:
    """As many edges of each kind with the same weights, signs and delays, between pairs of neurons drawn at random.

    No two edges of a kind are parallel (more of them than pairs is E107). Undirected connections stay undirected,
    self-loops stay where they are, and no new one arises.
    """
    rng = np.random.default_rng(seed)
    ends = [connectome.edges[end].to_numpy().copy() for end in ("pre", "post")]
    for kind in connectome.kinds:
        forward, backward = connections(connectome, kind)
        drawn = _pairs(len(forward), connectome.n_neurons, backward is None, rng, kind)
        for end, neurons in zip(ends, drawn, strict=True):
            end[forward] = neurons
        if backward is not None:
            ends[0][backward], ends[1][backward] = drawn[1], drawn[0]
    edges = connectome.edges.assign(pre=ends[0], post=ends[1])
    return connectome.with_edges(edges, named(connectome, f"density-matched, seed {seed}"))


def no_edges(connectome: Connectome, *, seed: int | None = None) -> Connectome:
    """The same neurons without any edge; `seed` changes nothing."""
    return connectome.with_edges(connectome.edges.iloc[:0], named(connectome, "no edges"))


def transposed(connectome: Connectome, *, seed: int | None = None) -> Connectome:
    """Every edge turned round: a control for the orientation of a matrix, not a null; `seed` changes nothing."""
    edges = connectome.edges
    turned = edges.assign(pre=edges["post"], post=edges["pre"])
    return connectome.with_edges(turned, named(connectome, "transposed"))


def unconstrained(connectome: Connectome, *, seed: int | None = None) -> Connectome:
    """Every ordered pair of different neurons an edge of weight 1 and unknown sign, in each kind that there is.

    Delays and further columns of pairs that were edges stay, those of other pairs are missing. Above 2,000 neurons it
    is E107. `seed` changes nothing.
    """
    n = connectome.n_neurons
    if n > MOST_UNCONSTRAINED:
        what = f"all pairs of {n:,} neurons are more edges than can be held"
        raise BraincastError("E107", "neurons", what, f"Take a subgraph of at most {MOST_UNCONSTRAINED:,}")
    pre, post = _directed(np.arange(n * (n - 1)), n)
    of_kinds = [pd.DataFrame({"pre": pre, "post": post, "kind": kind}) for kind in connectome.kinds]
    pairs = pd.concat(of_kinds) if of_kinds else connectome.edges.iloc[:0][["pre", "post", "kind"]]
    known = connectome.edges.drop(columns=["weight", "sign"]).drop_duplicates(["pre", "post", "kind"])
    edges = pairs.astype(known.dtypes[["pre", "post", "kind"]]).merge(known, how="left", on=["pre", "post", "kind"])
    return connectome.with_edges(edges.assign(weight=1.0, sign=0), named(connectome, "unconstrained"))


def n_pairs(n_neurons: int, *, directed: bool) -> int:
    """Pairs of different neurons."""
    ordered = n_neurons * (n_neurons - 1)
    return ordered if directed else ordered // 2


def _pairs(
    n_wanted: int, n_neurons: int, directed: bool, rng: np.random.Generator, kind: str
) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """Distinct pairs of different neurons in random order."""
    n_there = n_pairs(n_neurons, directed=directed)
    if n_wanted > n_there:
        what = f"{n_wanted:,} {kind} edges have no room on {n_there:,} pairs"
        raise BraincastError("E107", "edges", what, "Merge parallel edges first")
    drawn = rng.choice(n_there, n_wanted, replace=False)
    return _directed(drawn, n_neurons) if directed else _undirected(drawn)


def _directed(number: Int[np.ndarray, " pair"], n: int) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """Ordered pair number k: the k-th in rows of n - 1 places, the diagonal left out."""
    pre, place = np.divmod(number, max(n - 1, 1))
    return pre, place + (place >= pre)


def _undirected(number: Int[np.ndarray, " pair"]) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """Unordered pair number k, smaller end first: the k-th entry below the diagonal, row by row."""
    row = ((1 + np.sqrt(1 + 8 * number.astype(np.float64))) / 2).astype(np.int64)
    row -= row * (row - 1) // 2 > number  # the root is rounded
    row += row * (row + 1) // 2 <= number
    return number - row * (row - 1) // 2, row
