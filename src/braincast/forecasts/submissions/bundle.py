"""A submission as its files, whether it is a folder or a zip archive; nothing is unpacked and nothing is believed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from braincast.errors import BraincastError
from braincast.forecasts.submissions.folder import FolderBundle
from braincast.forecasts.submissions.zipped import ZipBundle

LARGEST_BYTES = 1 << 42


@runtime_checkable
class Bundle(Protocol):
    """The files of a submission. With any `problems` (E213, E602), nothing in it should be read."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Bytes of each file, by its name inside the submission."""
        ...

    @property
    def problems(self) -> list[BraincastError]:
        """Files that may not stand there."""
        ...

    def read(self, name: str, largest: int) -> bytes:
        """The bytes of a file; more than `largest` are E603, one that cannot be read is E601."""
        ...

    def start_of(self, name: str, n_bytes: int) -> bytes:
        """At most the first bytes of a file."""
        ...


@contextmanager
def open_bundle(path: Path | str, largest_bytes: int = LARGEST_BYTES) -> Iterator[Bundle]:
    """The files of a folder or a zip archive.

    What is neither, cannot be read or is damaged is E601, one with too many files or bytes E603. Links, special files
    and names that are not the same on every system are the bundle's `problems`.
    """
    path = Path(path)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _unreadable(path, f"it cannot be read ({reason})", "Check the path") from error
    if stat.S_ISDIR(mode):
        yield FolderBundle(path, largest_bytes)
    elif stat.S_ISREG(mode):
        with _opened(path, largest_bytes) as bundle:
            yield bundle
    else:
        raise _unreadable(path, "it is neither a folder nor a zip archive", "Give the path of a submission")


@contextmanager
def _opened(path: Path, largest_bytes: int) -> Iterator[ZipBundle]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise _unreadable(path, f"it cannot be read ({error.strerror})", "Make the file readable") from error
    with stream:
        if os.fstat(stream.fileno()).st_size > largest_bytes:
            what = f"it has more than {largest_bytes:,} bytes, which no answer to this task needs"
            raise BraincastError("E603", path.name, what, "Submit only the stores that submission.toml lists")
        yield ZipBundle(stream, path.name, largest_bytes)


def _unreadable(path: Path, what: str, fix: str) -> BraincastError:
    return BraincastError("E601", path.name or "submission", what, fix)
