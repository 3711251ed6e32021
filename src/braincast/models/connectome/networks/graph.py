"""A connectome as arrays that JAX can follow: edges by the neuron they end at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from braincast.brain.connectome import Connectome
from braincast.brain.tables import EDGE_KINDS


class Graph(eqx.Module):
    """Edges sorted by `post`, then `pre`, then kind; those of neuron i lie at `start[i]` to `start[i + 1]`.

    `kind` counts in `EDGE_KINDS`; `weight` is above 0, but for edges that fill up to a common number, which have 0
    and come last; `delay_s` may be NaN (unknown). Arrays are of numpy or JAX; several graphs with the same number of
    edges may lie in one, along a first axis of all arrays.
    """

    pre: Int[Any, "*graph edge"]
    post: Int[Any, "*graph edge"]
    start: Int[Any, "*graph bound"]
    kind: Int[Any, "*graph edge"]
    weight: Float[Any, "*graph edge"]
    sign: Int[Any, "*graph edge"]
    delay_s: Float[Any, "*graph edge"]
    n_neurons: int = eqx.field(static=True)

    @property
    def n_edges(self) -> int:
        """How many edges each graph has, those included that fill up."""
        return self.pre.shape[-1]


def graph_of(connectome: Connectome, kinds: Sequence[str] = EDGE_KINDS, *, least_edges: int = 0) -> Graph:
    """The edges of some kinds between different neurons, one for each kind and ordered pair, in arrays of numpy.

    Weights of several rows are summed, the sign is that of their signed sum, the delay their mean. Edges of weight 0
    are left out. Fewer than `least_edges` are filled up.
    """
    table = _merged(connectome.edges, kinds)
    return graph_from_edges(
        table["pre"].to_numpy(),
        table["post"].to_numpy(),
        table["weight"].to_numpy(),
        connectome.n_neurons,
        kind=table["kind"].to_numpy(),
        sign=table["sign"].to_numpy(),
        delay_s=table["delay_s"].to_numpy(),
        least_edges=least_edges,
    )


def graph_from_edges(
    pre: Int[np.ndarray, " edge"],
    post: Int[np.ndarray, " edge"],
    weight: Float[np.ndarray, " edge"],
    n_neurons: int,
    *,
    kind: Int[np.ndarray, " edge"] | None = None,
    sign: Int[np.ndarray, " edge"] | None = None,
    delay_s: Float[np.ndarray, " edge"] | None = None,
    least_edges: int = 0,
) -> Graph:
    """Edges in any order, each pair and kind once; without kinds all are the first, without signs all unknown."""
    n_edges = len(pre)
    kind = np.zeros(n_edges, np.int8) if kind is None else kind
    sign = np.zeros(n_edges, np.int8) if sign is None else sign
    delay_s = np.full(n_edges, np.nan, np.float32) if delay_s is None else delay_s
    order = np.lexsort((kind, pre, post))
    n_more = max(0, least_edges - n_edges)
    last = max(0, n_neurons - 1)  # where edges that fill up begin and end, so that the order holds
    ends = (_filled(values[order], n_more, last, np.int32) for values in (pre, post))
    pre, post = ends
    return Graph(
        pre,
        post,
        np.searchsorted(post, np.arange(n_neurons + 1)).astype(np.int32),
        _filled(kind[order], n_more, 0, np.int8),
        _filled(weight[order], n_more, 0, np.float32),
        _filled(sign[order], n_more, 0, np.int8),
        _filled(delay_s[order], n_more, np.nan, np.float32),
        n_neurons,
    )


def stacked(graphs: Sequence[Graph]) -> Graph:
    """Graphs of the same neurons, with the same number of edges, in one."""
    return jax.tree.map(lambda *arrays: np.stack(arrays), *graphs)


def _merged(edges: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    """One row for each kind and ordered pair."""
    used = edges["kind"].isin(list(kinds)) & (edges["pre"] != edges["post"]) & (edges["weight"] > 0)
    table = edges.loc[used, ["pre", "post", "weight", "sign", "delay_s"]].assign(
        kind=edges["kind"].cat.codes[used].astype(np.int8)
    )
    if not table.duplicated(["kind", "pre", "post"]).any():
        return table
    signed = table.assign(sign=table["sign"] * table["weight"]).groupby(["kind", "pre", "post"], sort=False)
    merged = signed.agg({"weight": "sum", "sign": "sum", "delay_s": "mean"}).reset_index()
    return merged.assign(sign=np.sign(merged["sign"]).astype(np.int8))


def _filled(values: np.ndarray, n_more: int, value: int | float, dtype: type[np.generic]) -> np.ndarray:
    return np.concatenate([values.astype(dtype), np.full(n_more, value, dtype)])
