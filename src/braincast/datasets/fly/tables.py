"""Columns of the tables that fly wirings are published in: csv (gzip or plain), parquet and feather, read in batches.

A batch is settled before the next is read, so that a table of many million rows never lies in memory as it was written.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from braincast.errors import BraincastError

Kind = Literal["id", "row", "count", "signed", "text"]
SUFFIXES = (".parquet", ".feather", ".csv", ".csv.gz", ".tsv", ".tsv.gz")

_DTYPES: dict[str, Any] = {"id": np.int64, "row": np.int32, "count": np.int32, "signed": np.int32}
_COUNTS = ("count", "signed")
# Counts are read as floats where the file is text, so that 1.5 is seen as what it is.
_CSV_TYPES = {"id": pa.int64(), "row": pa.int64(), **dict.fromkeys(_COUNTS, pa.float64()), "text": pa.string()}
_BATCH_ROWS = 1 << 18
_BLOCK_BYTES = 1 << 25


def suffix_of(path: Path) -> str:
    """The ending of `SUFFIXES` that a file's name has, or nothing."""
    return next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), "")


def column_names(path: Path) -> list[str]:
    """The names of a table's columns, from its header alone; E117 for a file that cannot be read."""
    with _readable(path):
        match suffix_of(path):
            case ".parquet":
                import pyarrow.parquet as pq

                return pq.read_schema(path).names
            case ".feather":
                with pa.memory_map(str(path)) as source:
                    return pa.ipc.open_file(source).schema.names
            case _:
                return _header(path)


def require_columns(path: Path, names: Sequence[str]) -> None:
    """E108 where one of `names` is missing."""
    found = column_names(path)
    missing = [name for name in names if name not in found]
    if missing:
        what = f"column {missing[0]!r} is missing (found {', '.join(found[:8])}{', …' if len(found) > 8 else ''})"
        raise BraincastError("E108", str(path), what, f"It should have {', '.join(names)}; get the file anew")


def read_columns(path: Path, kinds: Mapping[str, Kind]) -> dict[str, np.ndarray]:
    """Some columns as arrays: ids int64, rows and counts int32, texts as objects with "" where nothing is.

    E108 for a missing column, E117 for a file that is damaged or cut short, E107 for an empty or impossible id, E103
    for a count that is empty, not finite, no whole number or, unless it is a signed one, negative.
    """
    parts: dict[str, list[np.ndarray]] = {name: [] for name in kinds}
    for batch in settled_batches(path, kinds):
        for name, values in batch.items():
            parts[name].append(values)
    # Popped, so that the pieces of one column go before the next is joined.
    return {name: _joined(parts.pop(name), kind) for name, kind in kinds.items()}


def settled_batches(path: Path, kinds: Mapping[str, Kind]) -> Iterator[dict[str, np.ndarray]]:
    """The columns that `read_columns` reads, some rows at a time."""
    require_columns(path, list(kinds))
    n_rows = 0
    for batch in _batches(path, kinds):
        yield {name: _settled(batch.column(name), kind, f"{path}: {name}", n_rows) for name, kind in kinds.items()}
        n_rows += batch.num_rows


def read_texts(path: Path, names: Sequence[str]) -> pd.DataFrame:
    """Some columns as text, "" where nothing is; the errors of `read_columns`."""
    return pd.DataFrame(read_columns(path, dict.fromkeys(names, "text")))


def _joined(parts: list[np.ndarray], kind: Kind) -> np.ndarray:
    return np.concatenate(parts) if parts else np.empty(0, _DTYPES.get(kind, object))


def _batches(path: Path, kinds: Mapping[str, Kind]) -> Iterator[pa.RecordBatch]:
    with _readable(path):
        match suffix_of(path):
            case ".parquet":
                import pyarrow.parquet as pq

                with pq.ParquetFile(path) as file:
                    yield from file.iter_batches(_BATCH_ROWS, columns=list(kinds))
            case ".feather":
                with pa.memory_map(str(path)) as source:
                    reader = pa.ipc.open_file(source)
                    for number in range(reader.num_record_batches):
                        yield reader.get_batch(number).select(list(kinds))
            case _:
                yield from _open_csv(path, kinds)


