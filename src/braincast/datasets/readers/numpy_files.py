"""Files of numpy: one array (npy), or several with names (npz). Pickled objects are refused unread."""

from __future__ import annotations

import io
import math
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from braincast.datasets.readers import layout
from braincast.datasets.readers.candidates import Contents, Wanted
from braincast.errors import BraincastError

_LARGEST_BYTES = 1 << 34
_SUSPECT_BYTES, _LARGEST_RATIO = 64 << 20, 100  # recordings shrink by 2 to 10; what shrinks more is no recording
_AGAIN = "Save it again with numpy.savez"


def contents(path: Path, wanted: Wanted) -> Contents:
    """The arrays of an npz file, or the one of an npy file."""
    arrays = layout.Arrays(_npz(path) if zipfile.is_zipfile(path) else {path.stem: mapped(path)}, texts)
    form = "npz" if zipfile.is_zipfile(path) else "npy"
    return Contents(form, tuple(layout.candidates(arrays)), layout.origin(arrays))


def mapped(path: Path) -> np.ndarray:
    """The array of an npy file, left on disk; E115 for objects, E117 for a damaged or truncated file."""
    try:
        with path.open("rb") as stream:
            _check_header(stream, path.stat().st_size, str(path))
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise _damaged(str(path), error) from error


def texts(array: Any) -> tuple[str, ...] | None:
    """Strings of a small array as a flat tuple; None if it holds none."""
    if array.dtype.kind == "S":
        return tuple(value.decode("utf-8", "replace") for value in np.asarray(array).reshape(-1))
    if array.dtype.kind != "U":
        return None
    # Half a surrogate pair is no letter, and no file of ours could hold it.
    return tuple(str(v).encode("utf-8", "replace").decode("utf-8") for v in np.asarray(array).reshape(-1))


def _npz(path: Path) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            if not members:
                raise BraincastError("E118", str(path), "this archive holds no arrays of numpy", _AGAIN)
            for info in members:
                _check_member(archive, info, path)
            for info in members:
                with archive.open(info) as stream:
                    found[info.filename.removesuffix(".npy")] = npy.read_array(stream, allow_pickle=False)
    # RuntimeError is an encrypted member, NotImplementedError a compression that zipfile does not know.
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, RuntimeError) as error:
        raise _damaged(str(path), error) from error
    return found


def _check_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    """What a member declares, before a byte of it is decompressed."""
    where = f"{path}:{info.filename}"
    ratio = info.file_size / max(1, info.compress_size)
    if info.file_size > _SUSPECT_BYTES and ratio > _LARGEST_RATIO:
        what = f"it would grow to {info.file_size:,} bytes, {ratio:,.0f} times its size"
        raise BraincastError("E115", where, what, _AGAIN)
    with archive.open(info) as stream:
        _check_header(stream, info.file_size, where)


def _check_header(stream: IO[bytes] | io.BufferedIOBase, n_bytes: int, where: str) -> None:
    """E115 for objects or too much data, E117 unless the header fits the number of bytes."""
    version = npy.read_magic(stream)
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
    if read is None:
        raise BraincastError("E117", where, f"npy version {version} is unknown", _AGAIN)
    try:
        shape, _, dtype = read(stream)
    except (tokenize.TokenError, SyntaxError, RecursionError, MemoryError) as error:  # the header is Python's syntax
        raise _damaged(where, error) from error
    if dtype.hasobject:
        what = "it holds Python objects, which can run programs when read"
        raise BraincastError("E115", where, what, "Save numbers and fixed-length texts (dtype '<U…') only")
    declared = math.prod(shape) * dtype.itemsize
    if declared > _LARGEST_BYTES:
        raise BraincastError("E115", where, f"it declares {declared:,} bytes", "Save it as zarr or HDF5")
    if declared != n_bytes - stream.tell():
        what = f"shape {shape} of {dtype} needs {declared:,} bytes, {n_bytes - stream.tell():,} are there"
        raise BraincastError("E117", where, what, "Get the file again: it is damaged or truncated")


def _damaged(where: str, error: Exception) -> BraincastError:
    return BraincastError("E117", where, f"it cannot be read ({error})", "Get the file again, or save it again")
