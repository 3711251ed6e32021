"""What pydantic found wrong with a declaration, in sentences for the person who wrote it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from braincast.errors import CODES, BraincastError
from braincast.forecasts.submissions.fields import plainly
from braincast.forecasts.submissions.texts import shown

MOST_REFUSALS = 100
_PLAIN_KEY = re.compile("[A-Za-z0-9_-]{1,40}")

# What a type is called, and how to write a value of it.
_TYPES = {
    "string_type": ("text", "Put it in quotes"),
    "int_type": ("a whole number", "Write digits, without a point and without quotes"),
    "float_type": ("a number", "Write it without quotes"),
    "tuple_type": ("a list", "Put it in brackets, also a single entry"),
}
_TABLE = ("a table", "Write it under a heading in brackets, one line for each entry")


def refusals_of(error: ValidationError, declaration: type[BaseModel], where: str) -> list[BraincastError]:
    """Each thing wrong, in the order of the fields; beyond the first hundred, how many more there are."""
    found: list[Any] = error.errors(include_url=False)
    refusals = [_refusal(details, declaration, where) for details in found[:MOST_REFUSALS]]
    if len(found) > MOST_REFUSALS:
        what = f"{len(found) - MOST_REFUSALS:,} more values are wrong"
        refusals.append(BraincastError("E606", where, what, "Correct these first"))
    return refusals


def _refusal(details: Any, declaration: type[BaseModel], where: str) -> BraincastError:
    kind, path, found = details["type"], details["loc"], details["input"]
    place = f"{where}: {_place(path)}"
    if kind in CODES:
        return BraincastError(kind, place, details["ctx"]["what"], details["ctx"]["fix"])
    if kind == "missing":
        return BraincastError("E606", place, "this field is missing", "`braincast submit template` shows all fields")
    if kind == "extra_forbidden":
        return BraincastError("E606", place, "there is no such field", _suggestion(path, declaration))
    expected, fix = _TYPES.get(kind, _TABLE)
    return BraincastError("E606", place, f"found {plainly(found)}; expected {expected}", fix)


def _place(path: Sequence[str | int]) -> str:
    """`authors[1]`, `compute.hours`; pydantic marks a table's key that is wrong by a last part `[key]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part != "[key]":
            name = part if _PLAIN_KEY.fullmatch(part) else shown(part, 40)
            text += f".{name}" if text else name
    return text


def _suggestion(path: Sequence[str | int], declaration: type[BaseModel]) -> str:
    fields = declaration.model_fields
    if len(path) > 1:
        inner = fields[str(path[0])].annotation
        fields = inner.model_fields if isinstance(inner, type) and issubclass(inner, BaseModel) else {}
    nearest = difflib.get_close_matches(str(path[-1])[:64], fields, n=1, cutoff=0.5)
    hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
    return f"{hint}Fields: {', '.join(fields)}"
