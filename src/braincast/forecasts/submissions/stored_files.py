"""The files of one store inside a submission: each is read once, and what was read is remembered by its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from braincast.brain.plain_json import read_plain_json
from braincast.errors import BraincastError
from braincast.files import MANIFEST
from braincast.forecasts.expected import LARGEST_ENSEMBLE, Expected
from braincast.forecasts.submissions.bundle import Bundle

LARGEST_ARRAY_JSON = 1 << 16
_BYTES_PER_FILE = 512  # in a manifest, at the longest name and generous spacing
_SPACING = 8  # how much longer than plain JSON a list of labels may be written: escapes, indentation


class StoredFiles:
    """`sizes` of a store's files by their names inside the store; `hashes` of those that were read."""

    def __init__(self, bundle: Bundle, store: str, expected: Expected) -> None:
        self._bundle, self._prefix = bundle, f"{store}/" if store else ""
        self.expected = expected
        n = len(self._prefix)
        self.sizes = {name[n:]: size for name, size in bundle.sizes.items() if name.startswith(self._prefix)}
        self.hashes: dict[str, str] = {}

    def place(self, name: str) -> str:
        """The name of a file inside the submission."""
        return self._prefix + name

    def read(self, name: str, largest: int) -> bytes:
        """The bytes of a file."""
        content = self._bundle.read(self.place(name), largest)
        self.hashes[name] = hashlib.sha256(content).hexdigest()
        return content

    def differs(self, name: str, listed: Mapping[str, tuple[int, str]]) -> BraincastError | None:
        """E210 if a file that was read is not the one that the manifest lists."""
        if name not in self.hashes or listed.get(name, found := (self.sizes[name], self.hashes[name])) == found:
            return None
        what = "its bytes differ from the manifest's size and SHA-256"
        return BraincastError("E210", self.place(name), what, "Write the store again from its source")

    def read_json(self, name: str, largest: int) -> Any:
        """A file of JSON; E611 if it is malformed, or larger than anything that it has to say."""
        if self.sizes[name] > largest:
            what = f"it has {self.sizes[name]:,} bytes, at most {largest:,} are read"
            raise BraincastError("E611", self.place(name), what, "Write only what the store's specification names")
        return read_plain_json(self.read(name, largest), self.place(name))

    @property
    def largest_group_json(self) -> int:
        """Bytes that a group's zarr.json may take, with all labels that the task has."""
        axes = {**self.expected.axes, "member": ["0" * 32] * LARGEST_ENSEMBLE}
        return (1 << 16) + _SPACING * len(json.dumps({axis: list(labels) for axis, labels in axes.items()}))

    @property
    def largest_manifest(self) -> int:
        """Bytes that a manifest of these files may take."""
        return (1 << 12) + _BYTES_PER_FILE * len(self.sizes)


class Similar:
    """Problems of the same kind, of which only the first is told, with the number of the others."""

    def __init__(self) -> None:
        self._first: dict[str, BraincastError] = {}
        self._counts: dict[str, int] = {}

    def add(self, kind: str, problem: BraincastError) -> None:
        """Note one more problem of a kind."""
        self._first.setdefault(kind, problem)
        self._counts[kind] = self._counts.get(kind, 0) + 1

    def __iter__(self) -> Iterator[BraincastError]:
        for kind, problem in self._first.items():
            more = self._counts[kind] - 1
            told = f"{problem.what} (and {more:,} more like it)" if more else problem.what
            yield BraincastError(problem.code, problem.where, told, problem.fix)


def manifest_of(files: StoredFiles) -> tuple[dict[str, tuple[int, str]], list[BraincastError]]:
    """Size and SHA-256 of each file as the manifest lists them, and what is wrong with it: E202, E203, E210, E611.

    Without a manifest that can be read, nothing is listed.
    """
    where = files.place(MANIFEST)
    if MANIFEST not in files.sizes:
        what = f"{MANIFEST} is missing, so writing never finished"
        return {}, [BraincastError("E202", where, what, "Write the store to its end; the manifest comes last")]
    try:
        found = files.read_json(MANIFEST, files.largest_manifest)
    except BraincastError as error:
        return {}, [error]
    if not _is_manifest(found):
        fix = 'Write {"format": 1, "files": {name: {"bytes": …, "sha256": …}}} and no other key'
        return {}, [BraincastError("E202", where, "the manifest does not list files as it should", fix)]
    listed = {name: (entry["bytes"], entry["sha256"]) for name, entry in found["files"].items()}
    return listed, list(_unlisted(files, listed))


def _is_manifest(found: Any) -> bool:
    if not (isinstance(found, dict) and set(found) == {"format", "files"} and isinstance(found["files"], dict)):
        return False
    entries = found["files"].values()
    return type(found["format"]) is int and found["format"] == 1 and all(map(_is_entry, entries))


def _is_entry(entry: Any) -> bool:
    if not (isinstance(entry, dict) and set(entry) == {"bytes", "sha256"}):
        return False
    return type(entry["bytes"]) is int and entry["bytes"] >= 0 and isinstance(entry["sha256"], str)


def _unlisted(files: StoredFiles, listed: dict[str, tuple[int, str]]) -> Iterator[BraincastError]:
    again, similar = "Write the store again from its source", Similar()
    present = set(files.sizes) - {MANIFEST}
    for name in sorted(set(listed) - present):
        what = "the manifest lists this file, but it is missing"
        similar.add("missing", BraincastError("E203", files.place(name[:200]), what, again))
    for name in sorted(present - set(listed)):
        what = "the manifest does not list this file"
        similar.add("unlisted", BraincastError("E203", files.place(name), what, again))
    yield from similar
