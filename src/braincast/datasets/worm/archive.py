"""Members of the pinned wheel, read into memory; nothing is unpacked, installed or imported."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import h5py

from braincast.files import read_member

_FOLDER = "wormneuroatlas/data/"


def member(wheel: Path, name: str) -> bytes:
    """The bytes of one data file; E406 when the archive lacks it, E403 when it cannot be read."""
    return read_member(wheel, _FOLDER + name)


def open_hdf5(wheel: Path, name: str) -> h5py.File:
    """An HDF5 file of the wheel, opened from memory."""
    return h5py.File(io.BytesIO(member(wheel, name)), "r")


def read_rows(wheel: Path, name: str, delimiter: str = ",") -> list[list[str]]:
    """The rows of a text table as stripped strings, without empty and comment lines."""
    text = member(wheel, name).decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return [[cell.strip() for cell in row] for row in rows if row and not row[0].startswith("#")]
