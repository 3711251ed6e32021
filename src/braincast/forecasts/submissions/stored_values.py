"""The chunks of a store: read, hashed, decoded and looked at, one at a time and each once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import google_crc32c
import numpy as np
from numcodecs.zstd import decompress

from braincast.brain.declared import CRC_BYTES, Layout, chunk_problem
from braincast.brain.zstd_frames import HEADER_BYTES, is_one_frame
from braincast.errors import BraincastError
from braincast.files import MANIFEST
from braincast.forecasts.answers import ValueCheck
from braincast.forecasts.expected import MOST_FILES
from braincast.forecasts.submissions.stored_files import Similar, StoredFiles
from braincast.forecasts.submissions.stored_metadata import Labels

Advance = Callable[[int], None]
_AGAIN = "Write the store again from its source"


def value_problems(
    files: StoredFiles, layout: Layout, labels: Labels, listed: dict[str, tuple[int, str]], advance: Advance
) -> Iterator[BraincastError]:
    """E203, E209, E210 and E212 for chunks, then E208 and E214 for values; `advance` is told the bytes looked at."""
    similar, array = Similar(), files.expected.array
    values = ValueCheck(files.expected, labels, files.place(array))
    buffer = np.empty(layout.chunk_bytes if layout.codec == "zstd" else 0, np.uint8)
    for place in _present(files, layout, similar):
        try:
            chunk = _decoded(files, _name(array, place), layout, listed, buffer)
        except BraincastError as problem:
            similar.add(f"{problem.code} {problem.fix}", problem)
            continue
        start = [index * step for index, step in zip(place, layout.chunk, strict=True)]
        inside = zip(start, layout.shape, layout.chunk, strict=True)
        # A chunk at the edge is whole; what lies beyond the array is nobody's answer.
        values.add(chunk[tuple(slice(min(step, size - first)) for first, size, step in inside)], start)
        advance(layout.chunk_bytes)
    yield from similar
    yield from values.problems()


def _present(files: StoredFiles, layout: Layout, similar: Similar) -> Iterator[tuple[int, ...]]:
    """The indices of the chunks that are there; what is missing, or stands there and is no chunk, is noted."""
    array, n_expected = files.expected.array, math.prod(layout.counts)
    if n_expected > MOST_FILES:
        what = f"{n_expected:,} chunks are declared, at most {MOST_FILES:,} are read"
        similar.add("many", BraincastError("E603", files.place(array), what, "Write fewer, larger chunks"))
        return
    found = set(files.sizes) - {MANIFEST, "zarr.json", f"{array}/zarr.json"}
    for place in layout.places():
        name = _name(array, place)
        if name in found:
            found.remove(name)
            yield place
        else:
            similar.add("missing", BraincastError("E203", files.place(name), "this chunk is missing", _AGAIN))
    for name in sorted(found):
        what = "this file is no chunk of the array, and nothing else that a store has"
        similar.add("extra", BraincastError("E203", files.place(name), what, "Remove it, also from the manifest"))


def _name(array: str, place: tuple[int, ...]) -> str:
    return "/".join([array, "c", *map(str, place)])


def _checked(files: StoredFiles, name: str, layout: Layout, listed: dict[str, tuple[int, str]]) -> bytes:
    """The bytes of a chunk that are those of the manifest and announce a whole chunk."""
    where, largest = files.place(name), layout.chunk_bytes + layout.chunk_bytes // 100 + 1024
    if files.sizes[name] > largest:
        what = f"it has {files.sizes[name]:,} bytes, a chunk takes at most {largest:,}"
        raise BraincastError("E212", where, what, _AGAIN)
    content = files.read(name, largest)
    problem = files.differs(name, listed) or chunk_problem(layout, content[:HEADER_BYTES], len(content), where)
    if problem:
        raise problem
    return content


def _decoded(
    files: StoredFiles, name: str, layout: Layout, listed: dict[str, tuple[int, str]], buffer: np.ndarray
) -> np.ndarray:
    """The values of a whole chunk, after its own checksum was compared, too; E210 if that differs.

    Those of a zstd frame lie in `buffer`.
    """
    content, where = _checked(files, name, layout, listed), files.place(name)
    if layout.codec == "crc32c":
        if google_crc32c.value(content[:-CRC_BYTES]) != int.from_bytes(content[-CRC_BYTES:], "little"):
            raise BraincastError("E210", where, "its bytes differ from its own CRC-32C", _AGAIN)
        return np.frombuffer(content, layout.dtype, math.prod(layout.chunk)).reshape(layout.chunk)
    try:
        if not is_one_frame(content):
            raise RuntimeError("it is not one zstd frame to its end")
        decompress(content, buffer)
    except (RuntimeError, ValueError) as error:
        raise BraincastError("E210", where, f"its bytes cannot be decoded ({error})", _AGAIN) from error
    return buffer.view(layout.dtype).reshape(layout.chunk)
