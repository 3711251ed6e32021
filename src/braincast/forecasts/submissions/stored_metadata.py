"""What a store says about itself, held to what the task expects, before a single value is read."""

from __future__ import annotations

from typing import Any

from braincast.brain.declared import Layout, array_problems, group_problems, layout_of
from braincast.errors import BraincastError
from braincast.forecasts.answers import axes_problems, dtype_problems, label_problems, name_problems
from braincast.forecasts.expected import LARGEST_CHUNK_BYTES, LARGEST_ENSEMBLE
from braincast.forecasts.header import header_problems, labels_in
from braincast.forecasts.submissions.stored_files import LARGEST_ARRAY_JSON, StoredFiles

MOST_PADDING = 4  # chunks at the edges are whole: how much more than the array all chunks may take
_AGAIN = "Write it as the specification of forecast stores says"

Labels = dict[str, list[str]]


def labels_of_store(files: StoredFiles) -> tuple[Labels | None, list[BraincastError]]:
    """The labels along each axis, in the task's order; None where they are not even labels."""
    where = files.place("zarr.json")
    found, problems = _json_of(files, "zarr.json", files.largest_group_json, "so there is no zarr group")
    if problems:
        return None, problems
    problems = list(group_problems(found, where))
    attributes = found.get("attributes") if isinstance(found, dict) else None
    if not isinstance(attributes, dict):
        return None, problems or [_refused("E212", where, "the group has no attributes, so its axes have no labels")]
    problems += header_problems(attributes, where)
    said, axes = attributes.get("attributes"), labels_in(attributes)
    problems += name_problems(files.expected, said if isinstance(said, dict) else {}, where)
    if axes is None:
        return None, [*problems, _refused("E212", where, "`axes` does not label each axis with a list of texts")]
    ordered = [axis for axis in (*files.expected.axes, "member") if axis in axes]
    wrong = list(axes_problems(files.expected, [*ordered, *sorted(set(axes) - set(ordered))], where))
    if wrong:
        return None, problems + wrong
    labels = {axis: axes[axis] for axis in ordered}
    return labels, [*problems, *label_problems(files.expected, labels, where), *_member_problems(labels, where)]


def layout_of_store(files: StoredFiles, labels: Labels | None) -> tuple[Layout | None, list[BraincastError]]:
    """How the array lies in its files; None unless that is exactly as its labels and the task's limits ask."""
    name, expected = f"{files.expected.array}/zarr.json", files.expected
    where = files.place(name)
    found, problems = _json_of(files, name, LARGEST_ARRAY_JSON, f"so there is no array {expected.array!r}")
    if problems:
        return None, problems
    problems = list(array_problems(found, where, expected.largest_bytes, LARGEST_CHUNK_BYTES))
    if problems:
        return None, problems
    layout = layout_of(found)
    problems = list(dtype_problems(layout.dtype.name, where))
    if labels is None:
        return None, problems
    if layout.dimensions != tuple(labels):
        what = f"dimension names are {layout.dimensions}; expected {tuple(labels)}"
        problems.append(_refused("E212", where, what))
    shape = tuple(map(len, labels.values()))
    if layout.shape != shape:
        problems.append(_refused("E212", where, f"the shape is {layout.shape}, but its labels say {shape}"))
    taken, allowed = layout.stored_bytes, MOST_PADDING * layout.n_bytes + LARGEST_CHUNK_BYTES
    if taken > allowed:
        what = f"its chunks take {taken:,} bytes for {layout.n_bytes:,} bytes of values"
        problems.append(BraincastError("E212", where, what, "Choose chunks no larger than the array"))
    return None if problems else layout, problems


def _json_of(files: StoredFiles, name: str, largest: int, so: str) -> tuple[Any, list[BraincastError]]:
    if name not in files.sizes:
        return None, [_refused("E203", files.place(name), f"this file is missing, {so}")]
    try:
        return files.read_json(name, largest), []
    except BraincastError as error:
        return None, [error]


def _member_problems(labels: Labels, where: str) -> list[BraincastError]:
    members = labels.get("member")
    if members is None or (1 <= len(members) <= LARGEST_ENSEMBLE and len(set(members)) == len(members)):
        return []
    what = f"there are {len(members)} members, expected 1 to {LARGEST_ENSEMBLE} with labels of their own"
    return [_refused("E212", where, what)]


def _refused(code: str, where: str, what: str) -> BraincastError:
    return BraincastError(code, where, what, _AGAIN)
