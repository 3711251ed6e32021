"""Connectomes from lists of edges, with columns called as the field calls them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from braincast.brain.connectome import Connectome
from braincast.brain.tables import EDGE_KINDS, column_of
from braincast.datasets.readers.columns import first_text, numbers_of, values_of
from braincast.datasets.readers.vocabulary import (
    ANATOMY,
    KIND_WORDS,
    KINDS,
    NEURONS,
    POST,
    PRE,
    SIGNS,
    WEIGHTS,
    first_of,
    plain,
)
from braincast.errors import BraincastError

_TABLES = ("neurons.parquet", "neurons.csv", "neurons.tsv")


def is_edges(columns: Iterable[object]) -> bool:
    """Whether columns name both ends of an edge."""
    names = [str(column) for column in columns]
    return first_of(PRE, names) is not None and first_of(POST, names) is not None


def connectome_of_edges(table: pd.DataFrame, path: Path) -> Connectome:
    """Edges summed over rows with the same ends, kind and sign; neurons in the order in which they first occur.

    A table of neurons beside the file (`neurons.parquet`, `.csv` or `.tsv`) gives order and anatomy where it holds all
    neurons. E103 for weights, E107 for kinds and signs.
    """
    names = [str(column) for column in table.columns]
    pre, post = (_ids(table, str(first_of(words, names)), path) for words in (PRE, POST))
    weight = first_of(WEIGHTS, names)
    weights = np.ones(len(table)) if weight is None else _weights(column_of(table, weight), path)
    edges = pd.DataFrame(
        {
            "pre": pre,
            "post": post,
            "kind": _kinds(table, first_of(KINDS, names), path),
            "sign": np.where(weights < 0, -1, _signs(table, first_of(SIGNS, names), path)),
            "weight": np.abs(weights),
        }
    )
    summed: Any = edges.groupby(["pre", "post", "kind", "sign"], sort=False, as_index=False)["weight"].sum()
    neurons = _neurons([*dict.fromkeys([*pre, *post])], path)
    unit = "synapses" if weight is not None and "syn" in plain(weight) else "stated weight"
    return Connectome.from_edges(
        neurons,
        summed["pre"],
        summed["post"],
        kind=summed["kind"],
        weight=summed["weight"],
        sign=summed["sign"],
        name=path.stem,
        weight_unit=unit,
    )


def _ids(table: pd.DataFrame, name: str, path: Path) -> list[str]:
    column = column_of(table, name)
    if column.dtype.kind == "f":
        what = f"column {name!r} holds floating-point numbers, which lose digits of ids"
        raise BraincastError("E107", str(path), what, "Write ids as text or whole numbers, none missing")
    if (empty := np.asarray(column.isna())).any():
        what = f"column {name!r}, row {int(np.argmax(empty)) + 1} is empty"
        raise BraincastError("E107", str(path), what, "Name both ends of every edge")
    return [str(value) for value in column]


def _kinds(table: pd.DataFrame, name: str | None, path: Path) -> Any:
    if name is None:
        return "chemical"
    kinds = [KIND_WORDS.get(plain(value), str(value)) for value in column_of(table, name)]
    unknown = next((kind for kind in kinds if kind not in EDGE_KINDS), None)
    if unknown is not None:
        what = f"column {name!r}: {unknown!r} is no kind of edge"
        raise BraincastError("E107", str(path), what, f"Use one of {', '.join(EDGE_KINDS)}")
    return kinds


def _signs(table: pd.DataFrame, name: str | None, path: Path) -> Any:
    if name is None:
        return 0
    if (row := first_text(column_of(table, name))) is not None:
        what = f"column {name!r}, row {row + 1}: {column_of(table, name).iloc[row]!r} is no sign"
        raise BraincastError("E107", str(path), what, "Use 1, -1, and 0 or an empty cell where it is not known")
    return np.sign(np.nan_to_num(numbers_of(column_of(table, name)))).astype(np.int8)


def _weights(column: pd.Series, path: Path) -> np.ndarray:
    numbers = numbers_of(column)
    if not np.isfinite(numbers).all():
        row = int(np.argmax(~np.isfinite(numbers)))
        what = f"column {column.name!r}, row {row + 1}: {column.iloc[row]!r} is no weight"
        raise BraincastError("E103", str(path), what, "Give finite numbers; a negative one is an inhibitory edge")
    return numbers


def _neurons(ids: list[str], path: Path) -> pd.DataFrame:
    """The table beside the edges where it knows every neuron, else the bare ids."""
    for name in _TABLES:
        beside = path.with_name(name)
        found = _neuron_table(beside) if beside.is_file() and beside != path else None
        if found is not None and set(ids) <= set(found["id"]):
            return found
    return pd.DataFrame({"id": ids})


def _neuron_table(path: Path) -> pd.DataFrame | None:
    try:
        separator = "\t" if path.suffix == ".tsv" else ","
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, sep=separator, dtype=str)
    except (AttributeError, LookupError, OSError, TypeError, ValueError):
        return None  # it is no part of what was asked for
    name = first_of(("id", *NEURONS), [str(column) for column in table.columns])
    ids = [] if name is None else values_of(table, name)
    if name is None or pd.isna(ids).any() or len(set(ids)) < len(ids):
        return None
    columns: dict[str, Any] = {"id": [str(value) for value in ids]}
    for column in table.columns:
        known = ANATOMY.get(plain(column))
        if known is None or known in columns or column == name:
            continue
        if known.endswith("_um"):
            columns[known] = numbers_of(column_of(table, column))
        else:
            columns[known] = ["" if pd.isna(value) else str(value) for value in values_of(table, column)]
    return pd.DataFrame(columns)
