"""Files of a store that are missing, superfluous or not what the manifest says; files that belong in no submission."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from hostile.entry import CHUNK, GROUP, MANIFEST, Bad, Make, in_folder, in_zip, with_json
from hostile.good import DECLARATION, STORE, Files, as_json, edit, sign
from hostile.raw_zip import Entry, archive

FILES, MANIFESTS, STRANGERS = "files of a store", "manifests", "files that do not belong"
_NPY = b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"


def _without(*names: str, signed: bool = True) -> Make:
    def changed(files: Files) -> None:
        for name in names:
            del files[name]
        if signed:
            sign(files)

    return in_folder(changed)


def _without_store(files: Files) -> None:
    for name in [name for name in files if name.startswith(STORE)]:
        del files[name]


def _more(name: str, content: bytes = b"more", *, signed: bool = True) -> Callable[[Files], None]:
    def changed(files: Files) -> None:
        files[name] = content
        if signed:
            sign(files)

    return changed


def _folder_in_place_of(name: str) -> Make:
    def changed(files: Files) -> None:
        files[f"{name}/inside"] = files.pop(name)
        sign(files)

    return in_folder(changed)


def _copied_store(name: str) -> Callable[[Files], None]:
    def changed(files: Files) -> None:
        for inside in [inside for inside in files if inside.startswith(f"{STORE}/")]:
            files[inside.replace(STORE, name, 1)] = files[inside]

    return changed


def _declared(old: str, new: str) -> Callable[[Files], None]:
    """submission.toml declares other stores than there are."""

    def changed(files: Files) -> None:
        text = files[DECLARATION].decode()
        if old not in text:
            raise ValueError(f"{old!r} is not in the declaration")
        files[DECLARATION] = text.replace(old, new).encode()

    return changed


def _null_without_store(files: Files) -> None:
    _declared("[nulls]", "[nulls]\nidentity-permuted = 2")(files)
    _declared('track = "open"', 'track = "wiring-required"')(files)


def _many_files(files: Files) -> None:
    files |= {f"{STORE}/activity/c/{i}/0/0": b"" for i in range(2, 200)}


def _listed(change: Callable[[dict[str, Any]], Any]) -> Make:
    """The manifest's list of files changed."""
    return with_json(MANIFEST, lambda found: change(found["files"]))


def _manifest(content: Any) -> Make:
    def changed(files: Files) -> None:
        files[MANIFEST] = as_json(content)

    return in_folder(changed)


def _format(value: Any) -> Make:
    return in_folder(lambda files: edit(files, MANIFEST, lambda found: found.update(format=value)))


_ENTRY = {"bytes": 4, "sha256": "0" * 64}
_INSIDE = CHUNK.removeprefix(f"{STORE}/")

_FILES = (
    Bad("a missing chunk", FILES, "E203", (CHUNK,), _without(CHUNK, signed=False)),
    Bad("a missing chunk, signed", FILES, "E203", (CHUNK,), _without(CHUNK)),
    Bad("no metadata of the group", FILES, "E203", (GROUP,), _without(GROUP)),
    Bad("no metadata of the array", FILES, "E203", ("activity/zarr.json",), _without(f"{STORE}/activity/zarr.json")),
    Bad("a chunk more", FILES, "E203", ("c/2/0/0",), in_folder(_more(f"{STORE}/activity/c/2/0/0"))),
    Bad(
        "a chunk more, unsigned", FILES, "E203", ("c/2/0/0",), in_zip(_more(f"{STORE}/activity/c/2/0/0", signed=False))
    ),
    Bad(
        "a chunk with a zero before its number",
        FILES,
        "E203",
        ("c/01/0/0",),
        in_folder(_more(f"{STORE}/activity/c/01/0/0")),
    ),
    Bad("a file that is no chunk", FILES, "E203", ("notes.txt",), in_folder(_more(f"{STORE}/activity/notes.txt"))),
    Bad("a hidden file", FILES, "E203", (".hidden",), in_folder(_more(f"{STORE}/.hidden"))),
    Bad("what the Finder leaves in a store", FILES, "E203", (".DS_Store",), in_zip(_more(f"{STORE}/.DS_Store"))),
    Bad("attributes of zarr 2", FILES, "E203", (".zattrs",), in_folder(_more(f"{STORE}/.zattrs", b"{}"))),
    Bad("a folder in the place of a chunk", FILES, "E203", (CHUNK,), _folder_in_place_of(CHUNK)),
    Bad(
        "a store within the store",
        FILES,
        "E203",
        ("again.zarr",),
        in_folder(_more(f"{STORE}/again.zarr/zarr.json", b"{}")),
    ),
    Bad(
        "a store that is a file",
        FILES,
        "E604",
        (STORE,),
        in_folder(lambda f: (_without_store(f), f.update({STORE: b"x"}))),
    ),
    Bad("no store", FILES, "E201", (STORE,), in_folder(_without_store)),
    Bad(
        "a seed without a store", FILES, "E201", ("seed-1.zarr",), in_folder(_declared("seeds = [0]", "seeds = [0, 1]"))
    ),
    Bad("a null without a store", FILES, "E201", ("null-identity-permuted-0.zarr",), in_folder(_null_without_store)),
    Bad(
        "a store of a seed that is not listed", FILES, "E604", ("seed-1.zarr",), in_folder(_copied_store("seed-1.zarr"))
    ),
    Bad(
        "a store of a null that is not listed",
        FILES,
        "E604",
        ("rewired",),
        in_zip(_copied_store("null-rewired-0.zarr")),
    ),
    Bad("a store whose name has a zero more", FILES, "E604", ("seed-00",), in_folder(_copied_store("seed-00.zarr"))),
    Bad("very many files more", FILES, "E203", (STORE,), in_folder(_many_files)),
)

