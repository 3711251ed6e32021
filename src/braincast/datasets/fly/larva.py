"""The brain of one larval fly (Winding, Pedigo et al. 2023, doi:10.1126/science.add9330): wiring without signs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from braincast.brain.connectome import Connectome
from braincast.datasets.fly.edges import chemical, require_unique, rows_of
from braincast.datasets.fly.tables import column_names, read_columns, read_texts, require_columns
from braincast.errors import BraincastError

NAME = "larval fly brain"
# Where a synapse sits on both neurons, as columns of edges.parquet call it.
PARTS = {
    "syn_ad": "axon_dendrite",
    "syn_aa": "axon_axon",
    "syn_dd": "dendrite_dendrite",
    "syn_da": "dendrite_axon",
}
_ANATOMY = {"side": "side", "celltype": "cell_class", "annotation": "annotation", "level_7_cluster": "cluster"}


def is_larva(columns: list[str]) -> bool:
    """Whether a table's columns are those of the larva's edges."""
    return "syn" in columns and bool(set(PARTS) & set(columns))


def read_larva(edges: Path, neurons: Path | None = None) -> Connectome:
    """Neurons with `cell_class` and `side` ("" where unknown); edges of sign 0 with their four parts beside `weight`.

    The table of neurons is `neurons.parquet` beside the edges unless it is given. E106 where the parts of an edge do
    not add up to its synapses.
    """
    neurons = edges.with_name("neurons.parquet") if neurons is None else neurons
    if not neurons.is_file():
        what, fix = "its table of neurons is not beside it (expected neurons.parquet)", "Put both into one folder"
        raise BraincastError("E405", str(edges), what, fix)
    table = _neurons(neurons)
    ids = pd.Index(table["id"])
    found = read_columns(edges, {"pre": "id", "post": "id", **dict.fromkeys(("syn", *PARTS), "count")})
    pre, post = (rows_of(ids, found[end], f"{edges}: {end}") for end in ("pre", "post"))
    parts = {PARTS[part]: found[part] for part in PARTS}
    require_sum(found["syn"], parts, edges)
    return chemical(table, pre, post, found["syn"], 0, NAME, parts)


def _neurons(path: Path) -> pd.DataFrame:
    require_columns(path, ["id", "celltype"])
    held = [name for name in _ANATOMY if name in column_names(path)]
    table = read_texts(path, held).replace("None", "").rename(columns=_ANATOMY)
    ids = read_columns(path, {"id": "id"})["id"]
    require_unique(ids, f"{path}: id")
    table.insert(0, "id", ids)
    return table


def require_sum(total: np.ndarray, parts: dict[str, np.ndarray], path: Path) -> None:
    """E106 where the four parts of an edge are not its synapses."""
    differs = sum(parts.values()) != total
    if np.any(differs):
        row = int(np.argmax(differs))
        what = f"the {total[row]} synapses of row {row} are not the sum of their parts"
        raise BraincastError("E106", f"{path}: syn", what, "Get the file anew")
