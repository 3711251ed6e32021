"""What a zstd frame says about itself before it is decoded (RFC 8878 §3.1.1)."""

from __future__ import annotations

from mmap import mmap
from typing import NamedTuple

HEADER_BYTES = 18  # of the longest header
_MAGIC = b"\x28\xb5\x2f\xfd"
_CHECKSUM_BYTES = 4
_REPEATED = 1  # the type of a block that stores one byte and how often it occurs


class Frame(NamedTuple):
    """A frame's header: its length, the bytes that the frame will inflate to, and whether a checksum follows."""

    header_bytes: int
    content_bytes: int
    checksum: bool


def frame_of(start: bytes) -> Frame | None:
    """The frame that begins with these bytes; None if it is no such frame, or names no size, or needs a dictionary."""
    if len(start) < 6 or start[:4] != _MAGIC:
        return None
    descriptor = start[4]
    single_segment = descriptor >> 5 & 1
    size_bytes = (1 if single_segment else 0, 2, 4, 8)[descriptor >> 6]
    at = 5 + (0 if single_segment else 1)
    field = start[at : at + size_bytes]
    if descriptor & 3 or not size_bytes or len(field) < size_bytes:
        return None
    content_bytes = int.from_bytes(field, "little") + (256 if size_bytes == 2 else 0)
    return Frame(at + size_bytes, content_bytes, bool(descriptor & 4))


def is_one_frame(content: bytes | mmap) -> bool:
    """Whether the bytes are one checksummed frame to their end, with no other frame nor anything else behind it."""
    frame = frame_of(content[:HEADER_BYTES])
    if frame is None or not frame.checksum:
        return False
    at, last = frame.header_bytes, 0
    while not last and at < len(content):
        block = int.from_bytes(content[at : at + 3], "little")
        last, kind, size = block & 1, block >> 1 & 3, block >> 3
        at += 3 + (1 if kind == _REPEATED else size)
    return bool(last) and at + _CHECKSUM_BYTES == len(content)
