"""Pictures in the PNG format (ISO/IEC 15948) as grey values: of 8 or 16 bits, grey or RGB, with or without alpha."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from braincast.errors import BraincastError

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST_FILE, _LARGEST_SIDE = 64 << 20, 8192
_SAMPLES = {0: 1, 2: 3, 4: 2, 6: 4}  # colour type: numbers for each pixel
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
_AGAIN = "Use an undamaged copy of the picture, saved without a palette and not interlaced"


def grey_picture(path: Path) -> Float[np.ndarray, "height width"]:
    """The luma of each pixel from 0 to 1, the first row on top; E117 for a file that is no such picture."""
    header, packed = _parts(_content(path), path)
    raw = _unpacked(packed, header, path)
    samples = _samples(raw, header, path) / (2**header.depth - 1)
    colours = samples[:, :, : 3 if header.samples > 2 else 1]
    return colours @ _LUMA if colours.shape[2] == 3 else colours[:, :, 0]


@dataclass(frozen=True)
class _Header:
    width: int
    height: int
    depth: int
    samples: int

    @property
    def pixel_bytes(self) -> int:
        return self.samples * self.depth // 8

    @property
    def row_bytes(self) -> int:
        """A row and the byte in front that says how it was filtered."""
        return 1 + self.width * self.pixel_bytes


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise _damaged(path, f"it cannot be read ({error.strerror})") from error
    if len(content) > _LARGEST_FILE:
        raise _damaged(path, f"it has more than {_LARGEST_FILE:,} bytes")
    return content


def _parts(content: bytes, path: Path) -> tuple[_Header, bytes]:
    """The header, and the packed rows of all chunks."""
    if not content.startswith(_SIGNATURE):
        raise _damaged(path, "it is no PNG")
    chunks: list[tuple[bytes, bytes]] = []
    place = len(_SIGNATURE)
    while not chunks or chunks[-1][0] != b"IEND":
        if place + 12 > len(content):
            raise _damaged(path, "it is cut short")
        length, name = struct.unpack_from(">I4s", content, place)
        body, check = content[place + 8 : place + 8 + length], content[place + 8 + length : place + 12 + length]
        if len(check) < 4 or zlib.crc32(name + body) != int.from_bytes(check, "big"):
            raise _damaged(path, "it is cut short or damaged")
        chunks.append((name, body))
        place += 12 + length
    packed = b"".join(body for name, body in chunks if name == b"IDAT")
    return _header(*chunks[0], path), packed


def _header(name: bytes, body: bytes, path: Path) -> _Header:
    if name != b"IHDR" or len(body) != 13:
        raise _damaged(path, "it does not begin with its header")
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", body)
    if depth not in (8, 16) or colour not in _SAMPLES or packing or filtering or interlaced:
        raise _damaged(path, f"pictures of {depth} bits and colour type {colour}, or interlaced, are not read here")
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise _damaged(path, f"it claims to have {width} × {height} pixels")
    return _Header(width, height, depth, _SAMPLES[colour])


def _unpacked(packed: bytes, header: _Header, path: Path) -> np.ndarray:
    expected = header.height * header.row_bytes
    try:
        raw = zlib.decompressobj().decompress(packed, expected + 1)
    except zlib.error as error:
        raise _damaged(path, f"its pixels cannot be unpacked ({error})") from error
    if len(raw) != expected:
        raise _damaged(path, "it has more or fewer pixels than it says")
    return np.frombuffer(raw, np.uint8).reshape(header.height, header.row_bytes)


def _samples(raw: np.ndarray, header: _Header, path: Path) -> np.ndarray:
    """[height, width, sample] as numbers."""
    from braincast.datasets.readers.png_rows import unfiltered

    if raw[:, 0].max() > 4:
        raise _damaged(path, f"a row is filtered in an unknown way ({raw[:, 0].max()})")
    rows = unfiltered(raw, header.pixel_bytes)
    numbers = rows.view(">u2") if header.depth == 16 else rows
    return numbers.reshape(header.height, header.width, header.samples).astype(np.float64)


def _damaged(path: Path, what: str) -> BraincastError:
    return BraincastError("E117", str(path), what, _AGAIN)
