"""What a zarr group of ours may declare, checked as plain JSON before any of it is opened.

A few hundred bytes of metadata can declare terabytes, and a small chunk can inflate to gigabytes. So shapes, types,
chunk grids and codecs are held to what `arrays.write_arrays` writes, or to the same with chunks kept raw behind a
CRC-32C; each chunk must be there, and must announce exactly the bytes that the chunk grid asks for. Every function
yields all problems that it sees: who reads an array stops at the first, who judges a stranger's tells them all.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from braincast.brain.plain_json import read_plain_json
from braincast.brain.zstd_frames import HEADER_BYTES, frame_of, is_one_frame
from braincast.errors import BraincastError

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
_ONE_BYTE = ("bool", "uint8", "int8")
LARGEST_ARRAY_BYTES = 1 << 40
LARGEST_CHUNK_BYTES = 1 << 28
CRC_BYTES = 4
_MOST_AXES = 32
_AGAIN = "Write it with braincast, which makes stores of this form"
_ARRAY_KEYS = {
    *("zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "codecs", "fill_value"),
    *("attributes", "dimension_names", "storage_transformers"),
}


@dataclass(frozen=True)
class Layout:
    """An array as it lies in its files. `codec` is "zstd" (with its own checksum) or "crc32c" (raw values)."""

    shape: tuple[int, ...]
    chunk: tuple[int, ...]
    dtype: np.dtype
    codec: str
    dimensions: tuple[str, ...] | None

    @property
    def chunk_bytes(self) -> int:
        """Bytes of a decoded chunk: also those at the edges are whole."""
        return math.prod(self.chunk) * self.dtype.itemsize

    @property
    def counts(self) -> tuple[int, ...]:
        """Chunks along each axis."""
        return tuple(math.ceil(size / step) for size, step in zip(self.shape, self.chunk, strict=True))

    @property
    def n_bytes(self) -> int:
        """Bytes of the array's values."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def stored_bytes(self) -> int:
        """Bytes of all chunks, decoded."""
        return math.prod(self.counts) * self.chunk_bytes

    def chunk_names(self) -> Iterator[str]:
        """The files of all chunks, in index order."""
        for place in self.places():
            yield "/".join(["c", *map(str, place)])

    def places(self) -> Iterator[tuple[int, ...]]:
        """The indices of all chunks, in order."""
        return itertools.product(*map(range, self.counts))


def check_dtype(name: str, where: str) -> None:
    """E209 unless the type is one of `DTYPES`."""
    if name not in DTYPES:
        raise BraincastError("E209", where, f"data type {name[:100]}", f"Use one of {', '.join(DTYPES)}")


def check_group(folder: Path, largest_bytes: int = LARGEST_ARRAY_BYTES) -> list[str]:
    """Names of the arrays in the group, each checked: E203 missing files, E209 types and codecs, E212 sizes."""
    if not (folder / "zarr.json").is_file():
        raise BraincastError("E203", f"{folder}/zarr.json", "this file is missing, so there is no zarr group", _AGAIN)
    _raise_first(group_problems(_read(folder / "zarr.json"), f"{folder}/zarr.json"))
    names = sorted(path.parent.name for path in folder.glob("*/zarr.json"))
    for name in names:
        _check_array(folder / name, largest_bytes)
    return names


def group_problems(declared: Any, where: str) -> Iterator[BraincastError]:
    """What is wrong with a group's zarr.json; its attributes are the caller's."""
    if not _is_node(declared, "group"):
        yield BraincastError("E212", where, "this is not a zarr v3 group", _AGAIN)
        return
    if declared.get("consolidated_metadata"):  # a second description of the arrays, which nobody checked
        yield BraincastError("E212", where, "it holds consolidated metadata", _AGAIN)
    yield from unknown_keys(declared, {"zarr_format", "node_type", "attributes", "consolidated_metadata"}, where)
    if not isinstance(declared.get("attributes", {}), dict):
        yield BraincastError("E212", where, "its attributes are no JSON object", _AGAIN)


