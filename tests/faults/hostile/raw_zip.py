"""Zip archives byte by byte, so that any field may lie (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hostile.good import Files

STORED, DEFLATED = 0, 8
REGULAR = 0o100644
UTF8 = 1 << 11
_LOCAL = "<IHHHHHIIIHH"
_CENTRAL = "<IHHHHHHIIIHHHHHII"
_END = "<IHHHHIIH"
_END64 = "<IQHHIIQQQQ"
_LOCATOR64 = "<IIQI"


@dataclass(frozen=True)
class Entry:
    """One member. `local` and `central` replace fields of its two headers; `shares` is the number of another entry
    whose local header and bytes this one claims as its own."""

    name: bytes
    content: bytes = b""
    method: int = STORED
    mode: int = REGULAR
    flags: int = 0
    local: Mapping[str, int] = field(default_factory=dict)
    central: Mapping[str, int] = field(default_factory=dict)
    local_name: bytes | None = None
    extra: bytes = b""
    shares: int | None = None

    @property
    def packed(self) -> bytes:
        """The bytes as stored."""
        if self.method != DEFLATED:
            return self.content
        squeezing = zlib.compressobj(9, zlib.DEFLATED, -15)
        return squeezing.compress(self.content) + squeezing.flush()


def entries_of(files: Files, method: int = STORED) -> list[Entry]:
    """An entry for each file."""
    return [Entry(name.encode(), content, method) for name, content in files.items()]


def archive(entries: Sequence[Entry], *, before: bytes = b"", comment: bytes = b"", **end: int) -> bytes:
    """The archive; `before` stands in front of it, `end` replaces fields of the end record."""
    body, central = _parts(entries, before)
    return body + central + _end_record(len(entries), len(central), len(body), comment, end)


def archive64(entries: Sequence[Entry], **end: int) -> bytes:
    """The archive with an end record of 64 bits as well, in which `end` replaces fields (APPNOTE 4.3.14, 4.3.15)."""
    body, central = _parts(entries, b"")
    found = {"count": len(entries), "size": len(central), "start": len(body), **end}
    sizes = (found["count"], found["count"], found["size"], found["start"])
    record = struct.pack(_END64, 0x06064B50, 44, 45, 45, 0, 0, *sizes)
    locator = struct.pack(_LOCATOR64, 0x07064B50, 0, len(body) + len(central), 1)
    full = {"here": 0xFFFF, "count": 0xFFFF, "size": 0xFFFFFFFF, "start": 0xFFFFFFFF}
    return body + central + record + locator + _end_record(0, 0, 0, b"", full)


def _parts(entries: Sequence[Entry], before: bytes) -> tuple[bytes, bytes]:
    """The members with their local headers, and the central directory."""
    body, central, starts = bytearray(before), bytearray(), []
    for entry in entries:
        starts.append(len(body) if entry.shares is None else starts[entry.shares])
        packed = entry.packed
        sizes = {"crc": zlib.crc32(entry.content), "packed": len(packed), "size": len(entry.content)}
        if entry.shares is None:
            body += _local_header(entry, sizes) + packed
        central += _central_header(entry, sizes, starts[-1])
    return bytes(body), bytes(central)


def _local_header(entry: Entry, sizes: dict[str, int]) -> bytes:
    name = entry.name if entry.local_name is None else entry.local_name
    found = {"flags": entry.flags, "method": entry.method, **sizes, **entry.local}
    head = (0x04034B50, 20, found["flags"], found["method"], 0, 33, found["crc"], found["packed"], found["size"])
    return struct.pack(_LOCAL, *head, len(name), 0) + name


def _central_header(entry: Entry, sizes: dict[str, int], start: int) -> bytes:
    found = {"flags": entry.flags, "method": entry.method, "start": start, "disk": 0, **sizes, **entry.central}
    by_unix = 3 << 8 | 20
    head = (0x02014B50, by_unix, 20, found["flags"], found["method"], 0, 33, found["crc"])
    sized = (found["packed"], found["size"], len(entry.name), len(entry.extra), 0, found["disk"], 0)
    return struct.pack(_CENTRAL, *head, *sized, entry.mode << 16, found["start"]) + entry.name + entry.extra


def _end_record(count: int, size: int, start: int, comment: bytes, end: Mapping[str, int]) -> bytes:
    found = {
        "disk": 0,
        "here": count,
        "count": count,
        "size": size,
        "start": start,
        "comment_bytes": len(comment),
        **end,
    }
    values = (found[key] for key in ("disk", "disk", "here", "count", "size", "start", "comment_bytes"))
    return struct.pack(_END, 0x06054B50, *values) + comment
