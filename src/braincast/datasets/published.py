"""Arrays that others published in the zarr format, read in place and not trusted: what they declare is checked."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Iterable
from typing import Any

import numpy as np
import zarr
from zarr.abc.store import ByteRequest, OffsetByteRequest, RangeByteRequest, Store, SuffixByteRequest
from zarr.core.buffer import Buffer, BufferPrototype

from braincast.datasets.card import StoredArray
from braincast.datasets.places import Place
from braincast.errors import BraincastError

_METADATA = frozenset({"zarr.json", ".zarray", ".zattrs", ".zgroup", ".zmetadata"})
# Codecs that turn bytes into bytes, or into numbers: no pickles, no code.
_CODECS = frozenset({"bytes", "blosc", "zstd", "gzip", "zlib", "lz4", "bz2", "crc32c", "transpose", "sharding_indexed"})
_LARGEST_CHUNK = 256 << 20
_COPY = "Use an undamaged copy of what was published"


class PublishedStore(Store):
    """One array below a place, as zarr reads it; nothing is ever written.

    A missing chunk, which zarr would read as zeros, is E203 where every chunk was `complete`ly published. A chunk of
    another length than `chunk_bytes`, known where nothing is compressed, is E403.
    """

    supports_writes = supports_deletes = supports_listing = False  # pyright: ignore[reportAssignmentType]

    def __init__(self, place: Place, name: str, *, complete: bool, chunk_bytes: int | None = None) -> None:
        super().__init__(read_only=True)
        self.place, self.name, self.complete, self.chunk_bytes = place, name, complete, chunk_bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublishedStore) and (self.place, self.name) == (other.place, other.name)

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __str__(self) -> str:
        return self.place.locate(self.name)

    def with_read_only(self, read_only: bool = False) -> PublishedStore:
        return self

    async def get(self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None) -> Buffer | None:
        content = await asyncio.to_thread(self._read, key)
        return None if content is None else prototype.buffer.from_bytes(_part(content, byte_range))

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        return [await self.get(key, prototype, byte_range) for key, byte_range in key_ranges]

    async def exists(self, key: str) -> bool:
        return await asyncio.to_thread(self._read, key) is not None

    async def set(self, key: str, value: Buffer) -> None:
        raise PermissionError("a published store is read only")

    async def delete(self, key: str) -> None:
        raise PermissionError("a published store is read only")

    async def list(self) -> AsyncIterator[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        for key in ():
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        for key in ():
            yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        for key in ():
            yield key

    def _read(self, key: str) -> bytes | None:
        content = self.place.read(f"{self.name}/{key}")
        if key.rpartition("/")[2] in _METADATA:
            return content
        where = self.place.locate(f"{self.name}/{key}")
        if content is None and self.complete:
            raise BraincastError("E203", where, "this chunk of the store is missing", self.place.mend)
        if content is not None and self.chunk_bytes not in (None, len(content)):
            what = f"the chunk has {len(content):,} bytes, expected {self.chunk_bytes:,}: it is cut short or damaged"
            raise BraincastError("E403", where, what, self.place.mend)
        return content


def open_published(place: Place, declared: StoredArray) -> tuple[zarr.Array, dict[str, Any]]:
    """An array, unread, and its attributes, after what its metadata say was compared with what is known of it.

    E406 where it is missing, E403 for unreadable metadata, E212 for another shape or vast chunks, E209 for another data
    type or codec.
    """
    metadata = _metadata(place, declared)
    where = place.locate(declared.path)
    _check_codecs(metadata, where)
    store = PublishedStore(place, declared.path, complete=declared.complete)
    try:
        array = zarr.open_array(store, mode="r", zarr_format=declared.zarr_format)
    except (KeyError, TypeError, ValueError, NotImplementedError) as error:
        raise BraincastError("E403", where, f"zarr cannot open it ({error})", _COPY) from error
    if array.shape != declared.shape:
        what = f"its shape is {array.shape}, expected {declared.shape}"
        raise BraincastError("E212", where, what, "Give a store of this very dataset")
    if array.dtype.name not in declared.dtypes:
        what = f"its data type is {array.dtype}, expected {' or '.join(declared.dtypes)}"
        raise BraincastError("E209", where, what, "Give a store of this very dataset")
    chunk_bytes = math.prod(array.shards or array.chunks) * np.dtype(array.dtype).itemsize
    if chunk_bytes > _LARGEST_CHUNK:
        raise BraincastError("E212", where, f"its chunks have {chunk_bytes:,} bytes", _COPY)
    store.chunk_bytes = chunk_bytes if _is_plain(metadata) else None
    return array, dict(array.attrs)


def _metadata(place: Place, declared: StoredArray) -> dict[str, Any]:
    key = f"{declared.path}/{'zarr.json' if declared.zarr_format == 3 else '.zarray'}"
    content = place.read(key, largest=1 << 20)
    if content is None:
        fix = "Give the folder that holds traces/ and stimuli_features/, or the one above it"
        raise BraincastError("E406", place.locate(key), "this array is not there", fix)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BraincastError("E403", place.locate(key), f"this is not JSON ({error})", _COPY) from error
    if not isinstance(found, dict):
        raise BraincastError("E403", place.locate(key), "this is not the metadata of an array", _COPY)
    return found


def _check_codecs(metadata: dict[str, Any], where: str) -> None:
    names = _codec_names(metadata)
    if metadata.get("filters") or metadata.get("storage_transformers") or not names <= _CODECS:
        unknown = ", ".join(sorted(map(repr, names - _CODECS))) or "filters"
        raise BraincastError("E209", where, f"it is coded by {unknown}, which is not read here"[:300], _COPY)


def _codec_names(found: Any) -> set[str]:
    """Names of all codecs that metadata of version 2 or 3 mention, those inside shards too."""
    names: set[str] = set()
    compressor = found.get("compressor")
    if compressor is not None:
        names.add(str(compressor.get("id")) if isinstance(compressor, dict) else repr(compressor))
    waiting = [*_listed(found.get("codecs"))]
    while waiting:
        codec = waiting.pop()
        settings = codec.get("configuration") if isinstance(codec, dict) else None
        names.add(str(codec.get("name")) if isinstance(codec, dict) else repr(codec))
        if isinstance(settings, dict):
            waiting += [*_listed(settings.get("codecs")), *_listed(settings.get("index_codecs"))]
    return names


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _is_plain(metadata: dict[str, Any]) -> bool:
    """Whether chunks are the numbers themselves, so that their length is known."""
    return _codec_names(metadata) <= {"bytes"}


def _part(content: bytes, wanted: ByteRequest | None) -> bytes:
    if isinstance(wanted, RangeByteRequest):
        return content[wanted.start : wanted.end]
    if isinstance(wanted, OffsetByteRequest):
        return content[wanted.offset :]
    if isinstance(wanted, SuffixByteRequest):
        return content[-wanted.suffix :]
    return content
