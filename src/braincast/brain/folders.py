"""What a saved brain looks like on disk: a header that says what it is, and tables in parquet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from braincast import files
from braincast.errors import BraincastError

FORMAT = 1


def write_header(folder: Path, kind: str, fields: Mapping[str, Any]) -> None:
    """Write `<kind>.json`; call it inside a `files.new_folder` block. A field that JSON cannot hold is E107."""
    files.write_json(folder / f"{kind}.json", header(kind, fields))


def read_header(folder: Path, kind: str) -> dict[str, Any]:
    """The fields written by `write_header`; another kind or format is E111."""
    if not (folder / f"{kind}.json").is_file():
        raise BraincastError("E111", str(folder), f"no saved {kind} is there", "Give the folder that save made")
    return checked_header(files.read_json(folder / f"{kind}.json"), folder, kind)


def header(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """`fields` with what they describe and the format's number; a field that JSON cannot hold is E107."""
    for name, value in fields.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise BraincastError(
                "E107", f"{kind}.{name}", f"it cannot be saved ({error})", "Use plain values"
            ) from error
    return {"braincast": kind, "format": FORMAT, **fields}


def checked_header(found: Any, folder: Path, kind: str) -> dict[str, Any]:
    """`found` if it is the header of a saved `kind` in a format that this version reads, else E111."""
    if not isinstance(found, dict) or found.get("braincast") != kind:
        raise BraincastError("E111", str(folder), f"this is not a saved {kind}", "Give the folder that save made")
    if found.get("format") != FORMAT:
        what = f"it has format {found.get('format')!r}, this version reads {FORMAT}"
        raise BraincastError("E111", str(folder), what, "Install the version of braincast that wrote it")
    return found


def field(found: Mapping[str, Any], name: str, folder: Path, kind: type | tuple[type, ...] = object) -> Any:
    """One field of a header (or one array of a group); a missing one or one of another kind is E111."""
    if name not in found or not isinstance(found[name], kind):
        what = f"its field {name!r} is missing or of the wrong kind"
        raise BraincastError("E111", str(folder), what, "Save it again from its source")
    return found[name]


def names_in(found: Mapping[str, Any], name: str, folder: Path) -> tuple[str, ...]:
    """A field of a header that is a list of texts; anything else is E111."""
    names = field(found, name, folder, list)
    if not all(isinstance(entry, str) for entry in names):
        raise BraincastError(
            "E111", str(folder), f"its field {name!r} is not all text", "Save it again from its source"
        )
    return tuple(names)


def write_table(folder: Path, name: str, table: pd.DataFrame) -> None:
    """Write `<name>.parquet`; call it inside a `files.new_folder` block. A column of mixed types is E107."""
    try:
        table.to_parquet(folder / f"{name}.parquet", index=False, engine="pyarrow", compression="zstd")
    except (TypeError, ValueError) as error:  # pyarrow's own errors are of these two classes
        what, fix = f"it cannot be saved ({error})", "Give every column a name and values of one type"
        raise BraincastError("E107", f"table {name}", what, fix) from error


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read `<name>.parquet`; a missing or unreadable one is E111."""
    path = folder / f"{name}.parquet"
    try:
        return pd.read_parquet(path, engine="pyarrow")
    except (OSError, TypeError, ValueError) as error:
        raise BraincastError("E111", str(path), f"this table cannot be read ({error})", "Save it again") from error
