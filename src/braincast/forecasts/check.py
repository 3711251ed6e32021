"""Checking an answer against its task, before anything is computed from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr

from braincast.errors import BraincastError
from braincast.tasks.kinds import MEMBER, AnyCard

DIMENSIONS = ("case", "lead", "neuron")
_PART_BYTES = 32 << 20
_FLOATS = (np.dtype("float32"), np.dtype("float64"))


def check_forecast(card: AnyCard, forecast: xr.DataArray, where: str = "forecast") -> None:
    """Refuse a forecast that does not answer exactly what the task asks: E204–E209, E211, E212, E214, E215."""
    _check_task(card, forecast, where)
    labels = labels_of(forecast, where)
    if MEMBER in labels and card.answer != "activity":
        what = f"it has an axis {MEMBER!r}, but {card.name} asks for one number each"
        raise BraincastError("E212", where, what, "Write one answer for each case, lead and neuron")
    if forecast.dtype not in _FLOATS:
        what = f"data type is {forecast.dtype}; expected float32 or float64"
        raise BraincastError("E209", where, what, "Convert the predictions")
    for what, expected in (("neuron", card.neurons), ("case", [case.id for case in card.cases])):
        fix = f"Write {what}s in the order that `braincast show task {card.name} --json` lists"
        check_labels(labels[what], expected, what, f"task {card.name}", where, fix)
    if labels["lead"] != list(card.leads):
        what = f"leads are {labels['lead']}; expected {list(card.leads)}"
        raise BraincastError("E212", where, what, f"braincast show task {card.name} --json lists the leads")
    _check_values(card, forecast, where)


def labels_of(forecast: xr.DataArray, where: str) -> dict[str, list[str]]:
    """The labels along each axis; other axes, or one without labels, are E212."""
    if forecast.dims not in (DIMENSIONS, (*DIMENSIONS, MEMBER)):
        what = f"axes are {', '.join(map(str, forecast.dims))}; expected {', '.join(DIMENSIONS)}"
        raise BraincastError("E212", where, what, "Write the array on exactly these axes, in this order")
    for axis in forecast.dims:
        if axis not in forecast.coords:
            raise BraincastError("E212", where, f"axis {axis!r} has no labels", "Give every axis its coordinate")
    return {str(axis): [str(label) for label in forecast.coords[axis].values] for axis in forecast.dims}


def check_labels(found: Sequence[str], expected: Sequence[str], what: str, of: str, where: str, fix: str) -> None:
    """Exactly the labels that `of` (a task) expects, in its order, or the first deviation is named.

    `what` is "neuron" (E204–E207) or another word (E211).
    """
    missing, extra, twice, order = ("E205", "E206", "E207", "E204") if what == "neuron" else ("E211",) * 4
    for label, count in Counter(found).items():
        if count > 1:
            raise BraincastError(twice, where, f"{what} {label!r} occurs {count} times", fix)
    lacking = [label for label in expected if label not in set(found)]
    if lacking:
        raise BraincastError(missing, where, f"{what} {lacking[0]!r} is missing ({len(lacking)} in all)", fix)
    unasked = [label for label in found if label not in set(expected)]
    if unasked:
        raise BraincastError(extra, where, f"{what} {unasked[0]!r} was not asked for ({len(unasked)} in all)", fix)
    for index, (have, want) in enumerate(zip(found, expected, strict=True)):
        if have != want:
            text = f"{what} order differs from {of} at index {index} (found {have}, expected {want})"
            raise BraincastError(order, where, text, fix)


def _check_task(card: AnyCard, forecast: xr.DataArray, where: str) -> None:
    for key, expected in (("task", card.name), ("task_hash", card.hash)):
        found = forecast.attrs.get(key, expected)
        if found != expected:
            what = f"it answers {key} {str(found)[:64]!r}, not {expected!r}"
            raise BraincastError("E215", where, what, "Forecast again for this task, with this version of braincast")


def _check_values(card: AnyCard, forecast: xr.DataArray, where: str) -> None:
    lower = -np.inf if card.lower is None else card.lower
    upper = np.inf if card.upper is None else card.upper
    n_unknown, first_unknown, first_outside = 0, "", ""
    for part in _parts(forecast):
        values = part.values
        unknown = ~np.isfinite(values)
        n_unknown += int(unknown.sum())
        first_unknown = first_unknown or _first(part, unknown)
        first_outside = first_outside or _first(part, (values < lower) | (values > upper))
    if n_unknown:
        what = f"{n_unknown} of {forecast.size} predictions are not finite, the first at {first_unknown}"
        raise BraincastError("E208", where, what, "Answer every case for every neuron with a number")
    if first_outside:
        what = f"a {card.quantity} lies in [{lower:g}, {upper:g}], but {first_outside} is outside"
        raise BraincastError("E214", where, what, "Map the predictions into that range")


def _parts(forecast: xr.DataArray) -> Iterator[xr.DataArray]:
    """Consecutive cases that take some megabytes each, so that a stored forecast need not fit in memory."""
    n_cases = max(1, _PART_BYTES * len(forecast) // max(1, forecast.nbytes))
    for start in range(0, len(forecast), n_cases):
        yield forecast[start : start + n_cases]


def _first(forecast: xr.DataArray, mask: np.ndarray) -> str:
    """Where the first value marked True lies, in words; nothing without any."""
    if not mask.any():
        return ""
    index = np.argwhere(mask)[0]
    labels = [str(forecast.coords[axis].values[i]) for axis, i in zip(forecast.dims, index, strict=True)]
    return ", ".join(f"{axis} {label}" for axis, label in zip(forecast.dims, labels, strict=True))
