"""What a store says about itself: the attributes of its group, written and checked as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from braincast.brain.declared import unknown_keys
from braincast.errors import BraincastError
from braincast.version import VERSION

FORMAT = 1
_KEYS = {"format", "axes", "attributes", "writer"}
_FORMER_WRITER = "braincast"  # where stores that earlier versions wrote have their version
_LONGEST_NAME, _MOST_ATTRIBUTES, _LONGEST_TEXT = 100, 100, 10_000
_AGAIN = "Write it as docs/reference/forecast-store.md says"


def header_of(labels: Mapping[str, Sequence[str]], attributes: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The group's attributes; E107 for an attribute that a store cannot hold."""
    for name, value in attributes.items():
        if not _is_plain(name, value):
            what = f"its attribute {name[:_LONGEST_NAME]!r} is neither text, nor a finite number, nor true or false"
            raise BraincastError("E107", where, what, "Leave it out, or write it as text")
    axes = {axis: list(names) for axis, names in labels.items()}
    return {"format": FORMAT, "writer": f"braincast {VERSION}", "axes": axes, "attributes": dict(attributes)}


def header_problems(header: Mapping[str, Any], where: str) -> Iterator[BraincastError]:
    """What is wrong with a group's attributes, apart from its labels: E212."""
    yield from unknown_keys(header, _KEYS | {_FORMER_WRITER}, where)
    if type(header.get("format")) is not int or header["format"] != FORMAT:
        yield _refused(where, f"format is {header.get('format')!r:.40}, expected {FORMAT}")
    for key in ("writer", _FORMER_WRITER):
        writer = header.get(key, "")
        if not isinstance(writer, str) or len(writer) > _LONGEST_NAME:
            yield _refused(where, f"`{key}` is not a text of at most {_LONGEST_NAME} letters")
    attributes = header.get("attributes", {})
    if not isinstance(attributes, dict) or len(attributes) > _MOST_ATTRIBUTES:
        yield _refused(where, f"`attributes` is not an object of at most {_MOST_ATTRIBUTES} keys")
        return
    strange = [name for name, value in attributes.items() if not _is_plain(name, value)]
    if strange:
        what = f"the attribute {strange[0][:40]!r} is neither a short text, nor a number, nor true or false"
        yield _refused(where, what)


def labels_in(header: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """The labels of each axis, in whatever order the axes stand; None where they are not lists of texts."""
    axes = header.get("axes")
    good = isinstance(axes, dict) and all(
        isinstance(labels, list) and all(isinstance(label, str) for label in labels) for labels in axes.values()
    )
    return axes if good else None


def _is_plain(name: str, value: Any) -> bool:
    if len(name) > _LONGEST_NAME:
        return False
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT
    return isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value))


def _refused(where: str, what: str) -> BraincastError:
    return BraincastError("E212", where, what, _AGAIN)
