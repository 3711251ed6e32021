"""Predicted signs of chemical synapses and transmitters (Fenyves et al. 2020, doi:10.1371/journal.pcbi.1007974)."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pandas as pd

from braincast.datasets.worm.archive import member
from braincast.datasets.worm.names import canonical

_WORKBOOK = "journal.pcbi.1007974.s003.xlsx"
_HEADER_ROWS = 2
_SOURCE, _TARGET, _WEIGHT, _PREDICTION = 0, 3, 4, 16
_PREDICTIONS = {"+": "+", "-": "-", "complex": "complex", "no pred": ""}
SIGN = {"+": 1, "-": -1, "complex": 0, "": 0}


class SignTables(NamedTuple):
    """`synapse_signs`: pre, post, synapses, prediction (+, -, complex or empty); `transmitters`: neuron → name."""

    synapse_signs: pd.DataFrame
    transmitters: dict[str, str]


def read_signs(wheel: Path) -> SignTables:
    """The paper's supplementary workbook, as computed by its authors' spreadsheet (cached values)."""
    with warnings.catch_warnings():
        # The workbook's styling uses extensions that openpyxl does not know; values are unaffected.
        warnings.filterwarnings("ignore", module="openpyxl")
        book = openpyxl.load_workbook(io.BytesIO(member(wheel, _WORKBOOK)), read_only=True, data_only=True)
        synapses = list(book["5. Sign prediction"].iter_rows(values_only=True, min_row=_HEADER_ROWS + 1, max_col=17))
        neurons = list(book["1. NT expr"].iter_rows(values_only=True, min_row=2, max_col=2))
        book.close()
    return SignTables(_synapse_signs(synapses), {canonical(str(n)): str(nt) for n, nt in neurons if n and nt})


def _synapse_signs(rows: list) -> pd.DataFrame:
    filled = [row for row in rows if row[_SOURCE]]
    return pd.DataFrame(
        {
            "pre": [canonical(str(row[_SOURCE])) for row in filled],
            "post": [canonical(str(row[_TARGET])) for row in filled],
            "synapses": pd.array([row[_WEIGHT] for row in filled], dtype="int64"),
            "prediction": [_PREDICTIONS[row[_PREDICTION]] for row in filled],
        }
    )
