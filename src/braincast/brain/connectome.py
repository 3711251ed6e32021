"""The connectome: a table of neurons and a sparse table of edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import SupportsFloat, SupportsInt

import numpy as np
import pandas as pd
from jaxtyping import Int
from scipy import sparse

from braincast import files
from braincast.brain.display import html_card, text_card
from braincast.brain.folders import field, read_header, read_table, write_header, write_table
from braincast.brain.naming import positions, stated_unit, unique_names
from braincast.brain.tables import EDGE_COLUMNS, EDGE_KINDS, EdgeKind, checked_edges, checked_neurons
from braincast.errors import BraincastError

__all__ = ["EDGE_COLUMNS", "EDGE_KINDS", "Connectome", "EdgeKind"]


@dataclass(frozen=True, eq=False, repr=False)
class Connectome:
    """Neurons and the edges between them.

    `neurons` has a row per neuron and a unique string column `id`; known further columns are `cell_class`, `region`,
    `side`, `transmitter`, `x_um`, `y_um`, `z_um`, `morphology` and `is_glia`. `edges` has the columns of
    `EDGE_COLUMNS`: `pre` and `post` are row numbers of `neurons`, `kind` is one of `EDGE_KINDS`, `weight` is ≥ 0
    (synapse counts, unless `weight_unit` says otherwise), `sign` is -1, 0 (unknown) or +1, `delay_s` may be NaN
    (unknown). Electrical edges are stored once in each direction. Further columns of either table are kept.

    Both tables are checked and copied shallowly at construction: types are settled (ids text; pre, post int32; kind
    a category; weight float32 or float64; sign int8; delay_s float32) and the caller's tables stay as they were.
    Errors: E101 duplicate id, E102 edge to an unknown neuron, E103 weight, E105 unit, E107 kind, sign, delay or
    empty id, E108 missing column.

    >>> pair = Connectome.from_edges(["ASEL", "AIYL"], pre=["ASEL"], post=["AIYL"], weight=13)
    >>> pair.adjacency().toarray()
    array([[ 0., 13.],
           [ 0.,  0.]])
    """

    neurons: pd.DataFrame
    edges: pd.DataFrame
    name: str = "connectome"
    weight_unit: str = "synapses"

    def __post_init__(self) -> None:
        neurons = checked_neurons(self.neurons)
        object.__setattr__(self, "neurons", neurons)
        object.__setattr__(self, "edges", checked_edges(self.edges, len(neurons)))
        object.__setattr__(self, "weight_unit", stated_unit(self.weight_unit, "connectome.weight_unit"))

    @classmethod
    def from_edges(
        cls,
        neurons: pd.DataFrame | Sequence[str],
        pre: Iterable[str],
        post: Iterable[str],
        *,
        kind: EdgeKind | Iterable[str] = "chemical",
        weight: SupportsFloat | Iterable[SupportsFloat] = 1.0,
        sign: SupportsInt | Iterable[SupportsInt] = 0,
        delay_s: SupportsFloat | Iterable[SupportsFloat] = np.nan,
        name: str = "connectome",
        weight_unit: str = "synapses",
    ) -> Connectome:
        """A connectome from neuron ids at both ends of each edge; an id that is not in the table is E102.

        `kind`, `weight`, `sign` and `delay_s` are one value for all edges or one for each; other lengths are E106.
        """
        table = checked_neurons(neurons if isinstance(neurons, pd.DataFrame) else pd.DataFrame({"id": list(neurons)}))
        ids = table["id"].tolist()
        ends = {"pre": positions(ids, pre, "pre"), "post": positions(ids, post, "post")}
        given = {"kind": kind, "weight": weight, "sign": sign, "delay_s": delay_s}
        columns = ends | {column: _for_each_edge(value, len(ends["pre"])) for column, value in given.items()}
        _require_equal_lengths(columns)
        return cls(table, pd.DataFrame(columns), name, weight_unit)

    @property
    def neuron_ids(self) -> list[str]:
        """Ids in the order of the table."""
        return self.neurons["id"].tolist()

    @property
    def n_neurons(self) -> int:
        """Rows of the neuron table."""
        return len(self.neurons)

    @property
    def n_edges(self) -> int:
        """Rows of the edge table, all kinds together."""
        return len(self.edges)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The edge kinds that occur, in the order of `EDGE_KINDS`."""
        counts = np.bincount(self.edges["kind"].cat.codes, minlength=len(EDGE_KINDS))
        return tuple(kind for kind, count in zip(EDGE_KINDS, counts, strict=True) if count)

    def index_of(self, ids: Iterable[str]) -> Int[np.ndarray, " n"]:
        """Row numbers of neurons by id; an unknown id is E102."""
        return positions(self.neuron_ids, ids, "ids")

    def adjacency(self, kind: EdgeKind | None = None, *, signed: bool = False) -> sparse.csr_array:
        """Summed weights as a sparse float64 matrix [pre, post]; of one kind or, with None, of all.

        `signed` multiplies each weight by its sign, so that edges of unknown sign (0) drop out.
        """
        edges = self.edges if kind is None else self.edges.loc[self._is_kind(kind)]
        weights = edges["weight"].to_numpy(np.float64)
        if signed:
            weights = weights * edges["sign"].to_numpy()
        ends = (edges["pre"].to_numpy(), edges["post"].to_numpy())
        matrix = sparse.csr_array((weights, ends), shape=(self.n_neurons, self.n_neurons))
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return matrix

    def subgraph(self, ids: Iterable[str]) -> Connectome:
        """The given neurons, in the given order, and the edges among them; E101 for a repeated id, E102 if unknown."""
        rows = self.index_of(unique_names(ids, "ids"))
        new_row = np.full(self.n_neurons, -1, np.int32)
        new_row[rows] = np.arange(len(rows), dtype=np.int32)
        pre, post = new_row[self.edges["pre"].to_numpy()], new_row[self.edges["post"].to_numpy()]
        inside = (pre >= 0) & (post >= 0)
        edges = self.edges[inside].assign(pre=pre[inside], post=post[inside])
        return Connectome(self.neurons.iloc[rows], edges, self.name, self.weight_unit)

    def with_edges(self, edges: pd.DataFrame, name: str | None = None) -> Connectome:
        """The same neurons with other edges (how nulls are made)."""
        return Connectome(self.neurons, edges, self.name if name is None else name, self.weight_unit)

    def save(self, path: Path | str, *, force: bool = False) -> None:
        """Write a folder with two parquet tables and a manifest; an existing one is E501 unless `force`."""
        with files.new_folder(Path(path), force=force, what="connectome") as folder:
            write_table(folder, "neurons", self.neurons)
            write_table(folder, "edges", self.edges)
            write_header(folder, "connectome", {"name": self.name, "weight_unit": self.weight_unit})

    @classmethod
    def load(cls, path: Path | str, *, check: bool = True) -> Connectome:
        """Read what `save` wrote, compared with its manifest first (E201–E203, E210, E213) unless `check` is off."""
        folder = Path(path)
        if check:
            files.check_manifest(folder)
        found = read_header(folder, "connectome")
        tables = (read_table(folder, "neurons"), read_table(folder, "edges"))
        return cls(*tables, *(field(found, name, folder, str) for name in ("name", "weight_unit")))

    def __repr__(self) -> str:
        return text_card("Connectome", self.name, self._facts())

    def _repr_html_(self) -> str:
        return html_card("Connectome", self.name, self._facts())

    def _is_kind(self, kind: str) -> np.ndarray:
        if kind not in EDGE_KINDS:
            fix = f"Use one of {', '.join(EDGE_KINDS)}"
            raise BraincastError("E107", "kind", f"there is no edge kind {kind!r}", fix)
        return self.edges["kind"].cat.codes.to_numpy() == EDGE_KINDS.index(kind)

    def _facts(self) -> dict[str, object]:
        codes = self.edges["kind"].cat.codes.to_numpy()
        weights = self.edges["weight"].to_numpy()
        totals = np.bincount(codes, weights=weights, minlength=len(EDGE_KINDS))
        counts = np.bincount(codes, minlength=len(EDGE_KINDS))
        by_kind = {
            kind: f"{count:,} edges of total weight {total:,.10g}"
            for kind, count, total in zip(EDGE_KINDS, counts, totals, strict=True)
            if count
        }
        return {"neurons": self.n_neurons, "edges": self.n_edges, **by_kind, "weight unit": self.weight_unit}


def _for_each_edge(value: object, n_edges: int) -> object:
    """A scalar repeated for all edges, or the values given for each."""
    if isinstance(value, str | int | float | np.number):
        return np.full(n_edges, value, dtype=object if isinstance(value, str) else None)
    return value if hasattr(value, "__len__") else list(value)  # pyright: ignore[reportArgumentType]


def _require_equal_lengths(columns: dict[str, object]) -> None:
    n_edges = len(columns["pre"])  # pyright: ignore[reportArgumentType]
    for name, column in columns.items():
        found = len(column)  # pyright: ignore[reportArgumentType]
        if found != n_edges:
            what = f"{found} values for {n_edges} edges"
            raise BraincastError("E106", name, what, "Give one value, or one for each edge")
