"""Uploads on disk: one growing file each, whose size is the offset at which it goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from braincast.errors import BraincastError
from braincast.files import disk_errors, write_at, write_bytes


class Turn:
    """The right to write one file, until another request takes its turn: the newest connection of a client counts."""

    def __init__(self, pieces: Pieces, name: str, length: int) -> None:
        self._pieces, self.name, self._length = pieces, name, length

    def write(self, offset: int, content: bytes) -> int:
        """Append bytes at the offset that the file has; the new one. E812 for another offset, E603 beyond the end."""
        with self._pieces.held(self):
            found = self._pieces.offset(self.name)
            if found != offset:
                raise wrong_offset(found, offset)
            if offset + len(content) > self._length:
                what = f"more comes than the {self._length:,} bytes that were announced"
                raise BraincastError("E603", "body", what, "Begin an upload of the right length")
            write_at(self._pieces.path(self.name), offset, content)
            return offset + len(content)


class Pieces:
    """The folder of all uploads of a board; one process writes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turns: dict[str, Turn] = {}
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def path(self, name: str) -> Path:
        """Where an upload lies."""
        return self._folder / name

    def begin(self, name: str) -> None:
        """An empty file, also where there was another."""
        write_bytes(self.path(name), b"")

    def offset(self, name: str) -> int:
        """How many bytes are there; E804 where there is no file."""
        try:
            return self.path(name).stat().st_size
        except FileNotFoundError as error:
            raise BraincastError("E804", "upload", "nothing of it is kept", "Begin it again") from error

    def turn(self, name: str, length: int) -> Turn:
        """Take the right to write from whoever has it."""
        with self._lock:
            self._turns[name] = Turn(self, name, length)
            return self._turns[name]

    @contextmanager
    def held(self, turn: Turn) -> Iterator[None]:
        """A block in which nobody else writes; E812 when another has the right by now."""
        with self._lock_of(turn.name):
            if self._turns.get(turn.name) is not turn:
                what = "another request goes on with this upload"
                raise BraincastError("E812", "upload", what, "Ask for its offset, and go on from there")
            yield

    @contextmanager
    def closing(self, name: str) -> Iterator[None]:
        """A block in which nobody writes; whoever had the right has it no more."""
        with self._lock:
            self._turns.pop(name, None)
        with self._lock_of(name):
            yield

    def remove(self, name: str) -> None:
        """Forget an upload and its bytes."""
        with self._lock:
            self._turns.pop(name, None)
            self._locks.pop(name, None)
        with disk_errors(self.path(name)):
            self.path(name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """The uploads of which there are bytes."""
        return sorted(path.name for path in self._folder.glob("[!.]*") if path.is_file())

    def _lock_of(self, name: str) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(name, threading.Lock())


def wrong_offset(found: int, given: int) -> BraincastError:
    """The error for bytes that do not belong where the upload stopped."""
    return BraincastError("E812", "Upload-Offset", f"it has {found:,} bytes, not {given:,}", f"Go on from {found}")
