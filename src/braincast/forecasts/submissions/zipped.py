"""A submission that is a zip archive: nothing is unpacked, each file is inflated in memory when it is asked for."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from braincast.errors import BraincastError
from braincast.forecasts.submissions.names import Listing
from braincast.forecasts.submissions.zip_directory import STORED, Entry, damaged, entries_of

_RAW = -15  # zlib's window bits for deflate without a header
_START_BYTES = 4096


class ZipBundle:
    """The files inside an archive whose directory was checked."""

    def __init__(self, stream: BinaryIO, archive: str, largest_bytes: int) -> None:
        self._stream = stream
        self._entries: dict[str, Entry] = {}
        listing = Listing(largest_bytes)
        for entry in entries_of(stream, archive):
            self._enter(listing, entry)
        self.sizes, self.problems = listing.sizes, listing.problems

    def read(self, name: str, largest: int) -> bytes:
        """The bytes of a file; more than `largest` are E603, another checksum than the archive's is E601."""
        entry = self._entries[name]
        if entry.n_bytes > largest:
            what = f"it has {entry.n_bytes:,} bytes, at most {largest:,} are read"
            raise BraincastError("E603", name, what, "Write it as the task asks")
        content = self._inflated(entry, entry.packed_bytes, entry.n_bytes + 1)
        if len(content) != entry.n_bytes or zlib.crc32(content) != entry.crc:
            raise damaged(name, "its bytes differ from the archive's own size and checksum")
        return content

    def start_of(self, name: str, n_bytes: int) -> bytes:
        """The first bytes of a file."""
        entry = self._entries[name]
        return self._inflated(entry, min(entry.packed_bytes, _START_BYTES), n_bytes)[:n_bytes]

    def _enter(self, listing: Listing, entry: Entry) -> None:
        name = entry.name.removesuffix("/")
        if entry.is_link:
            fix = "Put the file itself there"
            listing.refuse("E213", name, "it is a link or a special file, not a regular one", fix)
        elif entry.name.endswith("/"):
            listing.add_folder(name)
        elif listing.add(name, entry.n_bytes):
            self._entries[name] = entry

    def _inflated(self, entry: Entry, packed_bytes: int, most: int) -> bytes:
        self._stream.seek(entry.data_at)
        packed = self._stream.read(packed_bytes)
        if entry.method == STORED:
            return packed
        try:
            return zlib.decompressobj(_RAW).decompress(packed, most)
        except zlib.error as error:
            raise damaged(entry.name, f"it cannot be inflated ({error})") from error
