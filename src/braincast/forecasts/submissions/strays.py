"""Files of a submission that belong to nothing in it, told once for each place where they lie."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from braincast.errors import BraincastError
from braincast.forecasts.submissions.bundle import Bundle

_STARTS = {
    b"\x89HDF\r\n\x1a\n": "an HDF5 file",
    b"\x93NUMPY": "a numpy file",
    b"PK\x03\x04": "an archive inside the submission, or a file of numpy or PyTorch",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
}
_PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
_ENDINGS = {
    "a pickle, which is a program": (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt"),
    "an HDF5 file": (".h5", ".hdf5", ".nwb", ".mat", ".nc"),
    "a numpy file": (".npy", ".npz"),
    "an archive inside the submission": (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".whl"),
    "a program": (".py", ".pyc", ".so", ".dll", ".exe", ".sh", ".js", ".ipynb"),
}
_LONGEST_START = 8
_FIX = "A submission holds submission.toml and the stores it lists, in zarr v3, and nothing else"


def stray_files(bundle: Bundle, owners: Collection[str]) -> Iterator[BraincastError]:
    """E604 for each file at the top, or folder with all in it, that is none of the `owners` (of folders: `name/`)."""
    inside: dict[str, list[str]] = {}
    for name in sorted(bundle.sizes):
        top = name[: name.find("/") + 1] or name
        if top not in owners:
            inside.setdefault(top, []).append(name)
    for top, names in inside.items():
        yield BraincastError("E604", top.removesuffix("/"), _what(bundle, top, names), _FIX)


def kind_of(start: bytes, name: str) -> str:
    """What a file is, by its first bytes or its ending, when it is of a kind that is never read; else nothing."""
    if start.startswith(_PICKLES):
        return "a pickle, which is a program"
    for magic, kind in _STARTS.items():
        if start.startswith(magic):
            return kind
    return next((kind for kind, endings in _ENDINGS.items() if name.lower().endswith(endings)), "")


def _what(bundle: Bundle, top: str, names: list[str]) -> str:
    kind = kind_of(bundle.start_of(names[0], _LONGEST_START), names[0])
    if names == [top]:
        return f"this file is {kind or 'no part of a submission'}; only zarr v3 with zstd or crc32c is read"
    described = f", among them {kind}" if kind else ""
    return f"this folder is no store that submission.toml lists ({len(names):,} files{described})"
