"""Answers that are not finite, out of range, or to another question than was asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hostile.entry import GROUP, Bad, Make, at, with_json
from hostile.good import CRC32C, STORE, Files, as_folder, store
from hostile.tasks import EXPECTED

VALUES, LABELS = "values", "labels"
PROBABILITIES, COURSES = "probabilities", "courses"
ACTIVITY = f"{STORE}/activity"


def _again(task: str = PROBABILITIES, **changes: Any) -> Make:
    """The store made again with other values, labels or types."""

    def make(files: Files, folder: Path) -> Path:
        kept = {name: content for name, content in files.items() if not name.startswith(STORE)}
        return as_folder({**kept, **store(EXPECTED[task], **changes)}, folder / "submission")

    return make


def _values(*wrong: float, at_index: tuple[int, ...] = (20, 0, 7), dtype: str = "float32", **changes: Any) -> Make:
    values = np.full(EXPECTED[PROBABILITIES].shape, 0.5, dtype)
    values[at_index] = wrong[0] if len(wrong) == 1 else wrong
    return _again(values=values, dtype=dtype, **changes)


def _everywhere(value: float) -> Make:
    return _again(values=np.full(EXPECTED[PROBABILITIES].shape, value))


def _with_labels(axis: str, change: Callable[[list[Any]], Any], task: str = PROBABILITIES) -> Make:
    """The labels of one axis changed in place, and an array that fits them."""
    labels = {name: list(found) for name, found in EXPECTED[task].axes.items()}
    change(labels[axis])
    return _again(task, labels=labels)


def _swap(labels: list[Any]) -> None:
    labels[3], labels[4] = labels[4], labels[3]


def _twice(labels: list[Any]) -> None:
    labels[4] = labels[3]


def _set(index: int, value: Any) -> Callable[[list[Any]], Any]:
    return lambda labels: labels.__setitem__(index, value)


def _attributes(**changes: Any) -> Make:
    return with_json(GROUP, lambda found: at(found, "attributes", "attributes").update(changes))


def _axes(change: Callable[[dict[str, Any]], Any]) -> Make:
    return with_json(GROUP, lambda found: change(at(found, "attributes", "axes")))


def _members(task: str, n_members: int) -> Make:
    labels = {**EXPECTED[task].axes, "member": [str(member) for member in range(n_members)]}
    return _again(task, labels=labels)


def _other_order(files: Files, folder: Path) -> Path:
    """Axes neuron, lead, case, all labelled."""
    axes = dict(reversed(EXPECTED[PROBABILITIES].axes.items()))
    return _again(labels=axes)(files, folder)


def _value(name: str, make: Make, *words: str, code: str = "E208", task: str = PROBABILITIES) -> Bad:
    return Bad(name, VALUES, code, words or ("neuron", "case"), make, task)


def _label(name: str, code: str, make: Make, *words: str, task: str = PROBABILITIES) -> Bad:
    return Bad(name, LABELS, code, words or (STORE,), make, task)


_SIGNALLING = np.array([0x7FA00001], np.uint32).view(np.float32)[0]

_VALUES = (
    _value("one NaN", _values(np.nan)),
    _value("one NaN in double precision", _values(np.nan, dtype="float64")),
    _value("one NaN in raw chunks", _values(np.nan, codecs=CRC32C)),
    _value("one NaN that signals", _values(_SIGNALLING)),
    _value("one infinity", _values(np.inf)),
    _value("one negative infinity", _values(-np.inf)),
    _value("NaN everywhere", _everywhere(np.nan)),
    _value("a case of NaN", _values(*[np.nan] * 40, at_index=(33, 0))),
    _value("a NaN in the last value", _values(np.nan, at_index=(-1, -1, -1))),
    _value("a probability above 1", _values(1.0000001), code="E214"),
    _value("a probability below 0", _values(-1e-30), code="E214"),
    _value("a probability beyond single precision", _values(1e300, dtype="float64"), code="E214"),
    _value("percent", _everywhere(50.0), code="E214"),
    _value("another unit", _attributes(units="percent"), STORE, code="E215"),
    _value("one NaN in a course", _again(COURSES, values=np.full(EXPECTED[COURSES].shape, np.nan)), task=COURSES),
)

_LABELS = (
    _label("two neurons swapped", "E204", _with_labels("neuron", _swap), "index 3"),
    _label("neurons in reverse", "E204", _with_labels("neuron", list.reverse), "index 0"),
    _label("a neuron missing", "E205", _with_labels("neuron", list.pop)),
    _label("a neuron that was not asked for", "E206", _with_labels("neuron", lambda n: n.append("AVAL"))),
    _label("a neuron twice", "E207", _with_labels("neuron", _twice)),
    _label("a neuron that looks like another", "E206", _with_labels("neuron", _set(0, "B\u0410AL"))),
    _label("a neuron with an invisible letter", "E206", _with_labels("neuron", _set(0, "BAAL\u200b"))),
    _label("a neuron with a blank", "E206", _with_labels("neuron", _set(0, " BAAL"))),
    _label("a neuron that steers the terminal", "E206", _with_labels("neuron", _set(0, "\x1b[2J\nE000 all is well"))),
    _label("a neuron of a megabyte", "E611", _with_labels("neuron", _set(0, "B" * 500_000))),
    _label("a neuron of 10,000 letters", "E206", _with_labels("neuron", _set(0, "B" * 10_000))),
    _label("a neuron that is a number", "E212", _with_labels("neuron", _set(0, 17))),
    _label("a neuron that is nothing", "E212", _with_labels("neuron", _set(0, None))),
    _label("a neuron that is a list", "E212", _with_labels("neuron", _set(0, ["BAAL"]))),
    _label("two cases swapped", "E211", _with_labels("case", _swap), "index 3"),
    _label("a case missing", "E211", _with_labels("case", list.pop)),
    _label("a case more", "E211", _with_labels("case", lambda c: c.append("another"))),
    _label("a case twice", "E211", _with_labels("case", _twice)),
    _label("another lead", "E212", _with_labels("lead", _set(0, "max after onset")), "lead"),
    _label("a lead more", "E212", _with_labels("lead", lambda leads: leads.append("later")), "lead"),
    _label("a shorter horizon", "E212", _with_labels("lead", list.pop, COURSES), "lead", task=COURSES),
    _label("a longer horizon", "E212", _with_labels("lead", lambda n: n.append("4"), COURSES), "lead", task=COURSES),
    _label("leads in reverse", "E212", _with_labels("lead", list.reverse, COURSES), "lead", task=COURSES),
    _label("members where numbers were asked for", "E212", _members(PROBABILITIES, 3), "member"),
    _label("too many members", "E212", _members(COURSES, 257), "member", task=COURSES),
    _label("no members", "E212", _members(COURSES, 0), task=COURSES),
    _label("axes in another order", "E212", _other_order),
    _label("an axis without labels", "E212", _axes(lambda axes: axes.pop("lead")), "lead"),
    _label("an axis too many", "E212", _axes(lambda axes: axes.update(time=["0"]))),
    _label("axes that are a list", "E212", with_json(GROUP, lambda f: f["attributes"].update(axes=["case"]))),
    _label("labels that are a text", "E212", _axes(lambda axes: axes.update(lead="mean after onset"))),
    _label("a million labels", "E611", _axes(lambda axes: axes.update(case=["x" * 20] * 1_000_000))),
    _label("another task", "E215", _attributes(task="worm-perturbation"), "worm-perturbation"),
    _label("another version of the task", "E215", _attributes(task_hash="f" * 64), "ffff"),
    _label("a task that is markup", "E215", _attributes(task="<script>alert(1)</script>"), "task"),
)

BAD = (*_VALUES, *_LABELS)
