"""What a path is, by what it holds rather than by how it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from braincast.datasets.readers.saved import is_saved
from braincast.datasets.readers.stores import is_store
from braincast.datasets.readers.suite2p import planes
from braincast.errors import BraincastError

Format = Literal["hdf5", "numpy", "matlab", "table", "zarr", "suite2p", "saved"]

_HDF5 = b"\x89HDF\r\n\x1a\n"
_HDF5_PLACES = (0, 512, 1024, 2048)  # a user block may stand before the signature, as in MATLAB 7.3
_KNOWN = "NWB, HDF5, npz, npy, csv, tsv, parquet, MATLAB, zarr, Suite2p and CaImAn"


def format_of(path: Path) -> Format:
    """E405 where nothing is there, E117 for a file of no known format, E115 for a pickle."""
    if path.is_dir():
        return _of_folder(path)
    if not path.is_file():
        raise BraincastError("E405", str(path), "there is no such file or folder", "Check the path")
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head:
        raise BraincastError("E117", str(path), "this file is empty", "Get it again")
    if any(head[place : place + 8] == _HDF5 for place in _HDF5_PLACES):
        return "hdf5"
    if head.startswith((b"\x93NUMPY", b"PK\x03\x04")):
        return _of_numpy(head, path)
    if head.startswith(b"MATLAB 5.0") or head.startswith(b"MATLAB 7.0"):
        return "matlab"
    if head.startswith(b"PAR1"):
        return "table"
    return _of_text(head, path)


def inside(path: Path) -> Path:
    """The only recording in a folder of files; the path itself for files and for folders that are one recording."""
    if not path.is_dir() or is_saved(path) or is_store(path) or planes(path):
        return path
    entries = sorted(
        e for e in path.iterdir() if not e.name.startswith(".") and e.suffix not in (".toml", ".json", ".md")
    )
    entries = [e for e in entries if e.is_file() or is_store(e) or is_saved(e)]
    if len(entries) == 1:
        return entries[0]
    if not entries:
        raise BraincastError("E118", str(path), "no file of a known format is in this folder", f"Known are {_KNOWN}")
    names = ", ".join(entry.name for entry in entries[:8]) + (", …" if len(entries) > 8 else "")
    raise BraincastError("E119", str(path), f"{len(entries)} files are in it: {names}", "Give the path of one of them")


def _of_folder(path: Path) -> Format:
    if is_saved(path):
        return "saved"
    return "zarr" if is_store(path) else "suite2p"


def _of_numpy(head: bytes, path: Path) -> Format:
    if b"[Content_Types].xml" in head:
        raise BraincastError("E117", str(path), "this is a spreadsheet", "Save it as csv")
    return "numpy"


def _of_text(head: bytes, path: Path) -> Format:
    if head[:1] == b"\x80" and path.suffix in (".pkl", ".pickle", ".p"):
        what = "this is a pickle, which can run programs when read"
        raise BraincastError("E115", str(path), what, "Save it as npz, csv or HDF5")
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A letter may have been cut in two at the end of what was read.
        text = head[: error.start].decode("utf-8-sig") if error.start > len(head) - 4 else "\0"
    if "\0" in text:
        raise BraincastError("E117", str(path), "this is no file of a known format", f"Known are {_KNOWN}")
    return "table"
