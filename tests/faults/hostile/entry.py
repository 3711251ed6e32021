"""One bad submission: how it is made, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hostile.good import STORE, Files, as_folder, as_json, edit, sign
from hostile.raw_zip import archive, entries_of

Make = Callable[[Files, Path], Path]
GROUP = f"{STORE}/zarr.json"
ARRAY = f"{STORE}/activity/zarr.json"
MANIFEST = f"{STORE}/manifest.json"
CHUNK = f"{STORE}/activity/c/1/0/0"


@dataclass(frozen=True)
class Bad:
    """`make(files, folder)` turns the files of a good submission into a bad one inside an empty folder.

    Among the problems must be one of this code with all `words` in its `where` or `what`. It answers the task of
    probabilities unless `task` says otherwise. `make` may skip where a system lacks what it needs.
    """

    name: str
    topic: str
    code: str
    words: tuple[str, ...]
    make: Make
    task: str = "probabilities"

    def __str__(self) -> str:
        return f"{self.topic}: {self.name}"


def in_folder(change: Callable[[Files], Any]) -> Make:
    """A folder of the files after a change in place."""

    def make(files: Files, folder: Path) -> Path:
        change(files)
        return as_folder(files, folder / "submission")

    return make


def in_zip(change: Callable[[Files], Any]) -> Make:
    """A zip archive of the files after a change in place."""

    def make(files: Files, folder: Path) -> Path:
        change(files)
        return zipped(archive(entries_of(files)), folder)

    return make


def zipped(content: bytes, folder: Path) -> Path:
    """These bytes as submission.zip."""
    path = folder / "submission.zip"
    path.write_bytes(content)
    return path


def with_json(name: str, change: Callable[[dict[str, Any]], Any]) -> Make:
    """One JSON file changed and the store signed again."""

    def changed(files: Files) -> None:
        edit(files, name, change)
        if name != MANIFEST:
            sign(files)

    return in_folder(changed)


def with_content(name: str, content: bytes | Callable[[bytes], bytes], *, signed: bool = True) -> Make:
    """One file of the store replaced, signed again unless it is the manifest itself or `signed` is off."""

    def changed(files: Files) -> None:
        files[name] = content if isinstance(content, bytes) else content(files[name])
        if signed and name.startswith(STORE) and name != MANIFEST:
            sign(files)

    return in_folder(changed)


def with_fields(name: str, **fields: Any) -> Make:
    """Keys of a JSON file replaced and the store signed again."""
    return with_json(name, lambda found: found.update(fields))


def at(found: Any, *keys: Any) -> Any:
    """The part of a JSON tree under these keys."""
    for key in keys:
        found = found[key]
    return found


def nested(depth: int) -> bytes:
    """A list in a list in a list …, as JSON."""
    return b"[" * depth + b"]" * depth


def duplicated(key: str, content: bytes) -> bytes:
    """A JSON object whose `key` stands there twice, first with null."""
    return b"{" + as_json(key) + b": null, " + content.lstrip()[1:]
