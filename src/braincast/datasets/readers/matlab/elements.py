"""The elements of a MATLAB file up to version 7 (MAT-File Format, MathWorks 2024, chapter 1), read within bounds.

scipy.io.loadmat is the referee of the tests; it is not used here, as a damaged file can end the whole program in it.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator

import numpy as np

_MATRIX, _COMPRESSED = 14, 15
_STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_ENCODINGS = {2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_CELL, _CHAR = 1, 4
_NUMBERS = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
_COMPLEX = 0x08
_HEADER_BYTES = 128
_LARGEST_BYTES = 1 << 34
_SMALL_BYTES, _LARGEST_RATIO = 64 << 20, 100
_DEEPEST = 4


class TooLarge(Exception):
    """A variable that would grow out of proportion."""


def variables(data: bytes) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values of each plain array of numbers, text or cells of texts; ValueError for a damaged file."""
    order = {b"IM": "<", b"MI": ">"}.get(data[126:128])
    if order is None:
        raise ValueError("the header states no byte order")
    for kind, content in _elements(memoryview(data)[_HEADER_BYTES:], order):
        if kind == _COMPRESSED:
            inner = list(_elements(memoryview(_inflated(bytes(content))), order))
        else:
            inner = [(kind, content)]
        for inner_kind, matrix in inner:
            if inner_kind == _MATRIX and (found := _matrix(matrix, order, 0)) is not None:
                yield found


def _inflated(content: bytes) -> bytes:
    """The bytes of a compressed element, never more than a recording could be."""
    limit = max(_SMALL_BYTES, _LARGEST_RATIO * len(content))
    inflater = zlib.decompressobj()
    found = inflater.decompress(content, limit)
    if inflater.unconsumed_tail:
        raise TooLarge(f"a variable of {len(content):,} bytes would grow beyond {limit:,}")
    if not inflater.eof:
        raise ValueError("a compressed variable is cut off")
    return found


def _elements(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    place = 0
    while place < len(data):
        if place + 8 > len(data):
            raise ValueError("an element is cut off")
        kind, size = (int(n) for n in np.frombuffer(data[place : place + 8], f"{order}u4"))
        if kind >> 16:  # a small element: both numbers in one word, the data in the other
            size, kind = kind >> 16, kind & 0xFFFF
            start, following = place + 4, place + 8
            if size > 4:
                raise ValueError("a small element is too long")
        else:
            start = place + 8
            following = start + (size if kind == _COMPRESSED else -(-size // 8) * 8)
        if start + size > len(data):
            raise ValueError(f"an element of {size:,} bytes leaves the file")
        yield kind, data[start : start + size]
        place = following


def _matrix(data: memoryview, order: str, depth: int) -> tuple[str, np.ndarray] | None:
    """Name and values of one array; None for structures, objects, sparse and complex arrays."""
    parts = list(_elements(data, order))
    if len(parts) < 3 or depth > _DEEPEST:
        return None
    flags = int(_numbers(*parts[0], order)[0])
    shape = tuple(int(n) for n in _numbers(*parts[1], order))
    name = bytes(parts[2][1]).decode("latin-1")
    if len(shape) < 2 or min(shape) < 0 or math.prod(shape) * 8 > _LARGEST_BYTES:
        raise ValueError(f"shape {shape} is impossible")
    kind, rest = flags & 0xFF, parts[3:]
    if kind in _NUMBERS and rest and not (flags >> 8) & _COMPLEX:
        return name, _numbers(*rest[0], order).astype(_NUMBERS[kind], copy=False).reshape(shape, order="F")
    if kind == _CHAR and rest:
        return name, np.array(_lines(*rest[0], shape, order))
    if kind == _CELL:
        return name, _cells(rest, shape, order, depth)
    return None


def _numbers(kind: int, data: memoryview, order: str) -> np.ndarray:
    if kind not in _STORED:
        raise ValueError(f"numbers of the unknown type {kind}")
    values = np.frombuffer(data, f"{order}{_STORED[kind]}")
    if not len(values) and len(data):
        raise ValueError("numbers are cut off")
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _lines(kind: int, data: memoryview, shape: tuple[int, ...], order: str) -> list[str]:
    """The rows of a matrix of letters."""
    encoding = _ENCODINGS.get(kind)
    if encoding is None:
        raise ValueError(f"text of the unknown type {kind}")
    wide = f"{encoding}-{'le' if order == '<' else 'be'}" if encoding in ("utf-16", "utf-32") else encoding
    text = bytes(data).decode(wide, "replace")
    letters = np.array(list(text), dtype="U1")
    if len(shape) != 2 or len(letters) != math.prod(shape):
        return [text.strip()]
    return ["".join(row).strip() for row in letters.reshape(shape, order="F")]


def _cells(parts: list[tuple[int, memoryview]], shape: tuple[int, ...], order: str, depth: int) -> np.ndarray:
    """A cell array of texts as an array of texts; one of anything else is empty."""
    if len(parts) != math.prod(shape):
        raise ValueError("a cell array lacks some of its cells")
    found = [_matrix(data, order, depth + 1) if kind == _MATRIX and len(data) else None for kind, data in parts]
    texts = [None if cell is None or cell[1].dtype.kind != "U" else " ".join(cell[1].tolist()) for cell in found]
    return np.array([]) if None in texts else np.array(texts, dtype=str)
