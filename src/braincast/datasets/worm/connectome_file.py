"""One connectome of the wheel cect: a JSON file of cell names and square matrices, neurons picked out of all cells."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from braincast.brain.tables import EdgeKind
from braincast.datasets.worm.names import canonical
from braincast.errors import BraincastError
from braincast.files import read_member

FOLDER = "cect/cache/"
_AGAIN = "Get it again: braincast data get worm-connectomes --force"
# The 302 neurons of the hermaphrodite stand in this file and nothing else does.
_ROSTER_FILE = "RipollSanchezLongRangeReader.json"
# Not among the 300 neurons of worm-atlas.
_LEFT_OUT = frozenset({"CANL", "CANR"})


@dataclass(frozen=True, eq=False)
class ConnectomeFile:
    """What a file says about the neurons of the roster, and how much it says about other cells.

    `neurons` are those of the roster that the file names, in the roster's order; a neuron without any connection is
    not in a file. `dropped_cells` are muscles, glia, other cells and neurons of the male only.
    """

    neurons: tuple[str, ...]
    layers: Mapping[str, Float[np.ndarray, "pre post"]]
    dropped_cells: tuple[str, ...]
    dropped_edges: int
    dropped_weight: float


def roster(wheel: Path) -> list[str]:
    """The 300 neurons (302 without CANL and CANR) by their names here, sorted as in `worm-atlas`."""
    nodes = {canonical(name) for name in _document(wheel, _ROSTER_FILE)["nodes"]}
    return sorted(nodes - _LEFT_OUT)


def read_connectome(wheel: Path, file: str, layers: Sequence[str], neurons: Sequence[str]) -> ConnectomeFile:
    """The named matrices [pre, post] among `neurons`; E403 for a damaged file, E406 for one without a matrix."""
    document = _document(wheel, file)
    cells = [canonical(name) for name in document["nodes"]]
    place = {cell: index for index, cell in enumerate(cells)}
    kept = [neuron for neuron in neurons if neuron in place]
    rows = [place[neuron] for neuron in kept]
    whole = {layer: _matrix(document, layer, len(cells), f"{wheel}:{FOLDER}{file}") for layer in layers}
    inside = {layer: matrix[np.ix_(rows, rows)] for layer, matrix in whole.items()}
    n_edges = sum(int(np.count_nonzero(whole[layer])) - int(np.count_nonzero(inside[layer])) for layer in layers)
    weight = sum(float(whole[layer].sum() - inside[layer].sum()) for layer in layers)
    dropped = tuple(sorted(set(cells) - set(kept)))
    return ConnectomeFile(tuple(kept), inside, dropped, n_edges, weight)


def edge_table(read: ConnectomeFile, kinds: Mapping[str, EdgeKind]) -> pd.DataFrame:
    """One row for each edge: pre, post, kind, weight; layers of one kind are added.

    Electrical edges stand once in each direction, with the larger of the two counts where a file gives two.
    """
    summed: dict[str, np.ndarray] = {}
    for layer, matrix in read.layers.items():
        kind = kinds[layer]
        summed[kind] = summed.get(kind, 0) + (np.maximum(matrix, matrix.T) if kind == "electrical" else matrix)
    names = np.array(read.neurons, dtype=object)
    tables = []
    for kind, matrix in summed.items():
        pre, post = np.nonzero(matrix)
        tables.append(pd.DataFrame({"pre": names[pre], "post": names[post], "kind": kind, "weight": matrix[pre, post]}))
    return pd.concat(tables, ignore_index=True)


def _document(wheel: Path, file: str) -> dict:
    where = f"{wheel}:{FOLDER}{file}"
    try:
        document = json.loads(read_member(wheel, FOLDER + file))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BraincastError("E403", where, f"this is not JSON ({error})", _AGAIN) from error
    whole = isinstance(document, dict) and isinstance(document.get("connections"), dict)
    nodes = document.get("nodes") if whole else None
    if not isinstance(nodes, list) or not all(isinstance(name, str) for name in nodes):
        raise BraincastError("E406", where, "it has no list of nodes with connections", _AGAIN)
    if len({canonical(name) for name in nodes}) < len(nodes):
        raise BraincastError("E101", where, "it names a cell twice", _AGAIN)
    return document


def _matrix(document: dict, layer: str, n_cells: int, where: str) -> Float[np.ndarray, "pre post"]:
    if layer not in document["connections"]:
        raise BraincastError("E406", where, f"it has no connections of type {layer!r}", _AGAIN)
    try:
        matrix = np.array(document["connections"][layer], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BraincastError("E403", where, f"{layer} is not a matrix of numbers ({error})", _AGAIN) from error
    if matrix.shape != (n_cells, n_cells):
        what = f"{layer} has shape {matrix.shape}, but there are {n_cells} cells"
        raise BraincastError("E106", where, what, _AGAIN)
    return matrix
