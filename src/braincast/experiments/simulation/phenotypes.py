"""Measured phenotypes, and how many of them a simulated brain tells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from braincast.errors import BraincastError
from braincast.experiments.simulation.chosen import Directory, Named, words_of

COLUMNS = ("condition", "readout", "expected")
RESPONSES, CHANGES = ("active", "inactive"), ("increase", "decrease", "none")
_TINY_HZ = 1e-4  # changes are stored as float32: one of exactly the threshold is not above it


@dataclass(frozen=True)
class Phenotype:
    """What was measured in a readout under a condition: a word of `RESPONSES` or of `CHANGES`."""

    condition: Named
    readout: Named
    expected: str

    def told(self, rate_hz: Float[np.ndarray, " neuron"], baseline_hz: Float[np.ndarray, " neuron"], hz: float) -> str:
        """What a simulation says: active above `hz`, changed by more than `hz`; means over the readout's neurons."""
        rate = float(rate_hz[self.readout.rows].mean())
        if self.expected in RESPONSES:
            return "active" if rate > hz + _TINY_HZ else "inactive"
        change = rate - float(baseline_hz[self.readout.rows].mean())
        return "increase" if change > hz + _TINY_HZ else "decrease" if change < -hz - _TINY_HZ else "none"


def read_phenotypes(path: Path, directory: Directory) -> list[Phenotype]:
    """The rows of a CSV table with the columns `condition`, `readout` and `expected`.

    A condition or readout is an id or a type, or several between semicolons. E405, E117, E108 for the file, E308 for
    unknown neurons, E107 for an unknown expectation or a row that contradicts another.
    """
    table = _table(path)
    found: dict[tuple[str, str], Phenotype] = {}
    for number, row in enumerate(table.to_dict("records"), start=2):
        where = f"{path}, line {number}"
        condition, readout = (_named(row[name], directory, where) for name in COLUMNS[:2])
        expected = row["expected"].strip().lower()
        if expected not in (*RESPONSES, *CHANGES):
            known = ", ".join((*RESPONSES, *CHANGES))
            raise BraincastError("E107", where, f"expected is {row['expected']!r}", f"Write one of {known}")
        if (condition.name, readout.name) in found:
            what = f"{condition.name} and {readout.name} stand in an earlier line too"
            raise BraincastError("E107", where, what, "Keep one of them")
        found[condition.name, readout.name] = Phenotype(condition, readout, expected)
    return list(found.values())


@dataclass(frozen=True)
class Accuracy:
    """How many phenotypes are told, of how many, with a Wilson interval; `floor` is that of the commonest word."""

    right: int
    n: int
    floor: float

    @property
    def value(self) -> float:
        """Share that is right."""
        return self.right / self.n

    @property
    def ci(self) -> tuple[float, float]:
        """95 % interval (Wilson 1927, JASA 22:209), as if rows were independent."""
        z, n, share = NormalDist().inv_cdf(0.975), self.n, self.value
        centre, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
        lower, upper = ((centre + end) / (1 + z * z / n) for end in (-half, half))
        return max(0.0, lower), min(1.0, upper)


def accuracy(phenotypes: Sequence[Phenotype], told: Sequence[str]) -> Accuracy:
    """Of what a simulation says."""
    right: Bool[np.ndarray, " phenotype"] = np.array(
        [each.expected == word for each, word in zip(phenotypes, told, strict=True)]
    )
    return Accuracy(int(right.sum()), len(right), _floor([each.expected for each in phenotypes]))


def _floor(expected: Sequence[str]) -> float:
    """The accuracy of always saying the commoner word, among responses and among changes."""
    kinds = [[word for word in expected if word in kind] for kind in (RESPONSES, CHANGES)]
    return sum(max(words.count(word) for word in words) for words in kinds if words) / len(expected)


def _table(path: Path) -> pd.DataFrame:
    fix = f"Give a CSV file with the columns {', '.join(COLUMNS)}"
    if not path.is_file():
        raise BraincastError("E405", str(path), "there is no such file", "Check the path")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, skipinitialspace=True)
    except (OSError, ValueError) as error:  # pandas' errors of parsing and of decoding are ValueErrors
        first = str(error).splitlines()[0]
        raise BraincastError("E117", str(path), f"it cannot be read as a table ({first})", fix) from error
    for column in COLUMNS:
        if column not in table.columns:
            raise BraincastError("E108", str(path), f"column {column!r} is missing", fix)
    if table.empty:
        raise BraincastError("E118", str(path), "it lists no phenotype", fix)
    return table


def _named(cell: str, directory: Directory, where: str) -> Named:
    words = words_of(cell.replace(";", ","), where)
    rows = [named.rows for named in directory.named(words, where)]
    return Named(";".join(words), np.unique(np.concatenate(rows)))
