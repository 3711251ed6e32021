"""MATLAB files up to version 7, with plain arrays."""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from scipy import io
from scipy.io.matlab import MatReadError

from braincast.datasets.readers import layout
from braincast.datasets.readers.candidates import Contents, Wanted
from braincast.errors import BraincastError

_NUMBERS = {"double", "single", "logical", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}
_TEXTS = {"char", "cell"}
_LARGEST_VALUES = 1 << 31
# What a damaged file ends in, besides errors of the file system.
_FAULTS = (MatReadError, ValueError, TypeError, KeyError, EOFError, IndexError, MemoryError, NotImplementedError)


def contents(path: Path, wanted: Wanted) -> Contents:
    """The file's numeric matrices and texts; structures are left aside. E117 if it is damaged, E115 if it is vast."""
    try:
        declared = io.whosmat(str(path))
        names = [name for name, shape, kind in declared if kind in _NUMBERS | _TEXTS]
        for name, shape, _ in declared:
            if math.prod(shape) > _LARGEST_VALUES:
                what = f"{name} declares {math.prod(shape):,} values"
                raise BraincastError("E115", str(path), what, "Save it as version 7.3, which is read in parts")
        loaded = io.loadmat(str(path), variable_names=names) if names else {}
    except (*_FAULTS, OSError, zlib.error) as error:
        what = f"it cannot be read as a MATLAB file ({error})"
        raise BraincastError("E117", str(path), what, "Save it again, best as version 7.3") from error
    values = {name: loaded[name] for name in names if name in loaded and isinstance(loaded[name], np.ndarray)}
    arrays = layout.Arrays(values, _texts)
    return Contents("MATLAB", tuple(layout.candidates(arrays)), layout.origin(arrays))


def _texts(array: Any) -> tuple[str, ...] | None:
    if array.dtype.kind == "U":
        return tuple(str(line).strip() for line in array.reshape(-1))
    if array.dtype.kind != "O":
        return None
    cells = [np.asarray(cell) for cell in array.reshape(-1)]
    if not all(cell.dtype.kind == "U" and cell.size <= 1 for cell in cells):
        return None
    return tuple(str(cell.reshape(-1)[0]).strip() if cell.size else "" for cell in cells)
