"""Chunks whose bytes inflate to something else than the metadata say, or were changed (zstd: RFC 8878)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hostile.entry import ARRAY, CHUNK, Bad, in_folder, with_content
from hostile.good import CRC32C, ZSTD, Files, edit, encoded, sign

TOPIC = "chunks"
_MAGIC = b"\x28\xb5\x2f\xfd"
_CHECKSUM, _SINGLE_SEGMENT = 4, 32
_RLE, _BLOCK = 1, 128 << 10  # a block of four bytes that inflates to 128 KiB
OTHER_CHUNK = CHUNK.replace("/1/", "/0/")
CHUNK_BYTES = 17 * 40 * 4  # of the small task's chunks


def frame(announced: int | None, n_blocks: int, *, window: int | None = None, checksum: bool = True) -> bytes:
    """A zstd frame of `n_blocks` blocks of 128 KiB zeros that announces this many bytes; its checksum is a guess."""
    size = b"" if announced is None else announced.to_bytes(8, "little")
    descriptor = (0 if announced is None else 3 << 6) | (_CHECKSUM if checksum else 0)
    head = bytes([descriptor, 0x58 if window is None else window]) + size
    blocks = b"".join(
        (int(i == n_blocks - 1) | _RLE << 1 | _BLOCK << 3).to_bytes(3, "little") + b"\0" for i in range(n_blocks)
    )
    return _MAGIC + head + blocks + (b"\0\0\0\0" if checksum else b"")


def _skippable(size: int) -> bytes:
    """A frame that decoders pass over."""
    return b"\x50\x2a\x4d\x18" + size.to_bytes(4, "little") + bytes(min(size, 100))


def _half(content: bytes) -> bytes:
    half = encoded(np.zeros(CHUNK_BYTES // 8, np.float32), ZSTD)
    return half + half


def _announcing(size: int) -> Callable[[bytes], bytes]:
    """A good frame with another content size in its header, which here takes two bytes and counts from 256."""

    def changed(content: bytes) -> bytes:
        if content[4] >> 6 != 1:
            raise ValueError("the frame's content size was expected to take two bytes")
        at = 5 if content[4] & _SINGLE_SEGMENT else 6
        return content[:at] + (size - 256).to_bytes(2, "little") + content[at + 2 :]

    return changed


def _without_checksum(content: bytes) -> bytes:
    return content[:4] + bytes([content[4] & ~_CHECKSUM]) + content[5:-4]


def _with_dictionary(content: bytes) -> bytes:
    return content[:4] + bytes([content[4] | 1]) + b"\x07" + content[5:]


def _flipped(place: int) -> Callable[[bytes], bytes]:
    def changed(content: bytes) -> bytes:
        place_from_start = place % len(content)
        flipped = bytes([content[place_from_start] ^ 1])
        return content[:place_from_start] + flipped + content[place_from_start + 1 :]

    return changed


def _bad(name: str, code: str, content: bytes | Callable[[bytes], bytes], *, signed: bool = True) -> Bad:
    return Bad(name, TOPIC, code, (CHUNK,), with_content(CHUNK, content, signed=signed))


def _raw(name: str, code: str, change: Callable[[bytes], bytes]) -> Bad:
    """The same with the other chain of codecs: raw bytes and their CRC-32C."""

    def changed(files: Files) -> None:
        edit(files, ARRAY, lambda found: found.update(codecs=CRC32C))
        chunk = encoded(np.zeros(CHUNK_BYTES // 4, np.float32), CRC32C)
        files |= {OTHER_CHUNK: chunk, CHUNK: change(chunk)}
        sign(files)

    return Bad(name, TOPIC, code, (CHUNK,), in_folder(changed))


BAD = (
    _bad("cut short", "E210", lambda c: c[:-9], signed=False),
    _bad("cut short and signed", "E210", lambda c: c[:-9]),
    _bad("cut down to its header", "E210", lambda c: c[:9]),
    _bad("empty", "E210", b"", signed=False),
    _bad("empty and signed", "E212", b""),
    _bad("a flipped bit", "E210", _flipped(500), signed=False),
    _bad("a flipped bit, signed", "E210", _flipped(500)),
    _bad("a flipped bit in the checksum, signed", "E210", _flipped(-1)),
    _bad("other bytes of the same length", "E210", lambda c: bytes(len(c)), signed=False),
    _bad("raw bytes where zstd was declared", "E212", bytes(CHUNK_BYTES)),
    _bad("a bomb that announces its gigabyte", "E212", frame(8192 * _BLOCK, 8192)),
    _bad("a bomb that announces the right size", "E212", frame(CHUNK_BYTES, 8192)),
    _bad("a small bomb that announces the right size", "E210", frame(CHUNK_BYTES, 100)),
    _bad("a small bomb after the chunk", "E210", lambda c: c + frame(None, 100)),
    _bad("a bomb that announces no size", "E212", frame(None, 8192)),
    _bad("a frame that announces 2^63 bytes", "E212", frame(1 << 63, 1)),
    _bad("a frame that announces 2^64 - 1 bytes", "E212", frame((1 << 64) - 1, 1)),
    _bad("a frame with a window of terabytes", "E210", frame(CHUNK_BYTES, 1, window=0xFF)),
    _bad("a frame with a window of gigabytes", "E210", frame(CHUNK_BYTES, 1, window=0xA8)),
    _bad("a content size that is too small", "E212", _announcing(CHUNK_BYTES - 4)),
    _bad("a content size that is too large", "E212", _announcing(CHUNK_BYTES + 4)),
    _bad("a frame without checksum", "E209", _without_checksum),
    _bad("a frame that needs a dictionary", "E212", _with_dictionary),
    _bad("two frames of half a chunk", "E212", _half),
    _bad("a second frame after the chunk", "E212", lambda c: c + c),
    _bad("a bomb after the chunk", "E212", lambda c: c + frame(None, 8192)),
    _bad("something after the chunk", "E210", lambda c: c + b"and more"),
    _bad("a skippable frame before the chunk", "E212", lambda c: _skippable(8) + c),
    _bad("a skippable frame after the chunk", "E210", lambda c: c + _skippable(8)),
    _bad("a skippable frame of 4 GB", "E212", _skippable(2**32 - 1)),
    _bad("a frame of an old version of zstd", "E212", lambda c: b"\x27\xb5\x2f\xfd" + c[4:]),
    _bad("gzip", "E212", b"\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"),
    _raw("raw, cut short and signed", "E212", lambda c: c[:-9]),
    _raw("raw, longer and signed", "E212", lambda c: c + bytes(9)),
    _raw("raw, without its CRC", "E212", lambda c: c[:-4]),
    _raw("raw, a flipped bit, signed", "E210", _flipped(500)),
    _raw("raw, a flipped bit in its CRC, signed", "E210", _flipped(-1)),
)
