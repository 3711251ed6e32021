"""Columns of tables as plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from braincast.brain.tables import column_of


def numbers_of(column: pd.Series) -> Float[np.ndarray, " row"]:
    """The values as float64; NaN for empty cells and for what is no number."""
    found: Any = pd.to_numeric(column, errors="coerce")
    return found.to_numpy(np.float64, na_value=np.nan)


def first_text(column: pd.Series) -> int | None:
    """The first row that holds something which is no number; None if all rows are numbers or empty."""
    bad = np.isnan(numbers_of(column)) & np.asarray(column.notna())
    return int(np.argmax(bad)) if bad.any() else None


def values_of(table: pd.DataFrame, name: str) -> list[Any]:
    """One column as a list."""
    return column_of(table, name).tolist()


def is_numeric(column: pd.Series) -> bool:
    """Whether numpy holds the column as numbers, so that none is missing."""
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufb"
