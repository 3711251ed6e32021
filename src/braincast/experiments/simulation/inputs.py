"""What neurons are driven with: a Poisson train each, or the spikes that a file lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Float, Int

from braincast.brain.naming import positions
from braincast.brain.tables import column_of
from braincast.dynamics.spiking import Schedule
from braincast.errors import BraincastError

_FIX = "Give a parquet file with the columns neuron (row of the wiring, or id) and time_s"


def read_input_spikes(path: Path, neuron_ids: list[str], duration_s: float) -> Schedule:
    """The kicks that a parquet file lists, one a row, the same in each trial.

    `neuron` is a row number of the wiring, or an id: a whole number that is no row is looked up as an id. E405, E117
    and E108 for the file, E102 for a neuron, E107 for a time outside of the simulation.
    """
    table = _table(path)
    neurons, time_s = (
        _neurons(column_of(table, "neuron"), neuron_ids, path),
        _times(column_of(table, "time_s"), duration_s, path),
    )
    if "trial" in table.columns and len(table["trial"].unique()) > 1:
        what = "it lists spikes of several trials, while input spikes are the same in each"
        raise BraincastError("E107", f"{path}: trial", what, "Keep the rows of one trial")
    return Schedule(neurons, time_s)


def _table(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise BraincastError("E405", str(path), "there is no such file", "Check the path")
    try:
        found = pq.read_table(path).to_pandas()
    except (OSError, pa.ArrowException) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BraincastError("E117", str(path), f"it is no parquet file, or was cut short ({first})", _FIX) from error
    for column in ("neuron", "time_s"):
        if column not in found.columns:
            raise BraincastError("E108", str(path), f"column {column!r} is missing", _FIX)
    return found


def _neurons(column: pd.Series, ids: list[str], path: Path) -> Int[np.ndarray, " spike"]:
    where = f"{path}: neuron"
    if column.isna().any():
        row = int(np.argmax(column.isna().to_numpy()))
        raise BraincastError("E102", f"{where}[{row}]", "it names no neuron", _FIX)
    if column.dtype.kind in "iu" and (column.empty or (column.min() >= 0 and column.max() < len(ids))):
        return column.to_numpy(np.int64)
    if column.dtype.kind in "fc":
        raise BraincastError("E102", where, f"neurons are {column.dtype} numbers, which lose digits", _FIX)
    return positions(ids, column.astype(str), where)


def _times(column: pd.Series, duration_s: float, path: Path) -> Float[np.ndarray, " spike"]:
    where = f"{path}: time_s"
    if column.dtype.kind not in "iuf":
        raise BraincastError("E107", where, f"times are {column.dtype}, expected seconds", _FIX)
    time_s = column.to_numpy(np.float64)
    bad = ~((time_s >= 0) & (time_s < duration_s))
    if bad.any():
        row = int(np.argmax(bad))
        what = f"{time_s[row]:g} s is not within the {duration_s:g} s simulated ({int(bad.sum()):,} such rows)"
        raise BraincastError("E107", f"{where}[{row}]", what, "Leave it out, or give a longer --duration")
    return time_s
