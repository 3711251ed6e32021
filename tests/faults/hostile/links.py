"""Links and special files, which read from elsewhere, block for ever, or change after they were checked."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from hostile.entry import CHUNK, Bad, Make, zipped
from hostile.good import DECLARATION, STORE, Files, as_folder, sign
from hostile.raw_zip import Entry, archive, entries_of

TOPIC = "links"
_SECRET = b"password = 1234\n"


def _replaced(name: str, put: Callable[[Path, Path], None]) -> Make:
    """The good files as a folder; `put(path, outside)` then puts something in the place of one of them."""

    def make(files: Files, folder: Path) -> Path:
        path = as_folder(files, folder / "submission")
        outside = folder / "outside"
        (path / name).rename(outside) if (path / name).exists() else outside.write_bytes(_SECRET)
        try:
            put(path / name, outside)
        except (OSError, NotImplementedError) as error:
            pytest.skip(f"not permitted here ({error})")
        return path

    return make


def _link(path: Path, outside: Path) -> None:
    path.symlink_to(outside, target_is_directory=outside.is_dir())


def _hard_link(path: Path, outside: Path) -> None:
    path.hardlink_to(outside)


def _dangling_link(path: Path, outside: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def _loop(path: Path, outside: Path) -> None:
    path.symlink_to(".", target_is_directory=True)


def _pipe(path: Path, outside: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(path)


def _socket(path: Path, outside: Path) -> None:
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("this system has no sockets among its files")
    # The path of a socket may have a hundred letters.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path.name)


def _device(path: Path, outside: Path) -> None:
    if not hasattr(os, "mknod"):
        pytest.skip("this system makes no devices")
    os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero, which never ends


def _in_zip(mode: int) -> Make:
    """One entry more whose Unix mode says that it is something else than a file; it points to a file of the system."""

    def make(files: Files, folder: Path) -> Path:
        more = Entry(f"{STORE}/activity/c/2/0/0".encode(), b"/etc/passwd", mode=mode)
        return zipped(archive([*entries_of(files), more]), folder)

    return make


def _external_hdf5(name: str) -> Make:
    """An HDF5 file whose only data set lies in another file."""

    def make(files: Files, folder: Path) -> Path:
        (folder / "outside").write_bytes(np.zeros(16).tobytes())
        with h5py.File(folder / "made.h5", "w") as written:
            written["link"] = h5py.ExternalLink(str(folder / "outside.h5"), "/activity")
            written.create_dataset("activity", (16,), "f8", external=[(str(folder / "outside"), 0, 128)])
        content = (folder / "made.h5").read_bytes()
        for other in [other for other in files if other == name or other.startswith(f"{name}/")]:
            del files[other]
        files[name] = content
        if name.startswith(f"{STORE}/"):
            sign(files)
        return as_folder(files, folder / "submission")

    return make


def _bad(name: str, make: Make, *words: str, code: str = "E213") -> Bad:
    return Bad(name, TOPIC, code, words, make)


BAD = (
    _bad("a chunk is a link", _replaced(CHUNK, _link), CHUNK),
    _bad("a store is a link", _replaced(STORE, _link), STORE),
    _bad("the declaration is a link", _replaced(DECLARATION, _link), DECLARATION),
    _bad("one file more is a link", _replaced("notes", _link), "notes"),
    _bad("a link to nowhere", _replaced(CHUNK, _dangling_link), CHUNK),
    _bad("a folder within itself", _replaced(f"{STORE}/again", _loop), f"{STORE}/again"),
    _bad("a chunk is a hard link", _replaced(CHUNK, _hard_link), CHUNK),
    _bad("the declaration is a hard link", _replaced(DECLARATION, _hard_link), DECLARATION),
    _bad("a chunk is a named pipe", _replaced(CHUNK, _pipe), CHUNK),
    _bad("the declaration is a named pipe", _replaced(DECLARATION, _pipe), DECLARATION),
    _bad("a chunk is a socket", _replaced(CHUNK, _socket), CHUNK),
    _bad("a chunk is a device", _replaced(CHUNK, _device), CHUNK),
    _bad("a link in a zip", _in_zip(stat.S_IFLNK | 0o777), "c/2/0/0"),
    _bad("a named pipe in a zip", _in_zip(stat.S_IFIFO | 0o644), "c/2/0/0"),
    _bad("a device in a zip", _in_zip(stat.S_IFCHR | 0o644), "c/2/0/0"),
    _bad("a disk in a zip", _in_zip(stat.S_IFBLK | 0o644), "c/2/0/0"),
    _bad("a socket in a zip", _in_zip(stat.S_IFSOCK | 0o644), "c/2/0/0"),
    _bad("HDF5 with external links in place of the store", _external_hdf5(STORE), STORE, "HDF5", code="E604"),
    _bad("HDF5 with external links beside the store", _external_hdf5("forecast.h5"), "forecast.h5", code="E604"),
    _bad("HDF5 with external links as a chunk", _external_hdf5(CHUNK), CHUNK, code="E212"),
)
