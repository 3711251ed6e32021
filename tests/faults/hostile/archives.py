"""Zip archives that inflate without end, or whose parts tell different stories."""

from __future__ import annotations

import dataclasses
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from hostile.entry import CHUNK, Bad, Make, zipped
from hostile.good import DECLARATION, STORE, Files
from hostile.raw_zip import DEFLATED, Entry, archive, archive64, entries_of

TOPIC = "archives"
_ENCRYPTED, _BZIP2, _LZMA = 1, 12, 14
_MANY = 8 << 20
_HUGE = {"size": 2**32 - 2, "method": DEFLATED}


def _made(content: Callable[[list[Entry]], bytes]) -> Make:
    """Bytes made from the entries of the good files."""
    return lambda files, folder: zipped(content(entries_of(files)), folder)


def _more(*entries: Entry) -> Make:
    return _made(lambda good: archive([*good, *entries]))


def _with_chunk(**changes: object) -> Make:
    """One chunk's entry changed."""

    def changed(good: list[Entry]) -> bytes:
        here = CHUNK.encode()
        return archive([dataclasses.replace(e, **changes) if e.name == here else e for e in good])

    return _made(changed)


def _bomb(name: str) -> Make:
    """8 MiB of zeros in 8 KiB, under this name."""
    return lambda files, folder: zipped(
        archive(
            [*entries_of({n: c for n, c in files.items() if n != name}), Entry(name.encode(), bytes(_MANY), DEFLATED)]
        ),
        folder,
    )


def _overlapping(files: Files, folder: Path) -> Path:
    """Many entries that all inflate the same bytes (Fifield 2019, "A better zip bomb", the simplest kind)."""
    kernel = Entry(b"seed-0.zarr/activity/c/9/0/0", bytes(1 << 16), DEFLATED)
    good = entries_of(files)
    names = [f"seed-0.zarr/activity/c/{10 + i}/0/0".encode() for i in range(500)]
    return zipped(
        archive([*good, kernel, *(dataclasses.replace(kernel, name=n, shares=len(good)) for n in names)]), folder
    )


def _quoting(files: Files, folder: Path) -> Path:
    """Entries of which each contains the next one's header as its own bytes (Fifield 2019, quoted headers)."""
    inner = archive([Entry(b"inner", b"x" * 1000)])
    outer = Entry(b"outer", inner[:1035])
    first = archive([outer])
    start = first.index(b"PK\x03\x04", 4)
    whole = [*entries_of(files), outer, Entry(b"inner", b"x" * 1000, shares=0)]
    offset = archive(whole).index(first[:35])
    whole[-1] = dataclasses.replace(whole[-1], central={"start": offset + start})
    return zipped(archive(whole), folder)


def _very_many(files: Files, folder: Path) -> Path:
    many = (Entry(f"{STORE}/activity/c/{i}/0/0".encode()) for i in range(2, 110_000))
    return zipped(archive64([*entries_of(files), *many]), folder)


def _zip64_size(files: Files, folder: Path) -> Path:
    """An entry whose size is said to be 2^50 bytes in its extra field (APPNOTE 4.5.3)."""
    extra = struct.pack("<HHQQ", 1, 16, 1 << 50, 1 << 50)
    huge = Entry(
        f"{STORE}/activity/c/2/0/0".encode(), b"x", extra=extra, central={"size": 2**32 - 1, "packed": 2**32 - 1}
    )
    return zipped(archive([*entries_of(files), huge]), folder)


def _unicode_name(name: bytes) -> bytes:
    """The extra field in which Info-ZIP keeps another name (APPNOTE 4.6.9)."""
    return struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(CHUNK.encode())) + name


def _broken_deflate(good: list[Entry]) -> bytes:
    """A chunk that is said to be deflated, but is not."""
    entries = [
        dataclasses.replace(e, local={"method": 8}, central={"method": 8}) if b"/c/1/" in e.name else e for e in good
    ]
    return archive(entries)


def _bad(name: str, code: str, make: Make, *words: str) -> Bad:
    return Bad(name, TOPIC, code, words, make)


