"""The wiring that Shiu et al. 2024 (doi:10.1038/s41586-024-07763-9) published with their model, v630 and v783."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from braincast.brain.connectome import Connectome
from braincast.datasets.fly.annotations import annotated
from braincast.datasets.fly.edges import SignedEdges, connectome_of, require_unique
from braincast.datasets.fly.tables import column_names, read_columns, require_columns
from braincast.errors import BraincastError

ENDS = ("Presynaptic_Index", "Postsynaptic_Index")
IDS = ("Presynaptic_ID", "Postsynaptic_ID")
SIGNED = "Excitatory x Connectivity"


def is_published(columns: list[str]) -> bool:
    """Whether a table's columns are those of the published connectivity."""
    return set(ENDS) <= set(columns) or SIGNED in columns


def read_published(connectivity: Path, completeness: Path | None = None) -> Connectome:
    """Neurons in the published order, with what annotations lie beside; edges with the published signs and counts.

    The table of neurons, `completeness`, is the one beside the edges unless it is given.
    """
    edges = read_published_edges(connectivity, completeness)
    version = "".join(re.findall(r"783|630", connectivity.name)[:1])
    neurons = annotated(edges.ids, connectivity.parent)
    return connectome_of(edges, neurons, f"fly brain v{version}" if version else f"fly brain {connectivity.stem}")


def read_published_edges(connectivity: Path, completeness: Path | None = None) -> SignedEdges:
    """Rows of both ends and signed counts, checked against the neurons of the completeness table beside.

    E405 without that table, E101 for a neuron listed twice, E102 for an edge to a neuron beyond the list or whose id is
    another than the list's at its row, as where tables of two versions are mixed.
    """
    require_columns(connectivity, [*ENDS, SIGNED])
    ids = _ids(_completeness(connectivity) if completeness is None else completeness)
    columns = read_columns(connectivity, {ENDS[0]: "row", ENDS[1]: "row", SIGNED: "signed"})
    edges = SignedEdges([str(number) for number in ids], columns[ENDS[0]], columns[ENDS[1]], columns[SIGNED])
    for index, name, rows in zip(ENDS, IDS, edges[1:3], strict=True):
        _require_known(rows, len(ids), f"{connectivity}: {index}")
        if name in column_names(connectivity):
            _require_same_ids(ids, rows, read_columns(connectivity, {name: "id"})[name], f"{connectivity}: {name}")
    return edges


def _completeness(connectivity: Path) -> Path:
    """The table of neurons beside: `Completeness_783.csv` for `Connectivity_783.parquet`, and so for other versions."""
    stem = connectivity.name.removesuffix(connectivity.suffix)
    version = re.findall(r"783|630", stem)
    found = sorted(path for path in connectivity.parent.glob("*.csv") if "completeness" in path.name.lower())
    fitting = [path for path in found if not version or version[0] in path.name]
    if len(fitting) == 1:
        return fitting[0]
    wanted = re.sub("onnectivity", "ompleteness", stem, flags=re.IGNORECASE) + ".csv"
    what = f"{len(fitting)} tables of its neurons lie beside it (expected {wanted})"
    raise BraincastError("E405", str(connectivity), what, "Put that one file of the same release into the folder")


def _ids(completeness: Path) -> np.ndarray:
    """Root ids in index order: the first column, which has no name as published."""
    first = column_names(completeness)[0]
    ids = read_columns(completeness, {first: "id"})[first]
    require_unique(ids, f"{completeness}: neurons")
    return ids


def _require_known(rows: np.ndarray, n_neurons: int, where: str) -> None:
    if len(rows) and (rows.min() < 0 or rows.max() >= n_neurons):
        bad = (rows < 0) | (rows >= n_neurons)
        what = (
            f"{int(rows[int(np.argmax(bad))])} is no row of the {n_neurons:,} neurons ({int(bad.sum()):,} such edges)"
        )
        raise BraincastError("E102", f"{where}[{int(np.argmax(bad))}]", what, "Use both files of one release")


def _require_same_ids(ids: np.ndarray, rows: np.ndarray, stated: np.ndarray, where: str) -> None:
    for start in range(0, len(rows), 1 << 20):
        part = slice(start, start + (1 << 20))
        differs = ids[rows[part]] != stated[part]
        if differs.any():
            row = start + int(np.argmax(differs))
            what = f"the neuron is {stated[row]}, but {ids[rows[row]]} stands in the list at its row {rows[row]}"
            raise BraincastError("E102", f"{where}[{row}]", what, "Use both files of one release")
