"""What is known of neurons beside their wiring, from the tables that lie in the same folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from braincast.datasets.fly.edges import require_unique
from braincast.datasets.fly.signs import short_names
from braincast.datasets.fly.tables import Kind, column_names, read_columns, suffix_of
from braincast.errors import BraincastError

_CLASSES = ("super_class", "superclass")
_TRANSMITTERS = (
    *("nt_type", "consensus_nt", "consensusNt", "predicted_nt", "predictedNt", "top_nt"),
    "neurotransmitter_predicted",
)
_TYPES = ("primary_type", "cell_type", "type")
# Columns of FlyWire Codex, of Schlegel et al. 2024, of neuPrint, of the male CNS and BANC: the first one that is there.
_TEXTS = {
    "cell_class": ("class", "cell_class"),
    "super_class": _CLASSES,
    "cell_type": _TYPES,
    "side": ("side", "somaSide", "soma_side", "rootSide"),
    "transmitter": _TRANSMITTERS,
    "region": ("region",),
    "flow": ("flow",),
    "hemilineage": ("hemilineage", "ito_lee_hemilineage"),
}
_IDS = ("root_id", "bodyId", "body", "bodyid")
_SIDES = {"l": "left", "r": "right", "m": "midline", "c": "midline", "center": "midline"}
# nm for one step along each axis, of a position in one text (Codex: nm; male CNS: voxels) or in three columns (FAFB).
_PLACES = {("position",): (1, 1, 1), ("somaLocation",): (8, 8, 8), ("pos_x", "pos_y", "pos_z"): (4, 4, 40)}
_LIKELY = ("neuron", "classif", "type", "coord", "annot", "transmitter", "meta")


def annotated(ids: list[str], folder: Path) -> pd.DataFrame:
    """A table of neurons in the given order with what the folder's tables say of them: "" and NaN where nothing."""
    table = pd.DataFrame({"id": ids})
    index = pd.Index(np.array(ids, np.int64))
    for path in _tables_of_neurons(folder):
        for name, values in _columns(path, index):
            if name not in table or (name in _TEXTS and not any(table[name])):
                table[name] = values
    return table


def neuron_list(folder: Path, *, only_classified: bool) -> list[str] | None:
    """Ids of the neurons in the order of the table that classifies them; None without such a table.

    `only_classified` leaves out bodies without a class, which are fragments. E101 for an id that occurs twice.
    """
    tables = [path for path in _tables_of_neurons(folder) if _rank(path) < len(_RANKS)]
    if not tables:
        return None
    columns = column_names(tables[0])
    name, label = str(_id_column(tables[0])), next((word for word in _CLASSES if word in columns), None)
    kinds: dict[str, Kind] = {name: "id"}
    if label and only_classified:
        kinds[label] = "text"
    found = read_columns(tables[0], kinds)
    ids = found[name][found[label] != ""] if label in found else found[name]
    require_unique(ids, f"{tables[0]}: {name}")
    return [str(number) for number in ids.tolist()]


_RANKS = (_CLASSES, _TRANSMITTERS, _TYPES)


def _rank(path: Path) -> int:
    columns = set(column_names(path))
    return next((rank for rank, names in enumerate(_RANKS) if columns & set(names)), len(_RANKS))


def _tables_of_neurons(folder: Path) -> list[Path]:
    """Tables with a row for each neuron, those first that classify them."""
    found = [path for path in sorted(folder.iterdir()) if path.is_file() and suffix_of(path)]
    return sorted((path for path in found if _id_column(path) is not None), key=_rank)


def _id_column(path: Path) -> str | None:
    """The column of a table of neurons that names them; None for another table, or one that cannot be read.

    A table that by its name may be one of neurons must be readable: without it signs could be lost unnoticed.
    """
    try:
        columns = column_names(path)
    except BraincastError:
        if any(word in path.name.lower() for word in _LIKELY):
            raise
        return None
    if any(name.startswith(("pre_", "post_", "body_pre", "bodyId_pre")) or name in ("pre", "post") for name in columns):
        return None
    compiled = (name for name in columns[:1] if name.endswith("_id") and "meta" in path.name)
    return next((name for name in _IDS if name in columns), next(compiled, None))


def _columns(path: Path, index: pd.Index) -> Iterator[tuple[str, Any]]:
    """What one table says of the neurons of `index`: name and values of each column that is known here."""
    columns = column_names(path)
    ids = str(_id_column(path))
    texts = {name: held for name, words in _TEXTS.items() if (held := next((w for w in words if w in columns), None))}
    place = next((names for names in _PLACES if set(names) <= set(columns)), ())
    kinds: dict[str, Kind] = {ids: "id", **dict.fromkeys([*texts.values(), *place], "text")}
    found = read_columns(path, kinds)
    known = pd.Index(found[ids])
    first = ~known.duplicated()  # several positions are listed for one neuron: the first is taken
    rows = known[first].get_indexer(index)
    for name, column in texts.items():
        values = found[column][first]
        yield name, _settled(name, np.where(rows < 0, "", values[rows] if len(values) else ""))
    if place:
        points = _points([found[name][first] for name in place], path) * np.array(_PLACES[place]) / 1_000
        picked = np.where(rows[:, None] < 0, np.nan, points[rows] if len(points) else np.nan)
        yield from zip(("x_um", "y_um", "z_um"), picked.T.astype(np.float32), strict=True)


def _settled(name: str, values: np.ndarray) -> list[str]:
    texts = [str(value) for value in values.tolist()]
    if name == "transmitter":
        return short_names(texts)
    return [_SIDES.get(text.lower(), text) for text in texts] if name == "side" else texts


def _points(columns: list[np.ndarray], path: Path) -> np.ndarray:
    """Numbers of `[x y z]`, or of three columns; NaN where nothing is."""
    if len(columns) == 1:
        parts = pd.Series(columns[0]).str.extract(r"(-?[\d.]+)\D+?(-?[\d.]+)\D+?(-?[\d.]+)")
    else:
        parts = pd.DataFrame({number: pd.Series(column).replace("", None) for number, column in enumerate(columns)})
    try:
        return parts.astype(np.float64).to_numpy()
    except (TypeError, ValueError) as error:
        fix = "Write a position as [x y z], or as three columns of numbers"
        raise BraincastError("E107", str(path), f"a position is not three numbers ({error})", fix) from error
