"""Nulls that move the ends of edges by double-edge swaps, so that every neuron keeps its degrees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int

from braincast.brain.connectome import Connectome
from braincast.brain.null_wirings.edge_rows import connections, mirror_of, named, rows_of
from braincast.brain.null_wirings.redrawn import n_pairs
from braincast.brain.null_wirings.shuffled import exchange
from braincast.errors import BraincastError

POSITION = ("x_um", "y_um", "z_um")
LENGTH = "length_mm"
_LENGTHS = 10  # bins with equally many edges
_EDGES_PER_LENGTH = 30  # at least: among fewer there is little to exchange
_DENSE = 0.5
_WEIGHT_SWAPS_PER_EDGE = 100

Mirror = Int[np.ndarray, " edge"] | None
Found = tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " edge"]]


def degree_preserving(connectome: Connectome, *, seed: int, swaps_per_edge: int = 10) -> Connectome:
    """Edges of each kind rewired by double-edge swaps: in-degree, out-degree and out-strength of neurons are kept.

    Weight, sign and delay travel with the presynaptic end. Electrical edges are swapped as undirected ones and stay
    symmetric; one that lacks its other direction is E107. So are tracts that all stand in both directions. No parallel
    edge and no self-loop is added, self-loops stay. `swaps_per_edge` swaps are tried for each edge; one that would
    break these rules is skipped.

    Where more than half of all pairs are edges of a kind there is little room for swaps, so weights are exchanged among
    its edges too, in an order that nearly keeps every neuron's in- and out-strength (Misic et al. 2015, Neuron
    86:1518). A graph without room (complete with equal weights, or a star) comes out as it was.
    """
    _require_swaps(swaps_per_edge)
    from braincast.brain.rewiring import swap_directed, swap_undirected  # numba is heavy and only needed here

    rng, n = np.random.default_rng(seed), connectome.n_neurons

    def swap(pre: Int[np.ndarray, " edge"], post: Int[np.ndarray, " edge"], mirror: Mirror) -> Found:
        if mirror is not None:
            return swap_undirected(pre, post, mirror, n, rng, swaps_per_edge)
        return swap_directed(pre, post, n, rng, swaps_per_edge), np.arange(len(pre))

    rewired = _rewired(connectome, swap, named(connectome, f"degree-preserving, seed {seed}"))
    dense = [kind for kind in connectome.kinds if is_dense(connectome, kind)]
    return _with_strengths_kept(connectome, rewired, dense, rng) if dense else rewired


def distance_preserving(connectome: Connectome, *, seed: int, swaps_per_edge: int = 20) -> Connectome:
    """Edges of each kind rewired by double-edge swaps that keep degrees and how many edges have which length.

    Lengths are distances between the neurons' `x_um`, `y_um` and `z_um`, in up to ten bins that hold equally many
    of the kind's edges: their counts stay (Betzel & Bassett 2018, PNAS 115:E4880). Edges of a neuron without a place
    are in a bin of their own. Where no neuron has a place but edges have a `length_mm`, as tracts do, the edges stay
    and the weights of edges in one bin are exchanged. Neither of these columns is E108. All else is as in
    `degree_preserving`.
    """
    _require_swaps(swaps_per_edge)
    places, rng = places_um(connectome), np.random.default_rng(seed)
    name = named(connectome, f"distance-preserving, seed {seed}")
    if places is None:
        if LENGTH not in connectome.edges.columns:
            fix = f"Add {', '.join(POSITION)} to the neurons, or {LENGTH} to the edges"
            raise BraincastError("E108", "connectome", "no neuron has a place and no edge a length", fix)
        return _with_weights_exchanged_within_lengths(connectome, rng, name)
    from braincast.brain.rewiring import swap_at_length

    def swap(pre: Int[np.ndarray, " edge"], post: Int[np.ndarray, " edge"], mirror: Mirror) -> Found:
        bounds = length_bounds(np.linalg.norm(places[pre] - places[post], axis=1)[pre != post])
        return swap_at_length(pre, post, mirror, places, bounds, rng, swaps_per_edge)

    return _rewired(connectome, swap, name)


def is_dense(connectome: Connectome, kind: str) -> bool:
    """Whether more than half of all pairs are connected by edges of a kind."""
    forward, backward = connections(connectome, kind)
    return len(forward) > _DENSE * n_pairs(connectome.n_neurons, directed=backward is None)


def places_um(connectome: Connectome) -> Float[np.ndarray, "neuron axis"] | None:
    """Where neurons are, NaN where not known; None where none has a place."""
    columns = [name for name in POSITION if name in connectome.neurons.columns]
    places = connectome.neurons[columns].to_numpy(np.float64)
    return places if np.isfinite(places).all(axis=1).any() and columns else None


def _require_swaps(swaps_per_edge: int) -> None:
    if swaps_per_edge < 1:
        raise BraincastError("E107", "swaps_per_edge", f"{swaps_per_edge} swaps rewire nothing", "Give 1 or more")


def _rewired(connectome: Connectome, swap: Callable[..., Found], name: str) -> Connectome:
    """Each kind's new targets, and the rows whose weights they take, from `swap(pre, post, mirror)`."""
    edges = connectome.edges
    pre, post = edges["pre"].to_numpy(), edges["post"].to_numpy().copy()
    taken_from = np.arange(len(edges))
    for kind in connectome.kinds:
        rows = rows_of(connectome, kind)
        found = swap(pre[rows], post[rows], mirror_of(connectome, rows, kind))
        post[rows], taken_from[rows] = found[0], rows[found[1]]
    rewired = edges.iloc[taken_from].reset_index(drop=True).assign(pre=pre, post=post)
    return connectome.with_edges(rewired, name)


