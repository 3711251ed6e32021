"""Names of files that lead elsewhere, deceive the eye, or mean different things on different systems."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from hostile.entry import CHUNK, Bad, Make, zipped
from hostile.good import DECLARATION, STORE, Files, as_folder
from hostile.raw_zip import REGULAR, UTF8, Entry, archive, entries_of

TOPIC = "names"
_EVIL = b"this was written by the submission"


def _in_zip(*names: str | bytes, content: bytes = _EVIL) -> Make:
    """The good files and more entries of these names."""

    def make(files: Files, folder: Path) -> Path:
        coded = [name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass") for name in names]
        more = [_entry(name, content) for name in coded]
        return zipped(archive([*entries_of(files), *more]), folder)

    return make


def _in_folder(name: str | bytes) -> Make:
    """The good files and another one of this name."""

    def make(files: Files, folder: Path) -> Path:
        path = as_folder(files, folder / "submission")
        try:
            place = os.path.join(os.fsencode(path), os.fsencode(name))  # noqa: PTH118 (a Path holds no bytes)
            with open(place, "wb") as stream:  # noqa: PTH123
                stream.write(_EVIL)
        except OSError:
            pytest.skip("this file system has no such names")
        return path

    return make


def _renamed(new: str) -> Make:
    """The good files, one chunk under another name."""

    def make(files: Files, folder: Path) -> Path:
        files[new] = files.pop(CHUNK)
        entries = [_entry(name.encode(), content) for name, content in files.items()]
        return zipped(archive(entries), folder)

    return make


def _entry(name: bytes, content: bytes) -> Entry:
    """A file, or with / at the end a folder, as zip tools write it."""
    mode = 0o040755 if name.endswith(b"/") else REGULAR
    return Entry(name, content, mode=mode, flags=0 if name.isascii() else UTF8)


def _deep(files: Files, folder: Path) -> Path:
    path = as_folder(files, folder / "submission")
    (path / "/".join("a" * 50)).mkdir(parents=True)
    return path


def _windows_skips(make: Make) -> Make:
    def made(files: Files, folder: Path) -> Path:
        if sys.platform == "win32":
            pytest.skip("Windows has no such names")
        return make(files, folder)

    return made


def _bad(name: str, make: Make, *words: str) -> Bad:
    return Bad(name, TOPIC, "E602", words, make)


BAD = (
    _bad("zip slip", _in_zip("../evil"), "../evil"),
    _bad("zip slip inside the store", _in_zip(f"{STORE}/../../evil"), "../evil"),
    _bad("zip slip of a folder", _in_zip("../evil/", content=b""), "../evil"),
    _bad("zip slip with backslashes", _in_zip("..\\evil"), "evil"),
    _bad("an absolute name", _in_zip("/etc/evil"), "/etc/evil"),
    _bad("an absolute name twice over", _in_zip("//etc/evil"), "evil"),
    _bad("a name on a drive", _in_zip("C:/evil"), "evil"),
    _bad("a name on a drive, with backslashes", _in_zip("C:\\evil"), "evil"),
    _bad("a name on a drive's current folder", _in_zip("C:evil"), "evil"),
    _bad("a name on another computer", _in_zip("\\\\server\\share\\evil"), "evil"),
    _bad("backslashes between folders", _renamed(CHUNK.replace("/", "\\")), "seed-0"),
    _bad("another stream of a file", _in_zip(f"{DECLARATION}:evil"), "evil"),
    _bad("a part that is a dot", _renamed(CHUNK.replace("/c/", "/./c/")), "/./"),
    _bad("an empty part", _renamed(CHUNK.replace("/c/", "//c/")), "//"),
    _bad("an empty name", _in_zip("")),
    _bad("a home folder", _in_zip("~/evil"), "evil"),
    _bad("the same name twice", _in_zip(DECLARATION), DECLARATION),
    _bad("the same chunk twice", _in_zip(CHUNK), CHUNK),
    _bad("twins that differ in case", _in_zip("Submission.toml"), "ubmission.toml"),
    _bad("twins that differ in case, in a folder", _windows_skips(_in_folder("SUBMISSION.toml")), "toml"),
    _bad(
        "twins that differ in Unicode normalisation",
        _in_zip(*(unicodedata.normalize(form, "café.txt") for form in ("NFC", "NFD"))),
        "caf",
    ),
    _bad("a file that is also a folder", _in_zip(f"{STORE}/activity"), "activity"),
    _bad("a name that is reversed when shown", _in_zip("evil\u202elmot.exe"), "evil"),
    _bad("an invisible letter", _renamed(CHUNK.replace("activity", "activi\u200bty")), "activi"),
    _bad("a letter that looks like another", _renamed(CHUNK.replace("seed", "s\u0435\u0435d")), "-0.zarr"),
    _bad("a zero byte", _in_zip("submission.toml\0.exe"), "submission.toml"),
    _bad("a line break", _windows_skips(_in_folder("evil\nE000 all is well")), "evil"),
    _bad("a sequence that steers the terminal", _in_zip("evil\x1b[2J\x1b[31m"), "evil"),
    _bad("bytes that are no UTF-8", _in_zip(b"evil\xff\xfe"), "evil"),
    _bad("bytes that are no UTF-8, in a folder", _windows_skips(_in_folder(b"evil\xff\xfe")), "evil"),
    _bad("half a letter", _in_zip("evil\ud800"), "evil"),
    _bad("a name that Windows keeps for itself", _in_zip("CON"), "CON"),
    _bad("a name that Windows keeps for itself, with a suffix", _in_zip(f"{STORE}/aux.json"), "aux.json"),
    _bad("a dot at the end", _windows_skips(_in_folder("submission.toml.")), "submission.toml."),
    _bad("a blank at the end", _windows_skips(_in_folder("submission.toml ")), "submission.toml"),
    _bad("markup", _in_zip("<img src=x onerror=alert(1)>"), "img"),
    _bad("a very long name", _in_zip("a" * 300), "aaaa"),
    _bad("very many folders", _in_zip("a/" * 500 + "evil"), "a/a"),
    _bad("very many folders, on disk", _deep, "a/a"),
)
