"""The journal of an unfinished store: which of its chunks are whole, so that nothing else is trusted after a kill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from braincast import files


class Journal:
    """One line that says what is being made, then one for each chunk that lies in its place.

    `entries` has what the manifest will say of these chunks, by name.
    """

    def __init__(self, path: Path, entries: dict[str, files.Entry]) -> None:
        self._path = path
        self.entries = entries

    def add(self, name: str, entry: files.Entry) -> None:
        """Note that a chunk is whole."""
        files.append_line(self._path, files.canonical_json({"name": name, **entry}))
        self.entries[name] = entry


def opened_journal(path: Path, store: Path, made: Any) -> Journal:
    """The journal of `store`, which keeps the chunks of an earlier attempt to make the same, where their bytes match.

    `made` is JSON that says what is being made. Everything else in `store` is removed, and so is all of it if the
    earlier attempt was to make something else.
    """
    heading = {"made": files.sha256_of_json(made)}
    first, *later = whole_lines(path) or [None]
    noted = {line["name"]: {"bytes": line["bytes"], "sha256": line["sha256"]} for line in later if first == heading}
    entries = {name: entry for name, entry in noted.items() if files.is_intact(store / name, entry)}
    files.keep_only(store, entries)
    lines = [heading, *({"name": name, **entry} for name, entry in entries.items())]
    files.write_text(path, "".join(f"{files.canonical_json(line)}\n" for line in lines))
    return Journal(path, entries)


def whole_lines(path: Path) -> list[Any]:
    """What the JSON lines of a file say, up to the first that was cut short; nothing where there is no file."""
    return list(_read_lines(path.read_bytes())) if path.is_file() else []


def _read_lines(content: bytes) -> Iterator[Any]:
    """Lines up to the first that was cut short."""
    for line in content.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            return
        try:
            yield json.loads(line)
        except ValueError:  # a machine that lost its power may leave zeros
            return
