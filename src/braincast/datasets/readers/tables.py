"""Tables: csv, tsv and parquet, of edges, of one column per neuron, or of one row per value."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from braincast.brain.tables import column_of
from braincast.datasets.readers.candidates import Candidate, Contents, Wanted
from braincast.datasets.readers.clock import counts_frames
from braincast.datasets.readers.columns import first_text, is_numeric, numbers_of, values_of
from braincast.datasets.readers.draft import Draft, Wired
from braincast.datasets.readers.edges import connectome_of_edges, is_edges
from braincast.datasets.readers.matrices import connectome_of_matrix
from braincast.datasets.readers.vocabulary import NEURONS, POST, PRE, TIMES, VALUES, first_of, plain
from braincast.errors import BraincastError

_LARGEST_BYTES = 1 << 34
_SUSPECT_BYTES, _LARGEST_RATIO = 64 << 20, 1000


def contents(path: Path, wanted: Wanted) -> Contents:
    """The one thing that a table is: edges, an adjacency matrix with names, or a recording."""
    form, table = _read(path)
    if table.empty:
        raise BraincastError("E117", str(path), "the table has no rows", "Export it again")
    if is_edges(table.columns):
        candidate = Candidate(path.stem, "connectome", 0, table.shape, lambda: Wired(connectome_of_edges(table, path)))
    elif (names := _square_names(table)) is not None and (
        wanted.kind == "connectome" or first_of(TIMES, names) is None
    ):
        matrix = table.iloc[:, 1:].to_numpy(np.float64)
        candidate = Candidate(
            path.stem, "connectome", 0, matrix.shape, lambda: connectome_of_matrix(matrix, names, path.stem)
        )
    else:
        candidate = Candidate(path.stem, "recording", 0, table.shape, lambda: _recording(table, path))
    return Contents(form, (candidate,))


def _read(path: Path) -> tuple[str, pd.DataFrame]:
    try:
        with path.open("rb") as stream:
            is_parquet = stream.read(4) == b"PAR1"
        if is_parquet:
            _refuse_vast(path)
            return "parquet", _flat(pd.read_parquet(path))
        return "csv", _read_text(path)
    # Errors of pandas, pyarrow and Unicode are of these classes; AttributeError and LookupError come of odd metadata.
    except (AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        what = f"it cannot be read as a table ({error})"
        raise BraincastError("E117", str(path), what, "Export it again: it is damaged or truncated") from error


def _refuse_vast(path: Path) -> None:
    """E115 for a table that would grow beyond memory, or a thousandfold, before a value of it is decompressed."""
    described = pq.read_metadata(path)
    declared = 8 * described.num_rows * described.num_columns
    if declared > _LARGEST_BYTES or (declared > _SUSPECT_BYTES and declared > _LARGEST_RATIO * path.stat().st_size):
        what = f"it declares {described.num_rows:,} rows of {described.num_columns:,} columns"
        raise BraincastError("E115", str(path), what, "Save it as zarr or HDF5")


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """An index that was saved with the table becomes a column again, unless it only counts the rows."""
    if isinstance(table.index, pd.RangeIndex):
        return table.rename(columns=str)
    return table.reset_index().rename(columns=str)


def _read_text(path: Path) -> pd.DataFrame:
    """Fields between tabs, semicolons or commas; under a first row of numbers columns are n0001, n0002, …"""
    with path.open(encoding="utf-8-sig") as stream:
        first = stream.readline()
    separator = max("\t;,", key=first.count) if any(mark in first for mark in "\t;,") else ","
    header = [field.strip().strip('"') for field in first.rstrip("\r\n").split(separator)]
    ends: Any = {n: str for n in header if plain(n) in PRE or plain(n) in POST}  # ids of 18 digits are no numbers
    bare = all(_is_number(field) for field in header) and header != [str(n) for n in range(len(header))]
    if not bare:
        _refuse_twice(next(csv.reader([first], delimiter=separator, skipinitialspace=True)), path)
    table = pd.read_csv(
        path, sep=separator, dtype=ends, header=None if bare else 0, encoding="utf-8-sig", skipinitialspace=True
    )
    names = [f"n{number:04d}" for number in range(1, len(header) + 1)] if bare else [str(n) for n in table.columns]
    if len(names) != table.shape[1]:
        raise ValueError(f"{table.shape[1]} columns under {len(names)} names")
    if not isinstance(table.index, pd.RangeIndex):
        raise ValueError("rows are longer than the header")
    return table.set_axis(names, axis=1)


def _refuse_twice(header: list[str], path: Path) -> None:
    """E101 for a column's name that occurs twice, which pandas would change."""
    for place, name in enumerate(header):
        if name.strip() and name in header[:place]:
            what = f"two columns are named {name!r}"
            raise BraincastError("E101", str(path), what, "Give each column a name of its own")


