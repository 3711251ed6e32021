"""A submission that is a folder: regular files, each of one name, opened without following a link."""

from __future__ import annotations

import io
import os
import stat
from itertools import islice
from pathlib import Path

from braincast.errors import BraincastError
from braincast.forecasts.submissions.names import LARGEST_NUMBER, Listing

# A pipe or device in the place of a file must neither block nor be opened for what opening it does.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINKS = "Put the file itself there"
_JUNCTION = getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0)


class FolderBundle:
    """The files below a folder; each is read only while it is the one that was listed."""

    def __init__(self, folder: Path, largest_bytes: int) -> None:
        self._folder = folder
        self._seen: dict[str, tuple[int, int, int]] = {}
        self._listing = Listing(largest_bytes)
        self._walk(folder, "")
        self.sizes, self.problems = self._listing.sizes, self._listing.problems

    def read(self, name: str, largest: int) -> bytes:
        """The bytes of a file; more than `largest` are E603."""
        if self.sizes[name] > largest:
            what = f"it has {self.sizes[name]:,} bytes, at most {largest:,} are read"
            raise BraincastError("E603", name, what, "Write it as the task asks")
        content = self.start_of(name, self.sizes[name])
        if len(content) != self.sizes[name]:
            raise _changed(name)
        return content

    def start_of(self, name: str, n_bytes: int) -> bytes:
        """The first bytes of a file."""
        try:
            descriptor = os.open(self._folder / name, _FLAGS)
            with open(descriptor, "rb", buffering=0) as stream:  # noqa: PTH123  it is open already
                if _identity(os.fstat(descriptor)) != self._seen[name]:
                    raise _changed(name)
                return _read_fully(stream, n_bytes)
        except OSError as error:
            what = f"it cannot be read ({error.strerror})"
            raise BraincastError("E601", name, what, "Make the files readable") from error

    def _walk(self, folder: Path, prefix: str) -> None:
        try:
            with os.scandir(folder) as entries:
                found = sorted(entry.name for entry in islice(entries, LARGEST_NUMBER + 1))
            for entry in found:
                self._enter(folder / entry, prefix + entry)
        except OSError as error:
            what = f"it cannot be read ({error.strerror})"
            raise BraincastError("E601", prefix or folder.name, what, "Make the files readable") from error

    def _enter(self, path: Path, name: str) -> None:
        found = os.lstat(path)
        if stat.S_ISDIR(found.st_mode) and not _is_junction(found):
            if self._listing.add_folder(name):
                self._walk(path, f"{name}/")
        elif not stat.S_ISREG(found.st_mode) or _is_junction(found):
            self._listing.refuse("E213", name, "it is a link or a special file, not a regular one", _NO_LINKS)
        elif found.st_nlink > 1:
            self._listing.refuse("E213", name, "it is a hard link: the file has another name, too", _NO_LINKS)
        elif self._listing.add(name, found.st_size):
            self._seen[name] = _identity(found)


def _identity(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_dev, found.st_ino, found.st_size


def _is_junction(found: os.stat_result) -> bool:
    """Windows has folders and files that stand for others and are no symbolic links."""
    return bool(getattr(found, "st_file_attributes", 0) & _JUNCTION)


def _read_fully(stream: io.FileIO, n_bytes: int) -> bytes:
    pieces, left = [], n_bytes
    while left and (piece := stream.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _changed(name: str) -> BraincastError:
    return BraincastError("E601", name, "it changed while it was read", "Submit files that nobody writes")