def array_problems(
    declared: Any,
    where: str,
    largest_bytes: int = LARGEST_ARRAY_BYTES,
    largest_chunk_bytes: int = LARGEST_CHUNK_BYTES,
) -> Iterator[BraincastError]:
    """What is wrong with an array's zarr.json; without any problem, `layout_of` tells how the array lies in files."""
    if not _is_node(declared, "array"):
        yield BraincastError("E212", where, "this is not a zarr v3 array", _AGAIN)
        return
    dtype = declared.get("data_type")
    if dtype not in DTYPES:
        yield BraincastError("E209", where, f"data type {str(dtype)[:100]}", f"Use one of {', '.join(DTYPES)}")
    yield from _size_problems(declared, where, largest_bytes, largest_chunk_bytes)
    yield from _form_problems(declared, where)
    yield from unknown_keys(declared, _ARRAY_KEYS, where)


def layout_of(declared: Mapping[str, Any]) -> Layout:
    """How an array without `array_problems` lies in its files."""
    names = declared.get("dimension_names")
    return Layout(
        tuple(declared["shape"]),
        tuple(declared["chunk_grid"]["configuration"]["chunk_shape"]),
        np.dtype(declared["data_type"]).newbyteorder("<"),
        declared["codecs"][1]["name"],
        None if names is None else tuple(names),
    )


def chunk_problem(layout: Layout, start: bytes, n_bytes: int, where: str) -> BraincastError | None:
    """What is wrong with a chunk by its first bytes and its file's size, before it is decoded."""
    if layout.codec == "crc32c":
        expected = layout.chunk_bytes + CRC_BYTES
        if n_bytes == expected:
            return None
        return BraincastError("E212", where, f"it has {n_bytes} bytes, expected {expected}", _AGAIN)
    frame = frame_of(start)
    if frame is None or frame.content_bytes != layout.chunk_bytes:
        announced = "no size" if frame is None else f"{frame.content_bytes} bytes"
        return BraincastError("E212", where, f"it announces {announced}, expected {layout.chunk_bytes}", _AGAIN)
    if not frame.checksum:
        return BraincastError("E209", where, "its zstd frame carries no checksum", _AGAIN)
    return None


def unknown_keys(declared: Mapping[str, Any], known: set[str], where: str) -> Iterator[BraincastError]:
    """A problem if there are keys that nobody here would understand."""
    unknown = sorted(set(declared) - known)
    if unknown:
        yield BraincastError("E212", where, f"it has the unknown key {unknown[0][:100]!r}", f"{_AGAIN}; remove the key")


def _raise_first(problems: Iterator[BraincastError]) -> None:
    for problem in problems:
        raise problem


def _read(path: Path) -> Any:
    return read_plain_json(path.read_bytes(), str(path))


def _check_array(folder: Path, largest_bytes: int) -> None:
    declared = _read(folder / "zarr.json")
    _raise_first(array_problems(declared, str(folder), largest_bytes))
    layout = layout_of(declared)
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"zarr.json"}
    if math.prod(layout.counts) != len(present):
        what = f"{len(present):,} chunk files, expected {math.prod(layout.counts):,}"
        raise BraincastError("E203", str(folder), what, _AGAIN)
    for name in layout.chunk_names():
        if name not in present:
            raise BraincastError("E203", f"{folder}/{name}", "this chunk is missing", _AGAIN)
        if problem := _problem_of_file(folder / name, layout):
            raise problem


def _problem_of_file(path: Path, layout: Layout) -> BraincastError | None:
    """What is wrong with a chunk on disk; only what says how much it inflates to is read.

    A frame behind the first would be inflated as well, whatever the first one announces.
    """
    with path.open("rb") as stream:
        problem = chunk_problem(layout, stream.read(HEADER_BYTES), path.stat().st_size, str(path))
        if problem or layout.codec == "crc32c":
            return problem
        with mmap(stream.fileno(), 0, access=ACCESS_READ) as content:
            if is_one_frame(content):
                return None
    return BraincastError("E210", str(path), "it is not one zstd frame to its end", _AGAIN)


def _is_node(declared: Any, kind: str) -> TypeGuard[dict[str, Any]]:
    """Whether this is a group or array of zarr 3; a version that is a fraction is none."""
    if not isinstance(declared, dict) or type(declared.get("zarr_format")) is not int:
        return False
    return declared["zarr_format"] == 3 and declared.get("node_type") == kind


