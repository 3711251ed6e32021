"""What a board tells of a hidden task: three digits of a figure, two of a p, so that no single value can be told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_DIGITS, _P_DIGITS = 3, 2


def rounded(document: Mapping[str, Any]) -> dict[str, Any]:
    """An entry's `score` with every figure rounded, and nothing by neuron."""
    return {**_rounded(document), "neurons": None}


def rounded_pair(pair: Mapping[str, Any]) -> dict[str, Any]:
    """A comparison with its figures rounded."""
    return _rounded(pair)


def _rounded(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(inner, name) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(inner, key) for inner in value]
    if isinstance(value, float):
        return _to_digits(value, _P_DIGITS if key == "p" else _DIGITS)
    return value


def _to_digits(value: float, n_digits: int) -> float:
    if value == 0 or not math.isfinite(value):
        return value
    return float(f"{value:.{n_digits - 1}e}")
