"""MATLAB files up to version 7, with plain arrays."""

from __future__ import annotations

import zlib
from pathlib import Path

from braincast.datasets.readers import layout
from braincast.datasets.readers.candidates import Contents, Wanted
from braincast.datasets.readers.matlab.elements import TooLarge, variables
from braincast.datasets.readers.numpy_files import texts
from braincast.errors import BraincastError


def contents(path: Path, wanted: Wanted) -> Contents:
    """The file's numeric matrices and texts; structures are left aside. E117 if it is damaged, E115 if it is vast."""
    try:
        values = {name: array for name, array in variables(path.read_bytes()) if name}
    except TooLarge as error:
        raise BraincastError("E115", str(path), str(error), "Save it as version 7.3, which is read in parts") from error
    except (ValueError, IndexError, OverflowError, MemoryError, OSError, zlib.error) as error:
        what = f"it cannot be read as a MATLAB file ({error})"
        raise BraincastError("E117", str(path), what, "Save it again, best as version 7.3") from error
    arrays = layout.Arrays(values, texts)
    return Contents("MATLAB", tuple(layout.candidates(arrays)), layout.origin(arrays))
