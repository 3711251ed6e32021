"""What is known of neurons beside their wiring, from the tables that lie in the same folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from braincast.brain.naming import unique_names
from braincast.datasets.fly.signs import short_names
from braincast.datasets.fly.tables import column_names, read_columns, suffix_of
from braincast.errors import BraincastError

# Columns of FlyWire Codex, of Schlegel et al. 2024, of neuPrint, of the male CNS and BANC releases: the first one held.
_TEXTS = {
    "cell_class": ("class", "cell_class"),
    "super_class": ("super_class", "superclass"),
    "cell_type": ("primary_type", "cell_type", "type"),
    "side": ("side", "somaSide", "soma_side", "rootSide"),
    "transmitter": ("nt_type", "consensus_nt", "consensusNt", "predicted_nt", "predictedNt", "top_nt"),
    "region": ("region",),
    "flow": ("flow",),
    "hemilineage": ("hemilineage", "ito_lee_hemilineage"),
}
_TEXTS["transmitter"] += ("neurotransmitter_predicted",)
_IDS = ("root_id", "bodyId", "body", "bodyid", "id")
_SIDES = {"l": "left", "r": "right", "m": "midline", "c": "midline", "center": "midline"}
# A position is in nm where one text holds it (Codex), in voxels elsewhere (Schlegel et al. 2024; male CNS, 8 nm).
_POSITION, _VOXELS = "position", ("pos_x", "pos_y", "pos_z")
_SOMA = "somaLocation"
_NM = {_POSITION: (1, 1, 1), _SOMA: (8, 8, 8), "voxels": (4, 4, 40)}


def annotated(ids: list[str], folder: Path) -> pd.DataFrame:
    """A table of neurons in the given order with what the folder's tables say of them: "" and NaN where nothing."""
    table = pd.DataFrame({"id": ids})
    index = pd.Index(np.array(ids, np.int64)) if _are_numbers(ids) else pd.Index(ids)
    for path in tables_of_neurons(folder):
        for name, values in _columns(path, index):
            if name not in table or (name == "cell_class" and not table[name].any()):
                table[name] = values
    return table


def tables_of_neurons(folder: Path) -> list[Path]:
    """Tables with a row for each neuron, those first that classify them."""
    found = [path for path in sorted(folder.iterdir()) if path.is_file() and suffix_of(path)]
    return sorted((path for path in found if id_column(column_names(path))), key=_rank)


def id_column(columns: list[str]) -> str | None:
    """The column of a table of neurons that names them; None for another kind of table."""
    if any(name.startswith(("pre_", "post_", "body_pre", "bodyId_pre")) or name in ("pre", "post") for name in columns):
        return None
    known = next((name for name in _IDS if name in columns), None)
    return known or next((name for name in columns[:1] if name.endswith("_id")), None)


def neuron_list(folder: Path, *, only_classified: bool) -> list[str] | None:
    """Ids of the neurons in the order of the table that classifies them; None without such a table.

    `only_classified` leaves out bodies without a class, which are fragments. E101 for an id that occurs twice.
    """
    tables = [path for path in tables_of_neurons(folder) if _rank(path) < len(_RANKS)]
    if not tables:
        return None
    columns = column_names(tables[0])
    name, label = str(id_column(columns)), next((c for c in _TEXTS["super_class"] if c in columns), None)
    wanted = {name: "id"} | ({label: "text"} if label and only_classified else {})
    found = read_columns(tables[0], wanted)  # pyright: ignore[reportArgumentType]
    ids = found[name][found[label] != ""] if label in found else found[name]
    if len(pd.unique(ids)) < len(ids):
        unique_names(ids.tolist(), f"{tables[0]}: {name}")
    return [str(number) for number in ids.tolist()]


_RANKS = (_TEXTS["super_class"], _TEXTS["transmitter"], _TEXTS["cell_type"])


def _rank(path: Path) -> int:
    columns = set(column_names(path))
    return next((rank for rank, names in enumerate(_RANKS) if columns & set(names)), len(_RANKS))


def _columns(path: Path, index: pd.Index) -> Iterator[tuple[str, Any]]:
    """What one table says of the neurons of `index`: name and values of each column that is known here."""
    columns = column_names(path)
    ids = str(id_column(columns))
    texts = {name: held for name, words in _TEXTS.items() if (held := next((w for w in words if w in columns), None))}
    places = next((place for place in (_POSITION, _SOMA) if place in columns), None)
    voxels = [name for name in _VOXELS if name in columns]
    kinds = {ids: "id"} | dict.fromkeys([*texts.values(), *([places] if places else voxels)], "text")
    found = read_columns(path, kinds)  # pyright: ignore[reportArgumentType]
    known = pd.Index(found[ids])
    first = ~known.duplicated()  # several positions are listed for one neuron: the first is taken
    rows = pd.Index(known[first]).get_indexer(pd.Index(index))
    for name, column in texts.items():
        yield name, _settled(name, _picked(found[column][first], rows))
    if places or len(voxels) == 3:
        stated = [found[places]] if places else [found[name] for name in voxels]
        points = _points(stated, path) * np.array(_NM[places or "voxels"]) / 1_000
        picked = np.where(rows[:, None] < 0, np.nan, points[first][rows])
        yield from zip(("x_um", "y_um", "z_um"), picked.T.astype(np.float32), strict=True)


def _picked(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.where(rows < 0, "", values[rows] if len(values) else "")


def _settled(name: str, values: np.ndarray) -> Any:
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


def _are_numbers(ids: list[str]) -> bool:
    return all(name.isdigit() for name in ids)
