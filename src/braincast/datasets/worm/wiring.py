"""The anatomical wiring: the merged connectome of the wheel, its four series, and signs from Fenyves et al. 2020."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from braincast.brain.connectome import Connectome
from braincast.datasets.worm.archive import read_hdf5, read_rows
from braincast.datasets.worm.names import canonical
from braincast.datasets.worm.signs import SIGN

# Electron-microscopy series that the merged connectome sums: name → file.
SERIES = {
    "white-whole": "aconnectome_white_1986_whole.csv",
    "white-l4": "aconnectome_white_1986_L4.csv",
    "witvliet-7": "aconnectome_witvliet_2020_7.csv",
    "witvliet-8": "aconnectome_witvliet_2020_8.csv",
}


def merged_edges(wheel: Path, neuron_ids: list[str], signs: pd.DataFrame) -> pd.DataFrame:
    """Chemical and electrical edges of the wheel's default connectome, as given there: pre, post, kind, weight, sign.

    Weights are synapse (and gap-junction) counts summed over four series. The file's matrices are [post, pre]. It has
    a known fault, kept here because known figures rest on it: see `repaired`.
    """
    file = read_hdf5(wheel, "aconnectome_default.h5", ["chem", "gap"])
    kinds = {"chemical": file["chem"].T, "electrical": file["gap"].T}
    return _signed(pd.concat([_edges(kind, m, neuron_ids) for kind, m in kinds.items()], ignore_index=True), signs)


def series_edges(wheel: Path, neuron_ids: list[str]) -> pd.DataFrame:
    """Edges of each of the four series among the 300 neurons: pre, post, kind, synapses, series.

    Muscles, glia and other cells are left out. Electrical edges stand once in each direction; where a series lists
    both directions, the larger count is taken for both.
    """
    known = set(neuron_ids)
    tables = [_one_series(read_rows(wheel, file, "\t"), known, name) for name, file in SERIES.items()]
    return pd.concat(tables, ignore_index=True)


def repaired(connectome: Connectome, series: pd.DataFrame, signs: pd.DataFrame) -> Connectome:
    """The connectome with its chemical and electrical edges summed anew from the four series.

    In the merged file every synapse with a cell it could not name (muscles, glia, both AWC neurons) fell to the last
    neuron of the list: VD9 has 4,427 chemical synapses too many there, and the 604 of AWCOFF and AWCON are missing.
    `series` and `signs` are the dataset's tables `series_edges` and `synapse_signs`.
    """
    wired = _signed(_per_edge(series, "sum").rename(columns={"synapses": "weight"}), signs)
    ids = np.array(connectome.neuron_ids)
    others = connectome.edges.loc[~connectome.edges["kind"].isin(["chemical", "electrical"])]
    extrasynaptic = pd.DataFrame(
        {
            "pre": ids[others["pre"]],
            "post": ids[others["post"]],
            "kind": others["kind"].astype(str),
            "weight": others["weight"].to_numpy(float),
            "sign": 0,
        }
    )
    return build(connectome.neurons, [wired, extrasynaptic], f"{connectome.name}, repaired")


def build(neurons: pd.DataFrame, edges: list[pd.DataFrame], name: str) -> Connectome:
    """A connectome from edge tables by neuron id (pre, post, kind, weight, sign)."""
    table = pd.concat(edges, ignore_index=True)
    kind, weight, sign = (table[column].tolist() for column in ("kind", "weight", "sign"))
    return Connectome.from_edges(neurons, table["pre"], table["post"], kind=kind, weight=weight, sign=sign, name=name)


def _edges(kind: str, matrix: np.ndarray, neuron_ids: list[str]) -> pd.DataFrame:
    """The non-zero entries of a [pre, post] matrix."""
    pre, post = np.nonzero(matrix)
    ids = np.array(neuron_ids)
    return pd.DataFrame({"pre": ids[pre], "post": ids[post], "kind": kind, "weight": matrix[pre, post]})


def _signed(edges: pd.DataFrame, signs: pd.DataFrame) -> pd.DataFrame:
    """With a column `sign`: predicted for chemical edges, 0 where complex, not predicted, or not in the table."""
    of_pair = {
        (pre, post): SIGN[p] for pre, post, p in zip(signs["pre"], signs["post"], signs["prediction"], strict=True)
    }
    chemical = edges["kind"] == "chemical"
    predicted = [of_pair.get(pair, 0) for pair in zip(edges["pre"], edges["post"], strict=True)]
    return edges.assign(sign=np.where(chemical, predicted, 0))


def _one_series(rows: list[list[str]], known: set[str], series: str) -> pd.DataFrame:
    """Rows of pre, post, kind, count (the first is a header), neurons only, electrical edges in both directions."""
    edges = [(canonical(pre), canonical(post), kind, int(count)) for pre, post, kind, count in rows[1:]]
    kept = [edge for edge in edges if edge[0] in known and edge[1] in known and edge[3] > 0]
    counted = _per_edge(pd.DataFrame(kept, columns=["pre", "post", "kind", "synapses"]), "sum")
    mirrored = counted.query("kind == 'electrical'").rename(columns={"pre": "post", "post": "pre"})
    return _per_edge(pd.concat([counted, mirrored], ignore_index=True), "max").assign(series=series)


def _per_edge(table: pd.DataFrame, combine: Literal["sum", "max"]) -> pd.DataFrame:
    return table.pivot_table(index=["pre", "post", "kind"], values="synapses", aggfunc=combine).reset_index()
