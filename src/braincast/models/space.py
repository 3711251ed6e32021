"""What a sweep may try for a setting: a range of numbers, on a linear or a logarithmic scale, or a few values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = float | int | bool | str


@dataclass(frozen=True)
class Range:
    """All numbers from `lower` to `upper`, both included; whole ones for a setting that is whole."""

    lower: int | float
    upper: int | float
    log: bool = False

    def nearest(self, value: Any) -> Any:
        """The value, or the end that it lies beyond, in the type of that."""
        return min(max(value, self.lower), self.upper)

    def __str__(self) -> str:
        return f"{self.lower:g}..{self.upper:g}{':log' if self.log else ''}"


@dataclass(frozen=True)
class Choices:
    """These values and no others."""

    values: tuple[Value, ...]

    def nearest(self, value: Any) -> Any:
        """The value if it is one of them, else the first."""
        return value if value in self.values else self.values[0]

    def __str__(self) -> str:
        return ",".join(written(value) for value in self.values)


Space: TypeAlias = Mapping[str, Range | Choices]
# For a setting with words to choose from, or yes or no, that is nevertheless left alone unless it is asked for.
NOT_SWEPT = Choices(())


def written(value: Value) -> str:
    """A value as it stands after `--set K=`: a word as it is, unless it would be read as something else."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except (ValueError, RecursionError):  # as in what reads it
        return value
    return json.dumps(value)
