"""The list of files in a zip archive, read so that no two readers can understand it differently.

An archive says everything twice, in a central directory and before each file, and readers differ in what they believe.
So both must agree, the files must follow each other without gap or overlap, and nothing may stand before, behind or
between. Numbers and sizes are bounded before they are used (PKWARE APPNOTE 6.3.10 gives the records).
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from braincast.errors import BraincastError
from braincast.forecasts.submissions.names import LARGEST_NUMBER, LONGEST_NAME

STORED, DEFLATED = 0, 8
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_MOST_EXTRA = 256
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_STREAMED = 1 << 3
_KNOWN_FLAGS = 0b110 | _STREAMED | 1 << 11  # how hard it was deflated, sizes behind the data, names in UTF-8
_ENCRYPTED = 1 | 1 << 6 | 1 << 13
_ZIP64, _OTHER_NAME = 0x0001, 0x7075
_DESCRIPTOR_SIZES = (12, 16, 20, 24)
_LARGEST_RATIO, _SMALL = 200, 1 << 20


@dataclass(frozen=True)
class Entry:
    """One file (or folder, whose name ends with /): where its bytes lie and how."""

    name: str
    method: int
    crc: int
    packed_bytes: int
    n_bytes: int
    data_at: int
    is_link: bool


def entries_of(stream: BinaryIO, archive: str) -> list[Entry]:
    """All entries in the order of the central directory; E601 for an archive that is damaged or ambiguous."""
    n_entries, n_bytes, start = _end_of(stream, archive)
    content = _read_at(stream, start, n_bytes, archive)
    found = list(_central_entries(content, n_entries, archive))
    entries, extents = [], []
    for header in found:
        entry, extent = _beside_its_data(stream, header, archive)
        entries.append(entry)
        extents.append(extent)
    _check_extents(sorted(extents), start, archive)
    return entries


@dataclass(frozen=True)
class _Header:
    """What the central directory says about a file."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed_bytes: int
    n_bytes: int
    mode: int
    at: int


@dataclass(frozen=True, order=True)
class _Extent:
    """Where a file's local header begins, where its data end, and whether sizes follow them."""

    start: int
    stop: int
    streamed: bool


def _end_of(stream: BinaryIO, archive: str) -> tuple[int, int, int]:
    """Number of entries, bytes and start of the central directory, which must reach to the end records."""
    size = stream.seek(0, 2)
    record = _read_at(stream, max(0, size - _END.size), _END.size, archive)
    signature, disk, first_disk, here, n_entries, n_bytes, start, comment = _END.unpack(record)
    if signature != b"PK\x05\x06" or comment:
        begins = _read_at(stream, 0, min(size, 2), archive) == b"PK"
        what = "it does not end as a zip archive without a comment does" if begins else "this is no zip archive"
        raise damaged(archive, what)
    stop = size - _END.size
    if stop >= _LOCATOR64.size:
        locator = _LOCATOR64.unpack(_read_at(stream, stop - _LOCATOR64.size, _LOCATOR64.size, archive))
        if locator[0] == b"PK\x06\x07":
            stop = locator[2]
            small = here, n_entries, n_bytes, start
            disk, first_disk, here, n_entries, n_bytes, start = _end64(stream, locator, size, small, archive)
    if disk or first_disk or here != n_entries:
        raise damaged(archive, "it is one part of several")
    if n_entries > LARGEST_NUMBER:
        what = f"it lists {n_entries:,} files, at most {LARGEST_NUMBER:,} are read"
        raise BraincastError("E603", archive, what, "Write fewer, larger chunks")
    if n_bytes > n_entries * (_CENTRAL.size + LONGEST_NAME + _MOST_EXTRA) or start + n_bytes != stop:
        raise damaged(archive, "its list of files is not where and as long as the archive says")
    return n_entries, n_bytes, start


def _end64(
    stream: BinaryIO, locator: tuple[bytes, int, int, int], size: int, small: tuple[int, ...], archive: str
) -> tuple[int, ...]:
    """The end record of a large archive; what the small one says must be the same, or say that it is too small."""
    at = locator[2]
    if at != size - _END.size - _LOCATOR64.size - _END64.size or locator[1] or locator[3] != 1:
        raise damaged(archive, "its end records contradict each other")
    found = _END64.unpack(_read_at(stream, at, _END64.size, archive))
    signature, n_bytes, _, _, disk, first_disk, *large = found
    fits = all(
        one in (other, full) for one, other, full in zip(small, large, (_FULL16,) * 2 + (_FULL32,) * 2, strict=True)
    )
    if signature != b"PK\x06\x06" or n_bytes != _END64.size - 12 or not fits:
        raise damaged(archive, "its end records contradict each other")
    return disk, first_disk, *large


