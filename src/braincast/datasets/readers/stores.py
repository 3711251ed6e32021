"""zarr stores: what braincast saved, and arrays of anybody else in version 2 or 3."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from braincast import files
from braincast.datasets.readers import layout
from braincast.datasets.readers.candidates import Candidate, Contents, Wanted
from braincast.errors import BraincastError

_LARGEST_CHUNK_BYTES = 1 << 30
_LARGEST_BYTES = 1 << 40
_DIMENSIONS = "_ARRAY_DIMENSIONS"  # where zarr version 2 has the names of axes, by xarray's custom
# What zarr raises for metadata that make no sense, too deep ones and divisions by empty chunks among them.
_NO_SENSE = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError, UserWarning)
_METADATA = (".zgroup", ".zarray", "zarr.json")


def is_store(path: Path) -> bool:
    """Whether a folder is a zarr array or group."""
    return any((path / name).is_file() for name in _METADATA)


def contents(path: Path, wanted: Wanted) -> Contents:
    """The arrays of a store, unread; a store with links, missing chunks or vast chunks is refused (E117, E115)."""
    _refuse_links(path)
    try:
        with warnings.catch_warnings():
            # Newer versions of zarr mend chunks of nothing with a warning; what they would read was never written.
            warnings.filterwarnings("error", message=".*chunk shape .* is invalid")
            root = zarr.open(path, mode="r")
            arrays = {path.stem: root} if isinstance(root, zarr.Array) else _arrays(root)
            for name, array in arrays.items():
                _check(array, f"{path}/{name}")
    except _NO_SENSE as error:
        what = f"it cannot be read as zarr ({error})"
        raise BraincastError("E117", str(path), what, "Write the store again: it is damaged or unfinished") from error
    found = layout.Arrays(arrays, _texts)
    candidates = [_with_axes(c, found, arrays[c.name]) for c in layout.candidates(found)]
    return Contents("zarr", tuple(candidates), layout.origin(found))


def _arrays(group: Any) -> dict[str, zarr.Array]:
    return {name: item for name, item in group.members(max_depth=None) if isinstance(item, zarr.Array)}


def _with_axes(candidate: Candidate, arrays: layout.Arrays, array: zarr.Array) -> Candidate:
    """Axes that the store names itself need not be guessed."""
    named = [str(axis).lower() for axis in _axes(array)]
    times = [axis.startswith(("time", "frame", "t")) for axis in named]
    if candidate.kind != "recording" or len(named) != 2 or sum(times) != 1:
        return candidate
    axes = ("time", "neuron") if times[0] else ("neuron", "time")
    opening = lambda: layout.draft_of(arrays, candidate.name, axes)  # noqa: E731
    return Candidate(candidate.name, "recording", candidate.rank, candidate.shape, opening)


def _axes(array: zarr.Array) -> tuple[Any, ...]:
    names = getattr(array.metadata, "dimension_names", None) or array.attrs.get(_DIMENSIONS) or ()
    return tuple(names) if isinstance(names, list | tuple) else ()


def _check(array: zarr.Array, where: str) -> None:
    dtype = np.dtype(array.dtype)
    chunk_bytes = math.prod(array.chunks) * max(1, dtype.itemsize)
    if chunk_bytes > _LARGEST_CHUNK_BYTES or math.prod(array.shape) * max(1, dtype.itemsize) > _LARGEST_BYTES:
        what = f"it declares {array.shape} in chunks of {chunk_bytes:,} bytes"
        raise BraincastError("E115", where, what, "Write it again in smaller chunks")
    if dtype.kind == "O":
        return  # texts of version 2; anything else among objects is refused when it is read
    _check_chunks(array, where)


def _check_chunks(array: zarr.Array, where: str) -> None:
    """A missing chunk would silently read as one value: E117."""
    there, expected = array.nchunks_initialized, array.nchunks
    if there < expected:
        what = f"{expected - there} of {expected} chunks are missing"
        fix = "Write the store again, with write_empty_chunks where a chunk may be all of one value"
        raise BraincastError("E117", where, what, fix)


def _refuse_links(path: Path) -> None:
    for entry in path.rglob("*"):
        if entry.is_symlink():
            raise BraincastError("E115", str(entry), "a link stands inside the store", "Copy the data into the store")


def _texts(array: Any) -> tuple[str, ...] | None:
    dtype = np.dtype(array.dtype)
    if dtype.kind not in "USOT":
        return None
    if dtype.kind == "O" and not _is_text_codec(array):
        return None
    values = np.asarray(array[...]).reshape(-1)
    return tuple(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values)


def _is_text_codec(array: Any) -> bool:
    """Objects are decoded only where a codec of texts made them; pickles would run programs."""
    described = files.canonical_json(array.metadata.to_dict()) if hasattr(array.metadata, "to_dict") else ""
    return "vlen-utf8" in described
