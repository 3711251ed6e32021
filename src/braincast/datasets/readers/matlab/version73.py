"""MATLAB 7.3 files, which are HDF5 with all axes reversed."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

from braincast.datasets.readers import hdf5
from braincast.datasets.readers.layout import Arrays


class Reversed:
    """A dataset with its axes in MATLAB's order."""

    def __init__(self, data: h5py.Dataset) -> None:
        self.data, self.dtype = data, data.dtype
        self.shape = tuple(int(n) for n in data.shape[::-1])
        self.chunks = None if data.chunks is None else tuple(data.chunks[::-1])

    def __getitem__(self, key: Any) -> np.ndarray:
        if key is Ellipsis:
            return hdf5.whole(self.data).T
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        return self.data[columns, rows].T


def is_matlab(items: dict[str, Any]) -> bool:
    """Whether variables carry MATLAB's class."""
    return any("MATLAB_class" in item.attrs for item in items.values())


def arrays(file: h5py.File, items: dict[str, Any]) -> Arrays:
    """Variables and fields of structures, by name."""
    by_name = {
        name: Reversed(item)
        for name, item in items.items()
        if isinstance(item, h5py.Dataset) and item.shape is not None and not name.startswith("#")
    }
    kinds = {name: hdf5.text(items[name].attrs.get("MATLAB_class")) for name in by_name}
    # Text is stored as numbers of letters: kept out of what counts as numbers.
    letters = {name: _Letters(array) if kinds[name] in ("char", "cell") else array for name, array in by_name.items()}
    return Arrays(letters, lambda array: _texts(file, array))


class _Letters(Reversed):
    """Text or a cell array of texts; its data type says that it holds no numbers."""

    def __init__(self, array: Reversed) -> None:
        super().__init__(array.data)
        self.dtype = np.dtype("U1")


def _texts(file: h5py.File, array: Any) -> tuple[str, ...] | None:
    if not isinstance(array, _Letters):
        return None
    values = hdf5.whole(array.data)
    if h5py.check_ref_dtype(array.data.dtype) is not None:
        cells: list[Any] = [file[reference] for reference in values.T.reshape(-1)]
        return tuple(_text(hdf5.whole(cell)) for cell in cells) if all(map(_is_text, cells)) else None
    if values.dtype.kind not in "iu" or values.ndim != 2:
        return None
    return tuple(_text(line) for line in values.T)


def _is_text(cell: Any) -> bool:
    return isinstance(cell, h5py.Dataset) and cell.dtype.kind in "iu"


def _text(letters: np.ndarray) -> str:
    return "".join(chr(int(letter)) for letter in letters.T.reshape(-1) if letter).strip()