def _central_entries(content: bytes, n_entries: int, archive: str) -> Iterator[_Header]:
    at = 0
    for _ in range(n_entries):
        if at + _CENTRAL.size > len(content):
            raise damaged(archive, "its list of files is cut short")
        fields = _CENTRAL.unpack_from(content, at)
        signature, _, _, flags, method, _, _, crc, packed, n_bytes = fields[:10]
        n_name, n_extra, n_comment, disk, _, attributes, start = fields[10:]
        at += _CENTRAL.size
        name, extra = content[at : at + n_name], content[at + n_name : at + n_name + n_extra]
        at += n_name + n_extra + n_comment
        if signature != b"PK\x01\x02" or disk or n_comment or at > len(content):
            raise damaged(archive, "its list of files is damaged")
        n_bytes, packed, start = _large(extra, (n_bytes, packed, start), _shown(name))
        yield _Header(name, flags, method, crc, packed, n_bytes, attributes >> 16, start)
    if at != len(content):
        raise damaged(archive, "its list of files is longer than it says")


def _large(extra: bytes, small: tuple[int, ...], where: str) -> tuple[int, ...]:
    """Sizes and places, taken from the extra field of large archives where they do not fit into 32 bits."""
    values, at = list(small), 0
    while at + 4 <= len(extra):
        kind, n_bytes = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + n_bytes]
        at += 4 + n_bytes
        if at > len(extra):
            raise damaged(where, "its extra fields are longer than they say")
        if kind == _OTHER_NAME:
            raise BraincastError("E602", where, "the archive gives it a second name", "Zip it with plain ASCII names")
        if kind == _ZIP64:
            wanted = [place for place, value in enumerate(small) if value == _FULL32]
            if len(field) < 8 * len(wanted):
                raise damaged(where, "its size is missing")
            for place, number in zip(wanted, struct.unpack_from(f"<{len(wanted)}Q", field), strict=True):
                values[place] = number
    return tuple(values)


def _beside_its_data(stream: BinaryIO, header: _Header, archive: str) -> tuple[Entry, _Extent]:
    """The entry and where it lies, after what stands before its data was compared with the central directory."""
    name = _shown(header.name)
    _check_form(header, name)
    fields = _LOCAL.unpack(_read_at(stream, header.at, _LOCAL.size, archive))
    signature, _, flags, method, _, _, crc, packed, n_bytes, n_name, n_extra = fields
    behind = _read_at(stream, header.at + _LOCAL.size, n_name + n_extra, archive)
    n_bytes, packed = _large(behind[n_name:], (n_bytes, packed), name)
    streamed = bool(flags & _STREAMED)
    told, true = (crc, packed, n_bytes), (header.crc, header.packed_bytes, header.n_bytes)
    agree = all(one == other or (streamed and not one) for one, other in zip(told, true, strict=True))
    same = (behind[:n_name], flags, method) == (header.name, header.flags, header.method)
    if signature != b"PK\x03\x04" or not (agree and same):
        raise damaged(name, "what stands before its data differs from the archive's list")
    start = header.at + _LOCAL.size + n_name + n_extra
    entry = Entry(name, method, header.crc, header.packed_bytes, header.n_bytes, start, _is_link(header, name))
    return entry, _Extent(header.at, start + header.packed_bytes, streamed)


def _check_form(header: _Header, name: str) -> None:
    if header.flags & _ENCRYPTED:
        raise damaged(name, "it is encrypted")
    if header.flags & ~_KNOWN_FLAGS or header.method not in (STORED, DEFLATED):
        raise damaged(name, f"it is packed in a way that is not read (method {header.method})")
    stored_wrong = header.method == STORED and header.packed_bytes != header.n_bytes
    if stored_wrong or header.packed_bytes > header.n_bytes + header.n_bytes // 100 + 1024:
        raise damaged(name, "its sizes contradict each other")
    if header.n_bytes > max(_SMALL, _LARGEST_RATIO * header.packed_bytes):
        what = f"{header.packed_bytes:,} bytes would inflate to {header.n_bytes:,}"
        raise BraincastError("E603", name, what, "Zip without compression (zip -0); chunks are compressed already")
    if name.endswith("/") and header.n_bytes:
        raise damaged(name, "it is a folder with content")


def _is_link(header: _Header, name: str) -> bool:
    """Whether the file is of another kind than its name says, by the mode that Unix tools keep."""
    kind = stat.S_IFMT(header.mode)
    return kind not in (0, stat.S_IFDIR if name.endswith("/") else stat.S_IFREG)


def _check_extents(extents: list[_Extent], stop: int, archive: str) -> None:
    """Files follow each other from the first byte to the central directory, but for sizes behind streamed ones."""
    at, allowed = 0, (0,)
    for extent in [*extents, _Extent(stop, stop, False)]:
        if extent.start - at not in allowed:
            raise damaged(archive, "its files overlap, or something stands before, between or behind them")
        at, allowed = extent.stop, _DESCRIPTOR_SIZES if extent.streamed else (0,)


def _read_at(stream: BinaryIO, at: int, n_bytes: int, archive: str) -> bytes:
    size = stream.seek(0, 2)
    if not 0 <= at <= size - n_bytes:
        raise damaged(archive, "it is cut short, or no zip archive")
    stream.seek(at)
    return stream.read(n_bytes)


def _shown(name: bytes) -> str:
    """A name as text. Every byte stays one letter, so that other than ASCII ones are refused by the rules for names."""
    return name.decode("latin-1")[: LONGEST_NAME + 1]


def damaged(where: str, what: str) -> BraincastError:
    """The error for an archive that cannot be read in only one way."""
    return BraincastError(
        "E601", where, what, "Zip it again with plain tools: no password, comment, link or second part"
    )
