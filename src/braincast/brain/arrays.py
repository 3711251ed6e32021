"""Labelled arrays on disk: one zarr v3 group per folder, every chunk checksummed, nothing trusted when read.

A flipped bit is silent with raw, zstd or blosc chunks, and a missing chunk silently reads as the fill value: so chunks
carry a checksum, all chunks are written (also empty ones), and the folder has a manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numcodecs.zstd import Zstd
from zarr.codecs import BytesCodec, ZstdCodec

from braincast import files
from braincast.brain.declared import LARGEST_ARRAY_BYTES, check_dtype, check_group
from braincast.errors import BraincastError

_CHUNK_BYTES = 1 << 22
_ZSTD: dict[str, Any] = {"level": 5, "checksum": True}


def write_arrays(
    folder: Path,
    arrays: Mapping[str, tuple[tuple[str, ...], np.ndarray]],
    attributes: Mapping[str, Any],
    *,
    chunks: Mapping[str, tuple[int, ...]] | None = None,
) -> None:
    """Write `{name: (dimension names, values)}` and JSON attributes as the zarr group `folder`.

    Call it inside a `files.new_folder` block, which adds the manifest. A dtype that is not in
    `declared.DTYPES` is E209. Without `chunks`, chunks hold at most 4 MiB.
    """
    for name, (_, values) in arrays.items():
        check_dtype(values.dtype.name, f"{folder}/{name}")
    create_group(folder, attributes)
    for name, (dims, values) in arrays.items():
        chosen = (chunks or {}).get(name) or default_chunks(values.shape, values.dtype.itemsize)
        create_array(folder, name, dims, values.shape, values.dtype, chosen)[...] = values


def create_group(folder: Path, attributes: Mapping[str, Any]) -> None:
    """An empty zarr group with attributes; arrays are added with `create_array`."""
    zarr.create_group(folder, zarr_format=3, attributes=dict(attributes), overwrite=False)


def create_array(
    folder: Path,
    name: str,
    dims: tuple[str, ...],
    shape: tuple[int, ...],
    dtype: np.dtype | type | str,
    chunks: tuple[int, ...],
) -> zarr.Array:
    """A new array in the group `folder`, to be written tile by tile (whole chunks at a time are fastest).

    Chunks that are never written are missing, which `read_arrays` refuses.
    """
    dtype = np.dtype(dtype)
    check_dtype(dtype.name, f"{folder}/{name}")
    return zarr.open_group(folder, mode="r+", zarr_format=3, use_consolidated=False).create_array(
        name,
        shape=shape,
        dtype=dtype.newbyteorder("="),
        chunks=tuple(max(1, min(chunk, size)) for chunk, size in zip(chunks, shape, strict=True)),
        dimension_names=dims,
        filters=(),
        serializer=BytesCodec(),
        compressors=ZstdCodec(**_ZSTD),
        fill_value=dtype.type(0).item(),
        config={"write_empty_chunks": True},
    )


def encoded_chunk(values: np.ndarray) -> bytes:
    """The file of one whole chunk, as the codecs of `create_array` make it."""
    return Zstd(**_ZSTD).encode(np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")))


def read_arrays(
    folder: Path, *, check: bool = True, largest_bytes: int = LARGEST_ARRAY_BYTES
) -> tuple[dict[str, zarr.Array], dict[str, Any]]:
    """The arrays (unread) and attributes of a group, after everything its files declare was checked.

    First the manifest (unless `check` is off: only for folders checked already), then each array's metadata and
    chunks: E201–E203, E210 and E213 for the files, E209 for dtypes and codecs, E212 for shapes and sizes.
    """
    if check:
        files.check_manifest(folder)
    names = check_group(folder, largest_bytes)
    try:
        group = zarr.open_group(folder, mode="r", zarr_format=3, use_consolidated=False)
        arrays = {name: group[name] for name in names}
    except (KeyError, TypeError, ValueError) as error:
        what, fix = f"zarr cannot open it ({error})", "Write it again with braincast"
        raise BraincastError("E212", str(folder), what, fix) from error
    return arrays, dict(group.attrs)  # pyright: ignore[reportReturnType]


def values_of(array: zarr.Array, part: Any = ...) -> np.ndarray:
    """Values (all, or a `part`) of an array that `read_arrays` found; a chunk that fails its checksum is E210."""
    try:
        return np.asarray(array[part])
    except (RuntimeError, ValueError) as error:  # what zstd's decoder raises
        what, fix = f"its bytes cannot be decoded ({error})", "Write it again with braincast"
        raise BraincastError("E210", str(array.store_path), what, fix) from error


def default_chunks(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """Chunks of at most 4 MiB that split the first axes and leave the last ones whole where they can."""
    left = max(1, _CHUNK_BYTES // itemsize)
    chunks: list[int] = []
    for size in reversed(shape):
        chunks.append(max(1, min(size, left)))
        left = max(1, left // chunks[-1])
    return tuple(reversed(chunks))
