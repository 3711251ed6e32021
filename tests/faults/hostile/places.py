"""What is given instead of a submission."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import socket
import tarfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from hostile.entry import Bad, in_folder, in_zip, zipped
from hostile.good import DECLARATION, STORE, Files
from hostile.raw_zip import archive

TOPIC = "no submission"


def _nothing(files: Files, folder: Path) -> Path:
    return folder / "nothing"


def _empty_folder(files: Files, folder: Path) -> Path:
    (folder / "submission").mkdir()
    return folder / "submission"


def _null_device(files: Files, folder: Path) -> Path:
    if os.name != "posix":
        pytest.skip("this system has no null device among its files")
    return Path("/dev/null")


def _endless_device(files: Files, folder: Path) -> Path:
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no endless device among its files")
    return Path("/dev/zero")


def _pipe(files: Files, folder: Path) -> Path:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(folder / "pipe.zip")
    return folder / "pipe.zip"


def _socket(files: Files, folder: Path) -> Path:
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("this system has no sockets among its files")
    # The path of a socket may have a hundred letters.
    with contextlib.chdir(folder), socket.socket(socket.AF_UNIX) as listening:
        listening.bind("submission")
    return folder / "submission"


def _file(content: bytes, name: str = "submission.zip"):
    def make(files: Files, folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _hdf5(files: Files, folder: Path) -> Path:
    with h5py.File(folder / "forecast.h5", "w") as written:
        written["activity"] = np.zeros((3, 3))
    return folder / "forecast.h5"


def _tar(files: Files, folder: Path) -> Path:
    with tarfile.open(folder / "submission.tar.gz", "w:gz") as written:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            written.addfile(info, io.BytesIO(content))
    return folder / "submission.tar.gz"


def _bare_store(files: Files) -> None:
    del files[DECLARATION]
    for name in list(files):
        files[name.removeprefix(f"{STORE}/")] = files.pop(name)


def _one_folder_down(files: Files) -> None:
    for name in list(files):
        files[f"my-submission/{name}"] = files.pop(name)


BAD = (
    Bad("a path that is not there", TOPIC, "E601", (), _nothing),
    Bad("an empty folder", TOPIC, "E605", ("submission.toml",), _empty_folder),
    Bad("the null device", TOPIC, "E601", (), _null_device),
    Bad("a device that never ends", TOPIC, "E601", (), _endless_device),
    Bad("a named pipe", TOPIC, "E601", (), _pipe),
    Bad("a socket", TOPIC, "E601", (), _socket),
    Bad("an empty file", TOPIC, "E601", (), _file(b"")),
    Bad("a text file", TOPIC, "E601", (), _file(b"here is my forecast\n", "forecast.txt")),
    Bad("a submission.toml alone", TOPIC, "E601", (), _file(b"format = 1\n", "submission.toml")),
    Bad("a pickle", TOPIC, "E601", (), _file(pickle.dumps([1.0]), "forecast.pkl")),
    Bad("an HDF5 file", TOPIC, "E601", (), _hdf5),
    Bad("a tar archive", TOPIC, "E601", (), _tar),
    Bad("an empty zip", TOPIC, "E605", ("submission.toml",), lambda files, folder: zipped(archive([]), folder)),
    Bad("a forecast store", TOPIC, "E605", ("submission.toml",), in_folder(_bare_store)),
    Bad("a forecast store as zip", TOPIC, "E605", ("submission.toml",), in_zip(_bare_store)),
    Bad("a zip with one folder at the top", TOPIC, "E604", ("my-submission",), in_zip(_one_folder_down)),
)
