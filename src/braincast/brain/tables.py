"""Checks of a connectome's two tables; each returns a table with settled types and leaves the caller's alone."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from braincast.brain.naming import unique_names
from braincast.errors import BraincastError

EdgeKind = Literal["chemical", "electrical", "peptidergic", "monoaminergic", "tract"]
EDGE_KINDS: tuple[str, ...] = get_args(EdgeKind)
EDGE_COLUMNS = ("pre", "post", "kind", "weight", "sign", "delay_s")


def checked_neurons(neurons: pd.DataFrame) -> pd.DataFrame:
    """The neuron table with unique string ids and rows counted from 0: E101, E107 or E108."""
    _require_columns(neurons, ("id",), "neurons")
    ids = neurons["id"]
    if ids.dtype.kind in "fc" and len(ids):
        what, fix = "ids are floating-point numbers, which lose digits", "Read the column as text or integers"
        raise BraincastError("E107", "neurons.id", what, fix)
    settled = neurons.reset_index(drop=True)
    settled["id"] = pd.Series(unique_names(ids, "neurons.id"), dtype=str)
    return settled


def checked_edges(edges: pd.DataFrame, n_neurons: int) -> pd.DataFrame:
    """The edge table with columns of `EDGE_COLUMNS` first and settled types: E102, E103, E107 or E108.

    Columns that are settled already are not copied but shared until one of both tables is written to (pandas does that
    by itself), so that many million edges lie in memory once.
    """
    _require_columns(edges, EDGE_COLUMNS, "edges")
    further = [name for name in edges.columns if name not in EDGE_COLUMNS]
    settled = pd.DataFrame(edges.reset_index(drop=True))
    settled.attrs = {}
    for name, settle in _SETTLERS.items():
        column = column_of(settled, name)
        values = settle(column, n_neurons)
        if values.dtype != column.dtype:
            settled[name] = values
    names = [*EDGE_COLUMNS, *further]
    return (
        settled if list(settled.columns) == names else pd.DataFrame({name: settled[name] for name in names}, copy=False)
    )


def column_of(table: pd.DataFrame, name: str) -> pd.Series:
    """One column; the same as `table[name]`, which type checkers take for a table."""
    return table[name]  # pyright: ignore[reportReturnType]


def _require_columns(table: pd.DataFrame, names: tuple[str, ...], where: str) -> None:
    missing = [name for name in names if name not in table.columns]
    if missing:
        fix = f"Add it; these are needed: {', '.join(names)}"
        raise BraincastError("E108", where, f"column {missing[0]!r} is missing", fix)
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise BraincastError("E108", where, f"column {twice!r} occurs twice", "Keep one of them")


def _neuron_rows(column: pd.Series, n_neurons: int) -> Int[np.ndarray, " edge"]:
    rows = column.to_numpy()
    where = f"edges.{column.name}"
    if rows.dtype.kind not in "iu":
        if len(rows):
            what = f"row numbers of neurons must be integers (found {column.dtype})"
            raise BraincastError("E102", where, what, "Use Connectome.from_edges for edges between ids")
        rows = rows.astype(np.int32)
    if len(rows) and (rows.min() < 0 or rows.max() >= n_neurons):
        bad = (rows < 0) | (rows >= n_neurons)
        raise _bad_row("E102", where, bad, rows, f"it is no row of the {n_neurons:,} neurons", "Add the neuron")
    return rows.astype(np.int32, copy=False)


def _kinds(column: pd.Series, _: int) -> pd.Categorical:
    settled = pd.CategoricalDtype(EDGE_KINDS)
    if column.dtype == settled and tuple(column.cat.categories) == EDGE_KINDS:
        kinds = pd.Categorical.from_codes(column.cat.codes.to_numpy(), dtype=settled)
    else:
        values = column.astype(object).to_numpy()
        bad = ~np.asarray(pd.Series(values, dtype=object).isin(EDGE_KINDS), dtype=bool)
        if bad.any():
            raise _bad_row("E107", "edges.kind", bad, values, "unknown kind", f"Use one of {', '.join(EDGE_KINDS)}")
        kinds = pd.Categorical(values, dtype=settled)
    if (missing := kinds.codes < 0).any():
        raise _bad_row("E107", "edges.kind", missing, kinds.codes, "no kind", f"Use one of {', '.join(EDGE_KINDS)}")
    return kinds


def _weights(column: pd.Series, _: int) -> Float[np.ndarray, " edge"]:
    weights = _numbers(column, "E103")
    weights = weights if weights.dtype in (np.float32, np.float64) else weights.astype(np.float64)
    # A NaN fails both comparisons, so one pass finds it, infinities and negative weights.
    bad = ~((weights >= 0) & (weights < np.inf))
    if bad.any():
        fix = "Weights are finite and ≥ 0; inhibition belongs in the column sign"
        raise _bad_row("E103", "edges.weight", bad, weights, "not a weight", fix)
    return weights


def _signs(column: pd.Series, _: int) -> Int[np.ndarray, " edge"]:
    signs = _numbers(column, "E107")
    bad = ~((signs == 0) | (signs == 1) | (signs == -1))
    if bad.any():
        raise _bad_row("E107", "edges.sign", bad, signs, "not a sign", "Use -1, 0 (unknown) or +1")
    return signs.astype(np.int8, copy=False)


def _delays(column: pd.Series, _: int) -> Float[np.ndarray, " edge"]:
    delays = _numbers(column, "E107").astype(np.float32, copy=False)
    bad = (delays < 0) | np.isinf(delays)
    if bad.any():
        fix = "Delays are seconds, finite and ≥ 0, or NaN (unknown)"
        raise _bad_row("E107", "edges.delay_s", bad, delays, "not a delay", fix)
    return delays


_SETTLERS: dict[str, Any] = {
    "pre": _neuron_rows,
    "post": _neuron_rows,
    "kind": _kinds,
    "weight": _weights,
    "sign": _signs,
    "delay_s": _delays,
}


def _numbers(column: pd.Series, code: str) -> np.ndarray:
    """The column as numbers; pandas' missing values become NaN, text is refused."""
    if column.dtype.kind in "iuf" and isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        where = f"edges.{column.name}"
        raise BraincastError(code, where, f"not numbers ({error})", "Convert the column to numbers") from error


def _bad_row(
    code: str, where: str, bad: Bool[np.ndarray, " edge"], values: np.ndarray, what: str, fix: str
) -> BraincastError:
    row = int(np.argmax(bad))
    value = values[row].item() if isinstance(values[row], np.generic) else values[row]
    return BraincastError(code, f"{where}[{row}]", f"{what}: {value!r} ({int(bad.sum()):,} such rows)", fix)
