"""What is wrong with an answer, told from plain labels, attributes and numbers: for answers in memory, stored, or sent.

Every function yields all problems that it sees; `check` raises the first of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Shaped

from braincast.errors import BraincastError
from braincast.forecasts.expected import FLOATS, Expected

_MOST_LETTERS = 64
_NEURON_AXES = frozenset({"neuron", "pre", "post"})


def name_problems(expected: Expected, attributes: Mapping[str, Any], where: str) -> Iterator[BraincastError]:
    """E215 where an answer says that it is to something else, or in another unit; saying nothing is fine."""
    for key, name in expected.names.items():
        found = attributes.get(key, name)
        if found != name:
            what = f"it says {key} {_short(found)!r}, not {name!r}"
            yield BraincastError("E215", where, what, "Answer again for this task, with this version of braincast")


def dtype_problems(dtype: str, where: str) -> Iterator[BraincastError]:
    """E209 unless answers are floating-point numbers of a usual kind."""
    if dtype not in FLOATS:
        what = f"data type is {dtype}; expected {', '.join(FLOATS)}"
        yield BraincastError("E209", where, what, "Write them as float32")


def axes_problems(expected: Expected, axes: Sequence[str], where: str) -> Iterator[BraincastError]:
    """E212 unless the axes are those of the task, with members only where an answer may be a distribution."""
    asked, found = tuple(expected.axes), tuple(axes)
    if found == (*asked, "member") and not expected.members:
        what = f"it has an axis 'member', but {expected.asker} asks for one number each"
        yield BraincastError("E212", where, what, f"Write one answer for each {', '.join(asked)}")
    elif found not in (asked, (*asked, "member")):
        what = f"axes are {', '.join(map(_short, found))}; expected {', '.join(asked)}"
        yield BraincastError("E212", where, what, "Write the array on exactly these axes, in this order")


def label_problems(expected: Expected, found: Mapping[str, Sequence[str]], where: str) -> Iterator[BraincastError]:
    """E204–E207, E211 and E212: whether all labels are those of the task, in its order.

    `found` has all axes of the task. Neurons come first: who mixed them up should read that first.
    """
    for axis in sorted(expected.axes, key=lambda axis: axis not in _NEURON_AXES):
        labels, asked = found[axis], expected.axes[axis]
        if axis == "lead" and list(labels) != list(asked):
            what = f"leads are {_listed(labels)}; expected {_listed(asked)}"
            yield BraincastError("E212", where, what, f"braincast show {expected.asker} --json lists the leads")
        elif axis != "lead":
            yield from _axis_problems(axis, labels, expected, where)


def _axis_problems(axis: str, found: Sequence[str], expected: Expected, where: str) -> Iterator[BraincastError]:
    """Exactly the labels that are asked for, in their order, or what deviates: an order only where all are there."""
    is_neuron, asked, fix = axis in _NEURON_AXES, expected.axes[axis], _order_fix(axis, expected)
    missing, extra, twice, order = ("E205", "E206", "E207", "E204") if is_neuron else ("E211",) * 4
    word = "neuron" if axis == "neuron" else f"neuron of axis {axis}" if is_neuron else axis
    repeated = [(label, count) for label, count in Counter(found).items() if count > 1]
    given, wanted = set(found), set(asked)
    lacking, unasked = [label for label in asked if label not in given], [x for x in found if x not in wanted]
    if repeated:
        label, count = repeated[0]
        yield BraincastError(twice, where, f"{word} {_short(label)!r} occurs {count} times", fix)
    if lacking:
        yield BraincastError(missing, where, f"{word} {lacking[0]!r} is missing ({len(lacking)} in all)", fix)
    if unasked:
        what = f"{word} {_short(unasked[0])!r} was not asked for ({len(unasked)} in all)"
        yield BraincastError(extra, where, what, fix)
    if not (repeated or lacking or unasked):
        for index, (have, want) in enumerate(zip(found, asked, strict=True)):
            if have != want:
                place = f"at index {index} (found {_short(have)}, expected {want})"
                what = f"{word} order differs from {expected.asker} {place}"
                yield BraincastError(order, where, what, fix)
                return


class ValueCheck:
    """Whether values are finite and in range (E208, E214), of an array that comes in parts."""

    def __init__(self, expected: Expected, labels: Mapping[str, Sequence[str]], where: str) -> None:
        self._expected, self._labels, self._where = expected, labels, where
        self._lower = -np.inf if expected.lower is None else expected.lower
        self._upper = np.inf if expected.upper is None else expected.upper
        self._n_values, self._n_unknown = 0, 0
        self._first_unknown, self._first_outside = "", ""

    def add(self, values: Shaped[np.ndarray, "*axis"], start: Sequence[int]) -> None:
        """Look at a part whose first value has the indices `start`."""
        self._n_values += values.size
        if values.size and not self._all_good(values):
            for index in range(len(values)):  # one after the other: what is marked takes memory, too
                self._look_at(values[index : index + 1], (start[0] + index, *start[1:]))

    def problems(self) -> Iterator[BraincastError]:
        """What was found, after all parts."""
        if self._n_unknown:
            counted = f"{self._n_unknown} of {self._n_values} predictions are not finite"
            what = f"{counted}, the first at {self._first_unknown}"
            yield BraincastError("E208", self._where, what, "Answer every case for every neuron with a number")
        if self._first_outside:
            limits = f"[{self._lower:g}, {self._upper:g}]"
            what = f"a {self._expected.quantity} lies in {limits}, but {self._first_outside} is outside"
            yield BraincastError("E214", self._where, what, "Map the predictions into that range")

    def _all_good(self, values: Shaped[np.ndarray, "*axis"]) -> bool:
        """By the smallest and the largest alone, which are NaN where any value is: the usual answer costs no copy."""
        with np.errstate(invalid="ignore"):
            least, most = values.min(), values.max()
        return bool(np.isfinite(least) and np.isfinite(most) and self._lower <= least and most <= self._upper)

    def _look_at(self, values: Shaped[np.ndarray, "*axis"], start: Sequence[int]) -> None:
        unknown = ~np.isfinite(values)
        self._n_unknown += int(unknown.sum())
        self._first_unknown = self._first_unknown or self._place(unknown, start)
        outside = ((values < self._lower) | (values > self._upper)) & ~unknown
        self._first_outside = self._first_outside or self._place(outside, start)

    def _place(self, mask: Shaped[np.ndarray, "*axis"], start: Sequence[int]) -> str:
        """Where the first value marked True lies, in words; nothing without any."""
        if not mask.any():
            return ""
        index = np.unravel_index(int(mask.argmax()), mask.shape)
        places = zip(self._labels, start, index, strict=True)
        return ", ".join(f"{axis} {_short(self._labels[axis][first + int(i)])}" for axis, first, i in places)


def _order_fix(axis: str, expected: Expected) -> str:
    if axis in ("pre", "post"):
        return "Write neurons in the order of the question's `neurons`"
    return f"Write {axis}s in the order that `braincast show {expected.asker} --json` lists"


def _short(value: Any) -> str:
    return str(value)[:_MOST_LETTERS]


def _listed(labels: Sequence[str]) -> str:
    """The labels, or of many the first few."""
    shown = [_short(label) for label in labels[:12]]
    return f"{shown}" if len(labels) <= len(shown) else f"{shown} and {len(labels) - len(shown)} more"
