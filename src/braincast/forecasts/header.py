"""What a store says about itself: the attributes of its group, written and checked as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from braincast.errors import BraincastError
from braincast.version import VERSION

FORMAT = 1
LONGEST_WRITER = 100
_KEYS = frozenset({"format", "axes", "attributes", "writer", "braincast"})
_FIX = "docs/forecast-store.md says what a store holds; braincast.save_forecast writes it"


def header_of(labels: Mapping[str, Sequence[str]], attributes: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The group's attributes; E107 for an attribute that is not text, a number or a boolean."""
    for name, value in attributes.items():
        if not _is_plain(value):
            what = f"its attribute {name!r} is {value!r:.60}, which a store cannot hold"
            raise BraincastError("E107", where, what, "Use text, finite numbers and booleans")
    axes = {axis: list(names) for axis, names in labels.items()}
    return {"format": FORMAT, "writer": f"braincast {VERSION}", "axes": axes, "attributes": dict(attributes)}


def header_problems(found: Mapping[str, Any], axes: Sequence[str], where: str) -> Iterator[BraincastError]:
    """All that is wrong with a group's attributes, for an array on these axes: E212 and E107."""

    def wrong(what: str, code: str = "E212") -> BraincastError:
        return BraincastError(code, where, what, _FIX)

    labels = found.get("axes")
    if not isinstance(labels, Mapping) or set(labels) != set(axes):
        yield wrong(f"the store does not label its axes {', '.join(axes)}")
    else:
        for axis in axes:
            if not isinstance(labels[axis], list) or not all(isinstance(label, str) for label in labels[axis]):
                yield wrong(f"the labels of axis {axis} are not a list of texts")
    if type(found.get("format")) is not int or found["format"] != FORMAT:
        yield wrong(f"its format is {found.get('format')!r:.60}, expected {FORMAT}")
    for name in ("writer", "braincast"):
        if not isinstance(found.get(name, ""), str) or len(found.get(name, "")) > LONGEST_WRITER:
            yield wrong(f"{name!r} is not a text of at most {LONGEST_WRITER} letters")
    for name in sorted(set(found) - _KEYS):
        yield wrong(f"it has an unknown attribute {name!r:.60}")
    attributes = found.get("attributes", {})
    if not isinstance(attributes, Mapping):
        yield wrong("'attributes' is not an object", "E107")
    else:
        for name, value in attributes.items():
            if not _is_plain(value):
                yield wrong(f"its attribute {name!r:.60} is not text, a finite number or a boolean", "E107")


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, bool, int)) or (isinstance(value, float) and math.isfinite(value))