BAD = (
    _bad("a chunk that inflates a thousand times", "E603", _bomb(CHUNK), CHUNK),
    _bad("a declaration that inflates a thousand times", "E603", _bomb(DECLARATION), DECLARATION),
    _bad("metadata that inflate a thousand times", "E603", _bomb(f"{STORE}/zarr.json"), "zarr.json"),
    _bad("entries that share their bytes", "E601", _overlapping),
    _bad("entries inside other entries", "E601", _quoting),
    _bad("an archive in the archive", "E604", _more(Entry(b"more.zip", archive([Entry(b"x", b"y")]))), "more.zip"),
    _bad("very many entries", "E603", _very_many),
    _bad("sizes of terabytes", "E603", _with_chunk(central=_HUGE, local=_HUGE)),
    _bad("a size of 2^50 bytes in 64 bits", "E601", _zip64_size),
    _bad("10^12 entries in 64 bits", "E603", _made(lambda good: archive64(good, count=10**12))),
    _bad("65,535 entries that are not there", "E601", _made(lambda good: archive(good, here=65535, count=65535))),
    _bad("fewer entries announced than there are", "E601", _made(lambda good: archive(good, here=1, count=1))),
    _bad("a directory of 4 GB", "E601", _made(lambda good: archive(good, size=2**32 - 2))),
    _bad("a directory beyond the end", "E601", _made(lambda good: archive(good, start=2**32 - 2))),
    _bad("an entry beyond the end", "E601", _with_chunk(central={"start": 2**31})),
    _bad("a name of 60,000 letters", "E601", _more(Entry(b"a" * 60_000))),
    _bad("an extra field that is cut short", "E601", _with_chunk(extra=struct.pack("<HHI", 0xD537, 64_223, 0)), CHUNK),
    _bad("a second name in an extra field", "E602", _with_chunk(extra=_unicode_name(b"../evil")), CHUNK),
    _bad("a part of several disks", "E601", _made(lambda good: archive(good, disk=3))),
    _bad("an entry on another disk", "E601", _with_chunk(central={"disk": 3})),
    _bad("a size that is too small in the directory", "E601", _with_chunk(central={"size": 10}), CHUNK),
    _bad("a size that is too large in the directory", "E601", _with_chunk(central={"size": 99_999}), CHUNK),
    _bad("a size that differs before the bytes", "E601", _with_chunk(local={"size": 10}), CHUNK),
    _bad("another name before the bytes", "E601", _with_chunk(local_name=b"../../evil"), CHUNK),
    _bad("another method before the bytes", "E601", _with_chunk(local={"method": 8}), CHUNK),
    _bad("a wrong CRC", "E601", _with_chunk(local={"crc": 1}, central={"crc": 1}), CHUNK),
    _bad("an encrypted entry", "E601", _with_chunk(flags=_ENCRYPTED), CHUNK),
    _bad("encrypted for the directory only", "E601", _with_chunk(central={"flags": _ENCRYPTED}), CHUNK),
    _bad("compressed with bzip2", "E601", _with_chunk(local={"method": _BZIP2}, central={"method": _BZIP2}), CHUNK),
    _bad("compressed with lzma", "E601", _with_chunk(local={"method": _LZMA}, central={"method": _LZMA}), CHUNK),
    _bad("compressed with what nobody knows", "E601", _with_chunk(local={"method": 77}, central={"method": 77}), CHUNK),
    _bad("deflated bytes that are none", "E601", _made(_broken_deflate), CHUNK),
    _bad("a directory of 2^60 bytes in 64 bits", "E601", _made(lambda good: archive64(good, size=2**60))),
    _bad("a directory at 2^60 in 64 bits", "E601", _made(lambda good: archive64(good, start=2**60))),
    _bad("cut short", "E601", _made(lambda good: archive(good)[:-40])),
    _bad("cut in the middle", "E601", _made(lambda good: archive(good)[: len(archive(good)) // 2])),
    _bad("something before it", "E601", _made(lambda good: b"#!/bin/sh\nrm -rf ~\n" + archive(good))),
    _bad("a program before it, offsets adjusted", "E601", _made(lambda good: archive(good, before=b"MZ" + bytes(500)))),
    _bad("something after it", "E601", _made(lambda good: archive(good) + b"and more")),
    _bad(
        "a comment that is longer than announced",
        "E601",
        _made(lambda good: archive(good, comment=b"x" * 90, comment_bytes=5)),
    ),
    _bad("two archives in a row", "E601", _made(lambda good: archive(good) + archive(good))),
)
