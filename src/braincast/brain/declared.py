"""What a zarr group declares, checked before any of it is opened.

A few hundred bytes of metadata can declare terabytes, and a small chunk can inflate to gigabytes. So shapes, types,
chunk grids and codecs are read as plain JSON and held to what `arrays.write_arrays` writes; each chunk must be there
and its zstd header (RFC 8878 §3.1.1) must announce exactly the bytes that the chunk grid asks for.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from braincast import files
from braincast.errors import BraincastError

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64")
LARGEST_ARRAY_BYTES = 1 << 40
LARGEST_CHUNK_BYTES = 1 << 28
_AGAIN = "Write it with braincast, which makes stores of this form"


def check_dtype(name: str, where: str) -> None:
    """E209 unless the type is one of `DTYPES`."""
    if name not in DTYPES:
        raise BraincastError("E209", where, f"data type {name}", f"Use one of {', '.join(DTYPES)}")


def check_group(folder: Path, largest_bytes: int = LARGEST_ARRAY_BYTES) -> list[str]:
    """Names of the arrays in the group, each checked: E203 missing files, E209 types and codecs, E212 sizes."""
    if not (folder / "zarr.json").is_file():
        raise BraincastError("E203", f"{folder}/zarr.json", "this file is missing, so there is no zarr group", _AGAIN)
    found = files.read_json(folder / "zarr.json")
    if not isinstance(found, dict) or found.get("node_type") != "group" or found.get("zarr_format") != 3:
        raise BraincastError("E212", f"{folder}/zarr.json", "this is not a zarr v3 group", _AGAIN)
    if found.get("consolidated_metadata"):  # a second description of the arrays, which nobody checked
        raise BraincastError("E212", f"{folder}/zarr.json", "it holds consolidated metadata", _AGAIN)
    names = sorted(path.parent.name for path in folder.glob("*/zarr.json"))
    for name in names:
        _check_array(folder / name, largest_bytes)
    return names


def _check_array(folder: Path, largest_bytes: int) -> None:
    declared = files.read_json(folder / "zarr.json")
    if not isinstance(declared, dict) or declared.get("node_type") != "array" or declared.get("zarr_format") != 3:
        raise BraincastError("E212", str(folder), "this is not a zarr v3 array", _AGAIN)
    check_dtype(str(declared.get("data_type")), str(folder))
    itemsize = np.dtype(declared["data_type"]).itemsize
    shape, chunk = _shape_and_chunk(declared, folder)
    _check_size(math.prod(shape) * itemsize, largest_bytes, f"{folder} of shape {shape}")
    _check_size(math.prod(chunk) * itemsize, LARGEST_CHUNK_BYTES, f"a chunk of {folder}")
    _check_form(declared, folder)
    _check_chunks(folder, shape, chunk, itemsize)


def _shape_and_chunk(declared: dict[str, Any], folder: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    grid = declared.get("chunk_grid")
    regular = isinstance(grid, dict) and grid.get("name") == "regular"
    configuration = grid.get("configuration") if regular else None  # pyright: ignore[reportOptionalMemberAccess]
    chunk = configuration.get("chunk_shape") if isinstance(configuration, dict) else None
    shape = declared.get("shape")
    if not (_sizes(shape, 0) and _sizes(chunk, 1) and len(shape) == len(chunk)):  # pyright: ignore
        raise BraincastError("E212", str(folder), f"shape {shape!r} in chunks of {chunk!r}", _AGAIN)
    return tuple(shape), tuple(chunk)  # pyright: ignore[reportArgumentType]


def _sizes(value: Any, least: int) -> bool:
    return isinstance(value, list) and all(type(size) is int and size >= least for size in value)


def _check_size(found: int, largest: int, where: str) -> None:
    if found > largest:
        raise BraincastError("E212", where, f"it declares {found:,} bytes, the limit is {largest:,}", _AGAIN)


def _check_form(declared: dict[str, Any], folder: Path) -> None:
    """Only the codecs, the chunk names and the absence of extensions that `arrays.create_array` writes."""
    codecs = declared.get("codecs")
    names = [codec.get("name") for codec in codecs if isinstance(codec, dict)] if isinstance(codecs, list) else []
    if names != ["bytes", "zstd"] or not _plain_codecs(*codecs):  # pyright: ignore[reportOptionalIterable]
        what = f"codecs {names}, expected little-endian bytes, then zstd with a checksum"
        raise BraincastError("E209", str(folder), what, _AGAIN)
    keys = declared.get("chunk_key_encoding")
    default = {"name": "default", "configuration": {"separator": "/"}}
    if keys != default or declared.get("storage_transformers"):
        raise BraincastError("E212", str(folder), "chunks are stored in an unknown way", _AGAIN)


def _plain_codecs(order: dict[str, Any], zstd: dict[str, Any]) -> bool:
    endian = (order.get("configuration") or {}).get("endian", "little")
    return endian == "little" and (zstd.get("configuration") or {}).get("checksum") is True


def _check_chunks(folder: Path, shape: tuple[int, ...], chunk: tuple[int, ...], itemsize: int) -> None:
    """Every chunk of the grid is a file, and no other; each announces the bytes of one whole chunk."""
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"zarr.json"}
    counts = [math.ceil(size / step) for size, step in zip(shape, chunk, strict=True)]
    if math.prod(counts) != len(present):
        what = f"{len(present):,} chunk files, expected {math.prod(counts):,}"
        raise BraincastError("E203", str(folder), what, _AGAIN)
    expected_bytes = math.prod(chunk) * itemsize
    for name in _chunk_names(counts):
        if name not in present:
            raise BraincastError("E203", f"{folder}/{name}", "this chunk is missing", _AGAIN)
        with (folder / name).open("rb") as stream:
            found = _announced_bytes(stream.read(18))
        if found != expected_bytes:
            what = f"it announces {found} bytes, expected {expected_bytes}"
            raise BraincastError("E212", f"{folder}/{name}", what, _AGAIN)


def _chunk_names(counts: list[int]) -> Iterator[str]:
    for place in itertools.product(*map(range, counts)):
        yield "/".join(["c", *map(str, place)])


def _announced_bytes(start: bytes) -> int | None:
    """The content size in a zstd frame header; None if this is no such header or it names no size."""
    if len(start) < 6 or start[:4] != b"\x28\xb5\x2f\xfd":
        return None
    descriptor = start[4]
    single_segment = descriptor >> 5 & 1
    size_bytes = (1 if single_segment else 0, 2, 4, 8)[descriptor >> 6]
    at = 5 + (0 if single_segment else 1) + (0, 1, 2, 4)[descriptor & 3]
    field = start[at : at + size_bytes]
    if not size_bytes or len(field) < size_bytes:
        return None
    return int.from_bytes(field, "little") + (256 if size_bytes == 2 else 0)
