"""The files of a board, by name: in a folder, or at any address that fsspec knows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import fsspec
from fsspec.implementations.local import LocalFileSystem

from braincast.errors import BraincastError
from braincast.files import disk_errors, replacing


class Files:
    """Files that are put once and never change; their names say what they hold."""

    def __init__(self, address: str) -> None:
        try:
            self._system, root = fsspec.core.url_to_fs(address)
        except (ValueError, ImportError) as error:
            what, fix = f"files cannot be kept there ({error})", "Give a folder or an address that fsspec knows"
            raise BraincastError("E801", "files", what, fix) from error
        self._root = PurePosixPath(root)
        self._is_local = isinstance(self._system, LocalFileSystem)

    def put(self, path: Path, name: str) -> None:
        """Keep a copy of a file under a name, whole or not at all; E505 where that cannot be written."""
        target = self._place(name)
        if self._is_local:
            with replacing(Path(target)) as temporary:
                shutil.copyfile(path, temporary)
            return
        with disk_errors(Path(target)):
            self._system.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
            self._system.put_file(str(path), target)

    @contextmanager
    def get(self, name: str) -> Iterator[Path]:
        """A local copy of a file, or the file itself, for as long as the block lasts; E405 where there is none."""
        place = self._place(name)
        if not self._system.exists(place):
            raise BraincastError("E405", f"files of the board: {name}", "this file is missing", "Restore a backup")
        if self._is_local:
            yield Path(place)
            return
        with TemporaryDirectory() as scratch:
            local = Path(scratch) / PurePosixPath(name).name
            self._system.get_file(place, str(local))
            yield local

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return bool(self._system.exists(self._place(name)))

    def size(self, name: str) -> int:
        """Its bytes."""
        return int(self._system.size(self._place(name)))

    def _place(self, name: str) -> str:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:  # of rows that somebody else wrote
            raise BraincastError("E405", f"files of the board: {name}", "this name leads elsewhere", "Restore a backup")
        return str(self._root / name)


def submission_name(digest: str) -> str:
    """The file that has a submission's bytes."""
    return f"submissions/{digest}.zip"


def samples_name(entry: int, binding: str) -> str:
    """The file with the resampled values behind a score."""
    return f"scores/{entry}-{binding[:16]}.npz"
