"""JSON from strangers: what every reader would understand in the same way, or nothing."""

from __future__ import annotations

import json
import math
from typing import Any

from braincast.errors import BraincastError


def read_plain_json(content: bytes, where: str) -> Any:
    """The value of strict JSON in UTF-8; E611 for anything that readers understand differently, or that is too deep.

    Refused are a byte order mark, a key that occurs twice in one object, NaN and infinities, also as numbers too large
    for a float, and whole numbers of thousands of digits.
    """
    try:
        return json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_each_key_once,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except (ValueError, RecursionError, MemoryError) as error:
        reason = str(error)[:200] if isinstance(error, ValueError) else "too large or too deep"
        fix = "Write plain JSON in UTF-8, every key once, every number finite"
        raise BraincastError("E611", where, f"this cannot be read as JSON ({reason})", fix) from error


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice in one object")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number