def _size_problems(
    declared: dict[str, Any], where: str, largest_bytes: int, largest_chunk_bytes: int
) -> Iterator[BraincastError]:
    shape, grid = declared.get("shape"), declared.get("chunk_grid")
    chunk = grid["configuration"].get("chunk_shape") if _is_regular(grid) else None
    if not (_are_sizes(shape, 0) and _are_sizes(chunk, 1) and len(shape) == len(chunk)):
        yield BraincastError("E212", where, f"shape {shape!r:.100} in chunks of {chunk!r:.100}", _AGAIN)
        return
    itemsize = np.dtype(declared["data_type"]).itemsize if declared.get("data_type") in DTYPES else 1
    sizes = (
        (f"an array of shape {tuple(shape)}", math.prod(shape), largest_bytes),
        (f"a chunk of shape {tuple(chunk)}", math.prod(chunk), largest_chunk_bytes),
    )
    for what, n_values, largest in sizes:
        if n_values * itemsize > largest:
            found = f"it declares {what:.150}: {n_values * itemsize:,} bytes, the limit is {largest:,}"
            yield BraincastError("E212", where, found, _AGAIN)
    names = declared.get("dimension_names")
    if names is not None and not (isinstance(names, list) and len(names) == len(shape) and _are_texts(names)):
        yield BraincastError("E212", where, f"dimension names {names!r:.100}, one for each axis expected", _AGAIN)


def _is_regular(grid: Any) -> TypeGuard[dict[str, Any]]:
    configuration = grid.get("configuration") if _is_named(grid, "regular") else None
    return isinstance(configuration, dict) and set(configuration) == {"chunk_shape"}


def _is_named(value: Any, name: str) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict) and value.get("name") == name and set(value) <= {"name", "configuration"}


def _are_sizes(value: Any, least: int) -> TypeGuard[list[int]]:
    plain = isinstance(value, list) and len(value) <= _MOST_AXES
    return plain and all(type(size) is int and least <= size < 1 << 63 for size in value)


def _are_texts(value: list[Any]) -> bool:
    return all(isinstance(text, str) for text in value)


def _form_problems(declared: dict[str, Any], where: str) -> Iterator[BraincastError]:
    """Only the codecs, the chunk names and the absence of extensions that a store of ours has."""
    codecs = declared.get("codecs")
    plain = isinstance(codecs, list) and len(codecs) == 2 and _is_plain_order(codecs[0], declared.get("data_type"))
    if not (plain and _is_checked(codecs[1])):  # pyright: ignore[reportOptionalSubscript]
        listed = codecs if isinstance(codecs, list) else []
        names = [str(codec.get("name"))[:40] for codec in listed[:9] if isinstance(codec, dict)]
        what = f"codecs {names}, expected little-endian bytes, then zstd with a checksum or crc32c"
        yield BraincastError("E209", where, what, _AGAIN)
    default = ({"name": "default", "configuration": {"separator": "/"}}, {"name": "default"})
    if declared.get("chunk_key_encoding") not in default or declared.get("storage_transformers"):
        yield BraincastError("E212", where, "chunks are stored in an unknown way", _AGAIN)
    if declared.get("attributes"):
        yield BraincastError("E212", where, "the array has attributes of its own", f"{_AGAIN}; only the group has some")
    if not _is_value(declared.get("fill_value"), declared.get("data_type")):
        what = f"fill value {declared.get('fill_value')!r:.100}, expected a plain number of its type"
        yield BraincastError("E212", where, what, _AGAIN)


def _is_plain_order(codec: Any, dtype: Any) -> bool:
    """Little-endian bytes. Types of one byte have no order, and zarr then names none."""
    configuration = codec.get("configuration", {}) if _is_named(codec, "bytes") else None
    return configuration == {"endian": "little"} or (configuration == {} and dtype in _ONE_BYTE)


def _is_checked(codec: Any) -> bool:
    if _is_named(codec, "crc32c"):
        return codec.get("configuration", {}) == {}
    if not (_is_named(codec, "zstd") and isinstance(codec.get("configuration"), dict)):
        return False
    given = codec["configuration"]
    return set(given) == {"level", "checksum"} and type(given["level"]) is int and given["checksum"] is True


def _is_value(value: Any, dtype: Any) -> bool:
    """Whether a number in JSON is a value of this type; for an unknown type any number will do."""
    known = np.dtype(dtype) if dtype in DTYPES else np.dtype("float64")
    if known.kind == "b":
        return type(value) is bool
    if known.kind in "iu":
        return type(value) is int and np.iinfo(known.type).min <= value <= np.iinfo(known.type).max
    return type(value) in (int, float) and abs(value) <= float(np.finfo(known).max)
