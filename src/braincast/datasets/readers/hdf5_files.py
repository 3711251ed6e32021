"""HDF5 files of every kind: NWB, CaImAn results, MATLAB 7.3, and plain arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from braincast.datasets.readers import caiman, hdf5, layout
from braincast.datasets.readers.candidates import Contents, Wanted
from braincast.datasets.readers.matlab import version73
from braincast.datasets.readers.nwb import session
from braincast.errors import BraincastError

_LARGEST_RATIO = 2000  # declared to stored bytes; deflate reaches about 1000 at best
_SMALL_BYTES = 64 << 20


def contents(path: Path, wanted: Wanted) -> Contents:
    """What the file gives, by what it says it is; its datasets stay unread."""
    file = hdf5.opened(path)
    with hdf5.guarded(str(path)):
        found = _understood(file, path, wanted)
    return replace(found, candidates=tuple(replace(c, open=_guarded(c.open, path)) for c in found.candidates))


def _understood(file: h5py.File, path: Path, wanted: Wanted) -> Contents:
    items = dict(hdf5.walk(file, str(path)))
    for item in items.values():
        if isinstance(item, h5py.Dataset):
            _check_declared(item, path)
    if session.is_nwb(file):
        return Contents("NWB", tuple(session.candidates(file, items, wanted)), session.origin(file))
    if caiman.is_caiman(items):
        return Contents("CaImAn", tuple(caiman.candidates(items)))
    if version73.is_matlab(items):
        arrays = version73.arrays(file, items)
        return Contents("MATLAB 7.3", tuple(layout.candidates(arrays)), layout.origin(arrays))
    arrays = layout.Arrays(_datasets(items), hdf5.texts)
    return Contents("HDF5", tuple(layout.candidates(arrays)), layout.origin(arrays))


def _guarded(opening: Callable[[], Any], path: Path) -> Callable[[], Any]:
    """The same, with E117 for what is found damaged only then."""

    def opened() -> Any:
        with hdf5.guarded(str(path)):
            return opening()

    return opened


def _datasets(items: dict[str, Any]) -> dict[str, h5py.Dataset]:
    return {n: i for n, i in items.items() if isinstance(i, h5py.Dataset) and i.shape is not None}


def _check_declared(dataset: h5py.Dataset, path: Path) -> None:
    """A few bytes can declare terabytes: E115 unless what is declared is in proportion to what is stored."""
    declared = math.prod(dataset.shape or ()) * int(np.dtype(dataset.dtype).itemsize)
    stored = int(dataset.id.get_storage_size())
    if declared > _SMALL_BYTES and declared > _LARGEST_RATIO * stored:
        what = f"{dataset.name} declares {declared:,} bytes, but {stored:,} are stored"
        raise BraincastError("E115", str(path), what, "Export the file again")