_MANIFESTS = (
    Bad("no manifest", MANIFESTS, "E202", (MANIFEST,), _without(MANIFEST, signed=False)),
    Bad("a list", MANIFESTS, "E202", (MANIFEST,), _manifest([])),
    Bad("nothing in it", MANIFESTS, "E202", (MANIFEST,), _manifest({})),
    Bad("files that are a list", MANIFESTS, "E202", (MANIFEST,), _manifest({"format": 1, "files": []})),
    Bad("an entry that is a number", MANIFESTS, "E202", (MANIFEST,), _listed(lambda f: f.update({"zarr.json": 3}))),
    Bad("another format", MANIFESTS, "E202", (MANIFEST,), _format(2)),
    Bad("no format", MANIFESTS, "E202", (MANIFEST,), with_json(MANIFEST, lambda f: f.pop("format"))),
    Bad("one key more", MANIFESTS, "E202", (MANIFEST,), with_json(MANIFEST, lambda f: f.update(run="rm -rf ~"))),
    Bad("a wrong size", MANIFESTS, "E210", (CHUNK,), _listed(lambda f: f[_INSIDE].update(bytes=3))),
    Bad("a size that is a fraction", MANIFESTS, "E202", (MANIFEST,), _listed(lambda f: f[_INSIDE].update(bytes=3.0))),
    Bad("a size that is True", MANIFESTS, "E202", (MANIFEST,), _listed(lambda f: f[_INSIDE].update(bytes=True))),
    Bad("a negative size", MANIFESTS, "E202", (MANIFEST,), _listed(lambda f: f[_INSIDE].update(bytes=-1))),
    Bad("a wrong hash", MANIFESTS, "E210", (CHUNK,), _listed(lambda f: f[_INSIDE].update(sha256="0" * 64))),
    Bad("a hash in capitals", MANIFESTS, "E210", (CHUNK,), _listed(lambda f: f[_INSIDE].update(sha256="A" * 64))),
    Bad("a hash that is short", MANIFESTS, "E210", (CHUNK,), _listed(lambda f: f[_INSIDE].update(sha256="0" * 8))),
    Bad("a hash that is a number", MANIFESTS, "E202", (MANIFEST,), _listed(lambda f: f[_INSIDE].update(sha256=0))),
    Bad("a file that is not listed", MANIFESTS, "E203", (CHUNK,), _listed(lambda f: f.pop(_INSIDE))),
    Bad(
        "a file that is not there",
        MANIFESTS,
        "E203",
        ("c/9/0/0",),
        _listed(lambda f: f.update({"activity/c/9/0/0": _ENTRY})),
    ),
    Bad("itself", MANIFESTS, "E203", (MANIFEST,), _listed(lambda f: f.update({"manifest.json": _ENTRY}))),
    Bad("an absolute name", MANIFESTS, "E203", ("/etc/passwd",), _listed(lambda f: f.update({"/etc/passwd": _ENTRY}))),
    Bad(
        "a name that leads outside",
        MANIFESTS,
        "E203",
        ("..",),
        _listed(lambda f: f.update({f"../{DECLARATION}": _ENTRY})),
    ),
    Bad("a name with backslashes", MANIFESTS, "E203", ("..",), _listed(lambda f: f.update({"..\\x": _ENTRY}))),
    Bad(
        "a name that is reversed when shown",
        MANIFESTS,
        "E203",
        ("evil",),
        _listed(lambda f: f.update({"\u202eevil": _ENTRY})),
    ),
    Bad("a name of a megabyte", MANIFESTS, "E611", (STORE,), _listed(lambda f: f.update({"x" * 10**6: _ENTRY}))),
    Bad("of another store", MANIFESTS, "E203", (STORE,), _manifest({"format": 1, "files": {"other": _ENTRY}})),
)


def _stranger(name: str, content: bytes = b"print('hello')\n", *words: str) -> Bad:
    return Bad(name, STRANGERS, "E604", words or (name,), in_folder(_more(name, content)))


_STRANGERS = (
    _stranger("README.md"),
    _stranger("setup.py"),
    _stranger("sitecustomize.py"),
    _stranger("evil.pth", b"import os; os.system('id')\n"),
    _stranger("__pycache__/numpy.cpython-311.pyc", bytes(16), "__pycache__"),
    _stranger("numpy/__init__.py", b"raise SystemExit\n", "numpy"),
    _stranger("model.pkl", pickle.dumps({"weights": [1.0]})),
    _stranger("model.pt", archive([Entry(b"archive/data.pkl", pickle.dumps([1.0]))])),
    _stranger("forecast.npy", _NPY),
    _stranger("forecast.npz", archive([Entry(b"x.npy", _NPY)])),
    _stranger("more.tar.gz", b"\x1f\x8b\x08\0" + bytes(10)),
    _stranger(".DS_Store", bytes(100)),
    _stranger("submission.toml.bak", b"format = 1\n"),
    _stranger("submission.json", b"{}"),
    _stranger("zarr.json", b"{}"),
    Bad("__MACOSX", STRANGERS, "E604", ("__MACOSX",), in_zip(_more("__MACOSX/._submission.toml", bytes(100)))),
)

BAD = (*_FILES, *_MANIFESTS, *_STRANGERS)