def _recording(table: pd.DataFrame, path: Path) -> Draft:
    parts = [first_of(words, table.columns) for words in (TIMES, NEURONS, VALUES)]
    if None not in parts and table.shape[1] == 3:
        return _long(table, *(str(part) for part in parts), path=path)
    return _by_rows(table, path) if _names_in_rows(table) else _wide(table, path, first_of(TIMES, table.columns))


def _by_rows(table: pd.DataFrame, path: Path) -> Draft:
    """A row per neuron, under a header of times or of frame numbers."""
    header = [str(name) for name in table.columns[1:]]
    values = np.stack([_numbers(table, name, path) for name in header])
    time = None if all(name.isdigit() for name in header) else np.array(header, np.float64)
    neurons = tuple(str(name) for name in values_of(table, str(table.columns[0])))
    return Draft(values, ("time", "neuron"), neurons, time, notes=("each row of the table was one neuron",))


def _long(table: pd.DataFrame, time: str, neuron: str, value: str, *, path: Path) -> Draft:
    """One row per time, neuron and value, in any order; a pair that has no row is missing."""
    if (twice := np.asarray(table.duplicated([time, neuron]))).any():
        row = int(np.argmax(twice))
        pair = f"time {values_of(table, time)[row]} of neuron {values_of(table, neuron)[row]}"
        raise BraincastError("E104", str(path), f"row {row + 1}: {pair} occurs twice", "Keep one of them")
    times, frame = np.unique(_numbers(table, time, path), return_inverse=True)
    column, names = pd.factorize(column_of(table, neuron))
    values = np.full((len(times), len(names)), np.nan)
    values[frame, column] = _numbers(table, value, path)
    neurons = tuple(str(name) for name in names)
    return Draft(values, ("time", "neuron"), neurons, times, _unit(time, times))


def _wide(table: pd.DataFrame, path: Path, time: str | None) -> Draft:
    notes: list[str] = []
    columns = [str(name) for name in table.columns if name != time]
    if columns and plain(columns[0]) in ("", "index", "unnamed0") and _counts_rows(table, columns[0]):
        notes.append(f"the first column {columns[0]!r} counts the rows and was left out")
        columns = columns[1:]
    if not columns:
        raise BraincastError("E118", str(path), "no column holds a neuron", "Give a column for each neuron")
    values = np.column_stack([_numbers(table, name, path) for name in columns])
    times = None if time is None else _numbers(table, time, path)
    unnamed = columns[0] == "n0001" or all(name.isdigit() for name in columns)
    unit = "s" if time is None or times is None else _unit(time, times)
    return Draft(values, ("time", "neuron"), None if unnamed else tuple(columns), times, unit, notes=tuple(notes))


def _unit(name: str, time: np.ndarray) -> str:
    stated = "s" if name.lower().endswith(("_s", "(s)", "[s]")) else TIMES.get(plain(name), "")
    return stated or ("frames" if counts_frames(time) else "s")


def _numbers(table: pd.DataFrame, name: str, path: Path) -> np.ndarray:
    """One column as numbers, empty cells as NaN; text is E107 with its row."""
    column = column_of(table, name)
    if is_numeric(column):
        return column.to_numpy()
    if (row := first_text(column)) is not None:
        what = f"column {name!r}, row {row + 1}: {column.iloc[row]!r} is no number"
        raise BraincastError("E107", str(path), what, "Give numbers, and empty cells where nothing was observed")
    return numbers_of(column)


def _counts_rows(table: pd.DataFrame, name: str) -> bool:
    return first_text(column_of(table, name)) is None and counts_frames(numbers_of(column_of(table, name)))


def _names_in_rows(table: pd.DataFrame) -> bool:
    """Whether the first column names neurons and the header gives times or frame numbers."""
    first = column_of(table, str(table.columns[0]))
    if table.shape[1] < 4 or is_numeric(first) or not all(_is_number(name) for name in table.columns[1:]):
        return False
    return first.is_unique and bool(np.isnan(numbers_of(first)).all())


def _square_names(table: pd.DataFrame) -> list[str] | None:
    """The names of an adjacency matrix, which stand both above and before it; None for any other table."""
    above = [str(name) for name in table.columns[1:]]
    before = [str(name) for name in values_of(table, str(table.columns[0]))]
    numeric = all(is_numeric(column_of(table, name)) for name in above)
    return above if above and above == before and numeric else None


def _is_number(text: object) -> bool:
    try:
        float(str(text))
    except ValueError:
        return False
    return True
