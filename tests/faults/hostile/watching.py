"""Whether anything below a folder was created, changed or deleted."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

Sight = dict[str, tuple[int, int, int, str]]


def sight_of(folder: Path) -> Sight:
    """Every entry below a folder, links not followed: its mode, size, time of change, and a file's hash.

    Sizes and times of folders are left out: a temporary folder that came and went leaves its mark there.
    """
    seen: Sight = {}
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = os.path.join(place, name)  # noqa: PTH118 (names that are no text)
            found = os.lstat(path)
            is_folder = stat.S_ISDIR(found.st_mode)
            size, time = (0, 0) if is_folder else (found.st_size, found.st_mtime_ns)
            seen[path] = found.st_mode, size, time, _hash(path) if stat.S_ISREG(found.st_mode) else ""
    return seen


def _hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
