"""The larval brain as Supplementary Data S1 of Winding et al. 2023 has it: square matrices, senders in rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from braincast.brain.connectome import Connectome
from braincast.datasets.fly.edges import chemical, require_unique, rows_of
from braincast.datasets.fly.larva import NAME, PARTS, require_sum
from braincast.datasets.fly.tables import column_names, read_columns, read_texts, suffix_of
from braincast.errors import BraincastError

_SUFFIX = "_connectivity_matrix.csv"
_WHOLE = "all-all"
_PARTS = {name.removeprefix("syn_"): column for name, column in PARTS.items()}
_PAIRS = {"left": "left_id", "right": "right_id"}
_ANATOMY = {"celltype": "cell_class", "additional_annotations": "annotation", "level_7_cluster": "cluster"}


def is_matrix(columns: list[str]) -> bool:
    """Whether a table's columns are those of a matrix between neurons: a nameless one, then numbers."""
    return len(columns) > 1 and columns[0] in ("", "Unnamed: 0") and all(map(str.isdigit, columns[1:]))


def matrices_in(folder: Path) -> list[Path]:
    """The matrices of a folder, that of all synapses first."""
    names = [_WHOLE, *_PARTS]
    return [path for name in names if (path := folder / f"{name}{_SUFFIX}").is_file()]


def read_matrices(matrix: Path) -> Connectome:
    """The wiring in the folder of one of the matrices: edges of sign 0, with their four parts where those are there.

    Cell types and sides are those of `annotations.csv` or Supplementary Data S2, there or one folder up.
    E106 for a matrix that is not square or for parts that do not add up, E102 for a neuron that the whole has not.
    """
    found = {path.name.removesuffix(_SUFFIX): path for path in matrices_in(matrix.parent)} or {_WHOLE: matrix}
    ids, first = _read(next(iter(found.values())))
    known = pd.Index(ids)
    parts = {_PARTS[name]: _aligned(path, known) for name, path in found.items() if name in _PARTS}
    whole = first if _WHOLE in found else np.sum(list(parts.values()), axis=0)
    pre, post = (ends.astype(np.int32) for ends in np.nonzero(whole))
    counts = {name: part[pre, post] for name, part in parts.items()}
    if len(parts) == len(_PARTS):
        require_sum(whole[pre, post], counts, matrix)
    return chemical(_neurons(ids, matrix.parent), pre, post, whole[pre, post], 0, NAME, counts)


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Ids in the order of the rows, and counts [sender, receiver] in that order."""
    names = column_names(path)
    found = read_columns(path, {names[0]: "id", **dict.fromkeys(names[1:], "count")})
    ids = found.pop(names[0])
    require_unique(ids, f"{path}: rows")
    receivers = np.array([int(name) for name in names[1:]])
    if len(receivers) != len(ids) or set(receivers.tolist()) != set(ids.tolist()):
        what = f"its {len(ids):,} rows and {len(receivers):,} columns are not the same neurons"
        raise BraincastError("E106", str(path), what, "Get the file anew; it may be cut short")
    counts = np.stack([found[name] for name in names[1:]], axis=1)
    return ids, counts[:, pd.Index(receivers).get_indexer(pd.Index(ids))]


def _aligned(path: Path, known: pd.Index) -> np.ndarray:
    """The counts of one part in the order of the whole, 0 for neurons that it does not list."""
    ids, counts = _read(path)
    rows = rows_of(known, ids, f"{path}: rows")
    whole = np.zeros((len(known), len(known)), np.int32)
    whole[np.ix_(rows, rows)] = counts
    return whole


def _neurons(ids: np.ndarray, folder: Path) -> pd.DataFrame:
    table = pd.DataFrame({"id": ids})
    places = [path for place in (folder, folder.parent) for path in sorted(place.glob("*.csv"))]
    listed = next((path for path in places if _is_annotations(path)), None)
    if listed is None:
        return table
    pairs = read_texts(listed, [*_PAIRS.values(), *_ANATOMY])
    said: dict[str, dict[str, Any]] = {}
    for side, column in _PAIRS.items():
        for row in pairs.to_dict("records"):
            said[row[column]] = {"side": side, **{name: row[held] for held, name in _ANATOMY.items()}}
    rows = [said.get(str(number), {}) for number in ids.tolist()]
    for name in ("side", *_ANATOMY.values()):
        table[name] = [row.get(name, "") for row in rows]
    return table


def _is_annotations(path: Path) -> bool:
    return (
        not re.search(re.escape(_SUFFIX), path.name)
        and bool(suffix_of(path))
        and {
            *_PAIRS.values(),
            *_ANATOMY,
        }
        <= set(column_names(path))
    )