def _with_strengths_kept(
    true: Connectome, rewired: Connectome, kinds: list[str], rng: np.random.Generator
) -> Connectome:
    from braincast.brain.strengths import weights_near_strengths

    columns = _values_on_edges(rewired)
    for kind in kinds:
        forward, backward = connections(rewired, kind)
        pre, post = (rewired.edges[end].to_numpy()[forward] for end in ("pre", "post"))
        weights = columns["weight"][forward].astype(np.float64)
        wanted = _strengths(true, kind, directed=backward is None)
        order = weights_near_strengths(pre, post, weights, wanted, rng, _WEIGHT_SWAPS_PER_EDGE)
        for values in columns.values():
            exchange(values, order, forward, backward)
    return rewired.with_edges(rewired.edges.assign(**columns), rewired.name)


def _with_weights_exchanged_within_lengths(connectome: Connectome, rng: np.random.Generator, name: str) -> Connectome:
    columns = _values_on_edges(connectome)
    lengths = connectome.edges[LENGTH].to_numpy(np.float64)
    for kind in connectome.kinds:
        forward, backward = connections(connectome, kind)
        order = np.arange(len(forward))
        bins = bins_of(lengths[forward], length_bounds(lengths[forward]))
        for number in np.unique(bins):
            inside = np.flatnonzero(bins == number)
            order[inside] = rng.permutation(inside)
        for values in columns.values():
            exchange(values, order, forward, backward)
    return connectome.with_edges(connectome.edges.assign(**columns), name)


def length_bounds(lengths: Float[np.ndarray, " edge"]) -> Float[np.ndarray, " bound"]:
    """Inner bounds of bins that hold equally many of these lengths."""
    known = lengths[np.isfinite(lengths)]
    n_bins = max(1, min(_LENGTHS, len(known) // _EDGES_PER_LENGTH))
    return np.quantile(known, np.arange(1, n_bins) / n_bins) if len(known) else np.empty(0)


def bins_of(lengths: Float[np.ndarray, " edge"], bounds: Float[np.ndarray, " bound"]) -> Int[np.ndarray, " edge"]:
    """The bin of each length; unknown lengths have one of their own."""
    return np.where(np.isfinite(lengths), np.searchsorted(bounds, lengths), len(bounds) + 1)


def _values_on_edges(connectome: Connectome) -> dict[str, np.ndarray]:
    """What travels together when edges exchange their weights."""
    return {name: connectome.edges[name].to_numpy().copy() for name in ("weight", "sign")}


def _strengths(connectome: Connectome, kind: str, *, directed: bool) -> Float[np.ndarray, " end"]:
    """Summed weight at every neuron: of a directed kind those that leave all, then those that reach all."""
    forward, _ = connections(connectome, kind)
    edges, n = connectome.edges.iloc[forward], connectome.n_neurons
    leave, reach = (np.bincount(edges[end], weights=edges["weight"], minlength=n) for end in ("pre", "post"))
    return np.concatenate([leave, reach]) if directed else leave + reach
