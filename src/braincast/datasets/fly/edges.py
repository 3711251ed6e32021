"""Edges as published tables give them, made into a Connectome without a second copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.brain.connectome import EDGE_KINDS, Connectome
from braincast.brain.naming import unique_names
from braincast.errors import BraincastError

_EXACT = 1 << 24  # whole numbers up to here are exact in 32 bits


class SignedEdges(NamedTuple):
    """Ids of neurons in order; for each edge the rows of both ends and its synapses, negative where it inhibits."""

    ids: list[str]
    pre: Int[np.ndarray, " edge"]
    post: Int[np.ndarray, " edge"]
    count: Int[np.ndarray, " edge"]


def connectome_of(edges: SignedEdges, neurons: pd.DataFrame, name: str) -> Connectome:
    """Chemical edges weighted by synapse count, the sign apart."""
    sign = np.sign(edges.count).astype(np.int8)
    return chemical(neurons, edges.pre, edges.post, np.abs(edges.count), sign, name)


def chemical(
    neurons: pd.DataFrame,
    pre: Int[np.ndarray, " edge"],
    post: Int[np.ndarray, " edge"],
    weight: np.ndarray,
    sign: Int[np.ndarray, " edge"] | int,
    name: str,
    further: Mapping[str, np.ndarray] | None = None,
) -> Connectome:
    """A connectome of chemical edges between rows of `neurons`; the arrays are taken over, not copied."""
    n_edges = len(pre)
    columns: dict[str, Any] = {
        "pre": pre,
        "post": post,
        "kind": pd.Categorical.from_codes(np.zeros(n_edges, np.int8), categories=list(EDGE_KINDS)),
        "weight": weight.astype(np.float64 if weight.max(initial=0) > _EXACT else np.float32, copy=False),
        "sign": np.broadcast_to(np.int8(sign), n_edges) if isinstance(sign, int) else sign,
        "delay_s": np.full(n_edges, np.nan, np.float32),
        **(further or {}),
    }
    return Connectome(neurons, pd.DataFrame(columns, copy=False), name)


def require_unique(ids: np.ndarray, where: str) -> None:
    """E101 for an id that occurs twice."""
    if len(pd.unique(ids)) < len(ids):
        unique_names(ids.tolist(), where)


def rows_of(known: pd.Index, ids: np.ndarray, where: str, first_row: int = 0) -> Int[np.ndarray, " edge"]:
    """The row of each id in `known`; E102 for one that is not there."""
    rows = known.get_indexer(pd.Index(ids)).astype(np.int32)
    if len(rows) and rows.min() < 0:
        bad = rows < 0
        row = int(np.argmax(bad))
        what = f"{ids[row]} is not among the {len(known):,} neurons ({int(bad.sum()):,} such edges)"
        raise BraincastError(
            "E102", f"{where}[{first_row + row}]", what, "Use tables of one release, or a complete list of neurons"
        )
    return rows
