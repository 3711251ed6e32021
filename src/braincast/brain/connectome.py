"""The connectome: a table of neurons and a sparse table of edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from jaxtyping import Int
from scipy import sparse

from braincast.errors import BraincastError

EdgeKind = Literal["chemical", "electrical", "peptidergic", "monoaminergic", "tract"]
EDGE_KINDS: tuple[str, ...] = get_args(EdgeKind)
EDGE_COLUMNS = ("pre", "post", "kind", "weight", "sign", "delay_s")


@dataclass(frozen=True, eq=False)
class Connectome:
    """Neurons and the edges between them.

    `neurons` has a row per neuron and a unique string column `id`; known further columns are `cell_class`, `region`,
    `side`, `transmitter`, `x_um`, `y_um`, `z_um`, `morphology` and `is_glia`. `edges` has the columns of
    `EDGE_COLUMNS`: `pre` and `post` are row numbers of `neurons`, `kind` is one of `EDGE_KINDS`, `weight` is ≥ 0
    (synapse counts, unless `weight_unit` says otherwise), `sign` is -1, 0 (unknown) or +1, `delay_s` may be NaN
    (unknown). Electrical edges are stored once in each direction.
    """

    neurons: pd.DataFrame
    edges: pd.DataFrame
    name: str = "connectome"
    weight_unit: str = "synapses"

    def __post_init__(self) -> None:
        # validated: see _check_neurons and _check_edges
        ...

    @classmethod
    def from_edges(
        cls,
        neurons: pd.DataFrame | Sequence[str],
        pre: Iterable[str],
        post: Iterable[str],
        *,
        kind: EdgeKind | Iterable[str] = "chemical",
        weight: float | Iterable[float] = 1.0,
        sign: int | Iterable[int] = 0,
        delay_s: float | Iterable[float] = np.nan,
        name: str = "connectome",
        weight_unit: str = "synapses",
    ) -> Connectome:
        """A connectome from neuron ids at both ends of each edge; an id that is not in the table is E102."""
        ...

    @property
    def neuron_ids(self) -> list[str]: ...

    @property
    def n_neurons(self) -> int: ...

    @property
    def n_edges(self) -> int: ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """The edge kinds that occur, in the order of `EDGE_KINDS`."""
        ...

    def index_of(self, ids: Iterable[str]) -> Int[np.ndarray, " n"]:
        """Row numbers of neurons by id; an unknown id is E102."""
        ...

    def adjacency(self, kind: EdgeKind | None = None, *, signed: bool = False) -> sparse.csr_array:
        """Summed weights as a sparse float64 matrix [pre, post]; of one kind or, with None, of all."""
        ...

    def subgraph(self, ids: Iterable[str]) -> Connectome:
        """The given neurons, in the given order, and the edges among them."""
        ...

    def with_edges(self, edges: pd.DataFrame, name: str | None = None) -> Connectome:
        """The same neurons with other edges (how nulls are made)."""
        ...

    def save(self, path: Any) -> None: ...

    @classmethod
    def load(cls, path: Any) -> Connectome: ...