def _header(path: Path) -> list[str]:
    """The names in the first line of a text table."""
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file, delimiter=_delimiter(path)), None)
    if names is None:
        raise EOFError("it is empty")
    return names


def _delimiter(path: Path) -> str:
    return "\t" if ".tsv" in suffix_of(path) else ","


def _open_csv(path: Path, kinds: Mapping[str, Kind]) -> Any:
    from pyarrow import csv as tables

    types = {name: _CSV_TYPES[kind] for name, kind in kinds.items()}
    return tables.open_csv(
        path,
        read_options=tables.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
        parse_options=tables.ParseOptions(delimiter=_delimiter(path)),
        convert_options=tables.ConvertOptions(
            include_columns=list(types), column_types=types, strings_can_be_null=True
        ),
    )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What pyarrow says of a file that it cannot read, as one coded line."""
    try:
        yield
    except FileNotFoundError as error:
        raise BraincastError("E405", str(path), "there is no such file", "Check the path") from error
    except pa.ArrowInvalid as error:
        said = str(error).splitlines()[0] if str(error) else "it is empty"
        if "conversion error" in said:
            fix = "Write ids as whole numbers, none missing, and counts as numbers"
            raise BraincastError("E107", str(path), said[:200], fix) from error
        fix = "Get the file anew; it is damaged, cut short or of another kind than its name says"
        raise BraincastError("E117", str(path), f"it cannot be read ({said[:200]})", fix) from error
    except (OSError, EOFError, ValueError, pa.ArrowException) as error:
        fix = "Get the file anew; it is damaged or cut short"
        raise BraincastError("E117", str(path), f"it cannot be read ({str(error)[:200]})", fix) from error


def _settled(column: Any, kind: Kind, where: str, first_row: int) -> np.ndarray:
    """One batch of a column in its final type."""
    if kind == "text":
        return _texts(column)
    code = "E103" if kind in _COUNTS else "E107"
    if column.null_count:
        row = first_row + int(np.argmax(column.is_null().to_numpy(zero_copy_only=False)))
        raise BraincastError(code, f"{where}[{row}]", "it is empty", "Give every row a value")
    numbers = (_parsed(column, where) if kind == "id" else column).to_numpy(zero_copy_only=False)
    if numbers.dtype.kind not in "iuf" or (numbers.dtype.kind == "f" and kind not in _COUNTS):
        what = f"whole numbers are expected (found {column.type})"
        fix = "Write counts as numbers" if kind in _COUNTS else "Write ids as whole numbers: as others they lose digits"
        raise BraincastError(code, where, what, fix)
    _require_whole(numbers, kind, code, where, first_row)
    return numbers.astype(_DTYPES[kind])


def _parsed(column: Any, where: str) -> Any:
    """Ids that are written as text, as whole numbers."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid as error:
        what = f"an id is no whole number ({str(error).splitlines()[0]})"
        raise BraincastError("E107", where, what, "Write ids as whole numbers") from error


def _texts(column: Any) -> np.ndarray:
    """Values as text, lists of numbers among them, "" where nothing is."""
    if pa.types.is_nested(column.type):
        return np.array(["" if value is None else str(value) for value in column.to_pylist()], object)
    return column.cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False).astype(object)


def _require_whole(numbers: np.ndarray, kind: Kind, code: str, where: str, first_row: int) -> None:
    limits = np.iinfo(_DTYPES[kind])
    low, high = 0 if kind == "count" else limits.min, limits.max
    if not len(numbers):
        return
    if numbers.dtype.kind == "f":
        bad = ~(np.isfinite(numbers) & (numbers == np.rint(numbers)) & (numbers >= low) & (numbers <= high))
    elif numbers.min() < low or numbers.max() > high:
        bad = (numbers < low) | (numbers > high)
    else:
        return
    if bad.any():
        row = int(np.argmax(bad))
        what = f"{numbers[row].item()!r} is no whole number from {low:,} to {high:,}"
        raise BraincastError(code, f"{where}[{first_row + row}]", what, "Counts and ids are whole numbers")
