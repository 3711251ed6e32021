"""Results of CaImAn (Giovannucci et al. 2019, eLife 8:e38173) in HDF5."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

from braincast.datasets.readers import hdf5
from braincast.datasets.readers.candidates import Candidate
from braincast.datasets.readers.draft import Draft

# What is taken before what: ΔF/F, denoised traces, deconvolved activity.
_TRACES = {"estimates/F_dff": "dF/F", "estimates/C": "", "estimates/S": "", "estimates/YrA": ""}


def is_caiman(items: dict[str, Any]) -> bool:
    """Whether the file has CaImAn's traces and its spatial footprints or parameters."""
    return "estimates/C" in items and any(name.startswith(("params", "estimates/A")) for name in items)


def candidates(items: dict[str, Any]) -> list[Candidate]:
    """Its traces [neuron, time], accepted components only."""
    found = []
    for rank, (name, unit) in enumerate(_TRACES.items()):
        data = items.get(name)
        if isinstance(data, h5py.Dataset) and data.dtype.kind in "fiu" and len(data.shape) == 2:
            shape = tuple(int(n) for n in data.shape)
            found.append(Candidate(name, "recording", rank, shape, lambda d=data, u=unit: _draft(d, u, items)))
    return found


def _draft(data: h5py.Dataset, unit: str, items: dict[str, Any]) -> Draft:
    kept = _accepted(items, data.shape[0])
    notes = () if kept is None else (f"{len(kept)} of {data.shape[0]} components were accepted by CaImAn, and taken",)
    values = data if kept is None else _Rows(data, kept)
    neurons = tuple(f"component {number}" for number in (range(data.shape[0]) if kept is None else kept))
    return Draft(values, ("neuron", "time"), neurons, rate_hz=_rate(items), unit=unit, notes=notes)


class _Rows:
    """Some rows of a dataset, sliced by columns."""

    def __init__(self, data: h5py.Dataset, rows: np.ndarray) -> None:
        self._data, self._rows = data, rows
        self.shape, self.dtype, self.chunks = (len(rows), data.shape[1]), data.dtype, data.chunks

    def __getitem__(self, key: tuple[slice, slice]) -> np.ndarray:
        rows, columns = key
        return self._data[:, columns][self._rows[rows]]


def _accepted(items: dict[str, Any], n_components: int) -> np.ndarray | None:
    data = items.get("estimates/idx_components")
    if not isinstance(data, h5py.Dataset) or data.dtype.kind not in "iu" or not data.shape:
        return None
    rows = np.unique(hdf5.whole(data))
    return rows if len(rows) and rows[0] >= 0 and rows[-1] < n_components else None


def _rate(items: dict[str, Any]) -> float | None:
    """Frames per second from the parameters, as a dataset or an attribute."""
    for name in ("params/data/fr", "estimates/fr", "params/fr"):
        data = items.get(name)
        if isinstance(data, h5py.Dataset) and data.dtype.kind in "fiu" and data.size == 1:
            return float(hdf5.whole(data).reshape(-1)[0])
    group = items.get("params/data")
    if isinstance(group, h5py.Group) and "fr" in group.attrs:
        return float(hdf5.text(group.attrs["fr"]))
    return None
