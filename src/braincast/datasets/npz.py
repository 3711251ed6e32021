"""Arrays of an npz file, without pickles."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from braincast.errors import BraincastError


def read_npz(path: Path, shapes: Mapping[str, tuple[int | None, ...]]) -> dict[str, np.ndarray]:
    """The arrays named in `shapes`, each of its shape (None: any length).

    E405 no file, E403 unreadable or with pickled objects, E406 an array that is missing or of another shape.
    """
    again = "Use an undamaged copy of the file that the dataset's card names"
    if not path.is_file():
        raise BraincastError("E405", str(path), "there is no such file", again)
    try:
        # Opened here, as numpy leaves a damaged file open; it would read a bare array, or a pickle, just as well.
        with path.open("rb") as stream, zipfile.ZipFile(stream):
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as stored:
                found = {name: stored[name] for name in shapes if name in stored}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise BraincastError("E403", str(path), f"this is no readable npz file ({error})", again) from error
    for name, shape in shapes.items():
        if name not in found:
            raise BraincastError("E406", f"{path}:{name}", "this array is not in the file", again)
        if not _fits(found[name].shape, shape):
            expected = ", ".join("any" if size is None else str(size) for size in shape)
            what = f"its shape is {found[name].shape}, expected ({expected})"
            raise BraincastError("E406", f"{path}:{name}", what, again)
    return found


def _fits(found: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    same_length = len(found) == len(expected)
    return same_length and all(size in (None, there) for there, size in zip(found, expected, strict=True))
