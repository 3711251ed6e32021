"""Neurons of an NWB series: the rows of the table that its regions of interest refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import h5py
import numpy as np

from braincast.datasets.readers import hdf5
from braincast.datasets.readers.nwb.tables import columns
from braincast.datasets.readers.vocabulary import ANATOMY, plain

_LABEL = re.compile(r"neuropal|label|neuron|identity|cell_?(name|id)|roi_?(name|id)|^name$|unit_?(name|id)", re.I)
_UNKNOWN = frozenset({"", "nan", "none", "unknown", "n/a", "na", "?", "unlabeled", "unlabelled", "unnamed"})
_ENOUGH = 0.2  # of the rows, for a column with blanks to be taken for names
_PLANES = ("imaging_plane", "imaging_volume")


@dataclass(frozen=True)
class Rois:
    """Names (None: the source has none), anatomy, indicator, and how the names were chosen."""

    names: tuple[str, ...] | None = None
    anatomy: dict[str, Sequence[Any]] = field(default_factory=dict)
    indicator: str = ""
    notes: tuple[str, ...] = ()


def rois_of(series: h5py.Group) -> Rois:
    """What the series' table of regions says about its columns; nothing where there is no such table."""
    region = series.get("rois", series.get("electrodes"))
    if not isinstance(region, h5py.Dataset) or "table" not in region.attrs:
        return Rois()
    table: Any = series.file[region.attrs["table"]]
    rows = hdf5.whole(region).astype(np.int64).reshape(-1)
    named = columns(table)
    if not named or (len(rows) and (rows.min() < 0 or rows.max() >= len(next(iter(named.values()))))):
        return Rois(names=("",) * len(rows))
    picked = {name: [values[row] for row in rows] for name, values in named.items()}
    plane = next((table[p] for p in _PLANES if isinstance(table.get(p), h5py.Group)), None)
    names, notes = names_among(picked)
    anatomy = anatomy_among(picked)
    location = "" if plane is None else hdf5.text(plane.get("location"))
    if "region" not in anatomy and location.lower() not in _UNKNOWN:
        anatomy["region"] = [location] * len(rows)
    indicator = "" if plane is None else hdf5.text(plane.get("indicator"))
    return Rois(names or ("",) * len(rows), anatomy, "" if indicator.lower() in _UNKNOWN else indicator, notes)


def names_among(table: Mapping[str, Sequence[Any]]) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The column that names neurons, blanks allowed, and a note; None where no column has names, each but once."""
    order = sorted(table, key=lambda name: (not _LABEL.search(name), name == "id"))
    for name in order:
        values = ["" if str(v).strip().lower() in _UNKNOWN else str(v).strip() for v in table[name]]
        present = [value for value in values if value]
        is_text = all(isinstance(value, str) for value in table[name])
        unique = len(set(present)) == len(present)
        if not (is_text or _LABEL.search(name)) or not unique or len(present) < _ENOUGH * len(values) or not present:
            continue
        if not is_text and not all(float(value).is_integer() for value in table[name]):
            continue
        if _LABEL.search(name) or (len(present) == len(values) and plain(name) not in ANATOMY):
            return tuple(values), (f"neurons are named by the column {name!r}",)
    return None, ()


def anatomy_among(table: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Columns that are known of a neuron table, under its names."""
    found: dict[str, Sequence[Any]] = {}
    for name, values in table.items():
        column = ANATOMY.get(plain(name))
        if column is None or column in found:
            continue
        is_text = all(isinstance(value, str) for value in values)
        if is_text != column.endswith("_um"):
            found[column] = [str(v) for v in values] if is_text else [float(v) for v in values]
    return found
