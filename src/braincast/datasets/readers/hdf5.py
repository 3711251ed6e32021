"""HDF5 files, opened without leaving them: no external links, external storage or virtual datasets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from braincast.errors import BraincastError

_CACHE_BYTES = 64 << 20  # one chunk that spans all frames is then decompressed once for several slabs
_DEEPEST = 32
LARGEST_WHOLE_BYTES = 1 << 31  # of what is read in one piece: times, names, tracks, spikes


def opened(path: Path) -> h5py.File:
    """The file, open for reading; E117 where it is truncated or no HDF5."""
    with guarded(str(path)):
        return h5py.File(path, "r", rdcc_nbytes=_CACHE_BYTES)


@contextmanager
def guarded(where: str) -> Iterator[None]:
    """Turn whatever HDF5 raises over damaged parts of a file into E117."""
    try:
        yield
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, UnicodeError) as error:
        raise unreadable(where, error) from error


def walk(group: h5py.Group, where: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every group and dataset below `group` with its path, each once; a link that leaves the file is E115."""
    if depth > _DEEPEST:
        raise BraincastError("E115", where, f"groups lie more than {_DEEPEST} deep", "Export the file again")
    for name in group:
        link = group.get(name, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            what = f"{group.name}/{name} is a link to another file ({link.filename})"
            raise BraincastError("E115", where, what, "Copy the data into one file")
        if not isinstance(link, h5py.HardLink):
            continue  # a soft link stays in this file, where its target is found on its own
        item: Any = group[name]
        if isinstance(item, h5py.Dataset):
            check_inside(item, where)
        yield str(item.name).lstrip("/"), item
        if isinstance(item, h5py.Group):
            yield from walk(item, where, depth + 1)


def check_inside(dataset: h5py.Dataset, where: str) -> None:
    """E115 for a dataset whose values lie in other files."""
    if dataset.external or (dataset.is_virtual and any(s.file_name != "." for s in dataset.virtual_sources())):
        what = f"the values of {dataset.name} lie in other files"
        raise BraincastError("E115", where, what, "Copy the data into one file")


def whole(dataset: h5py.Dataset) -> np.ndarray:
    """All values of a small dataset; E115 if it declares too much, E117 if it cannot be read."""
    where = f"{Path(dataset.file.filename).name}:{dataset.name}"
    if dataset.size is not None and dataset.size * max(1, dataset.dtype.itemsize) > LARGEST_WHOLE_BYTES:
        raise BraincastError("E115", where, f"it declares {dataset.size:,} values", "Export the file again")
    with guarded(where):
        return np.asarray(dataset[()])


def texts(dataset: Any) -> tuple[str, ...] | None:
    """The strings of a dataset as a flat tuple; None if it holds no text."""
    if not isinstance(dataset, h5py.Dataset) or (
        h5py.check_string_dtype(dataset.dtype) is None and dataset.dtype.kind not in "SU"
    ):
        return None
    return tuple(_text(value) for value in whole(dataset).reshape(-1))


def text(value: Any) -> str:
    """An attribute or a scalar dataset as text; an empty one if it is missing."""
    if isinstance(value, h5py.Dataset):
        value = whole(value)
    if value is None or isinstance(value, h5py.Group | h5py.Empty):
        return ""
    if isinstance(value, np.ndarray):
        return ", ".join(_text(entry) for entry in value.reshape(-1))
    return _text(value)


def number(value: Any, otherwise: float) -> float:
    """An attribute as a number; `otherwise` if it is missing or none."""
    found = np.asarray(otherwise if value is None or isinstance(value, h5py.Empty) else value).reshape(-1)
    return float(found[0]) if found.dtype.kind in "fiub" and found.size else otherwise


def unreadable(where: str, error: Exception) -> BraincastError:
    """E117 for what HDF5 could not read."""
    what = f"it cannot be read as HDF5 ({error})"
    return BraincastError("E117", where, what, "Get the file again: it is damaged or truncated")


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace").strip() if isinstance(value, bytes) else str(value).strip()
