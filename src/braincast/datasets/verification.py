"""Is this the file that was meant? Size, SHA-256, and a readable archive."""

from __future__ import annotations

import zipfile
from pathlib import Path

from braincast.datasets.card import AnySource
from braincast.errors import BraincastError
from braincast.files import sha256_of_file

# Hashes already computed in this process: a file with the same size and time of change is not read again.
_KNOWN: dict[Path, tuple[int, int, str]] = {}


def verify(path: Path, source: AnySource, fix: str) -> None:
    """Refuse a file that is not `source` byte for byte: E405 missing, E403 damaged or cut short, E402 another file."""
    if not path.is_file():
        raise BraincastError("E405", str(path), "there is no such file", fix)
    found = _sha256(path)
    if found == source.sha256:
        return
    size = path.stat().st_size
    if _is_damaged(path, source, size):
        what = f"the file is damaged or cut short ({size:,} bytes, expected {source.size_bytes:,})"
        raise BraincastError("E403", str(path), what, fix)
    what = f"SHA-256 is {found[:12]}…, expected {source.sha256[:12]}…"
    raise BraincastError("E402", str(path), what, fix)


def _sha256(path: Path) -> str:
    status = path.stat()
    known = _KNOWN.get(path)
    if known is None or known[:2] != (status.st_size, status.st_mtime_ns):
        known = _KNOWN[path] = (status.st_size, status.st_mtime_ns, sha256_of_file(path))
    return known[2]


def _is_damaged(path: Path, source: AnySource, size: int) -> bool:
    """An archive that opens is another file; what cannot be opened, or ends early, is damaged."""
    if source.kind == "wheel" or source.filename.endswith((".zip", ".npz")):
        return not zipfile.is_zipfile(path)
    return size < source.size_bytes
