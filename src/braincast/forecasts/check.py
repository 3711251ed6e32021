"""Checking an answer in memory against its task, before anything is computed from it."""

from __future__ import annotations

from collections.abc import Iterator

import xarray as xr

from braincast.errors import BraincastError
from braincast.forecasts import answers
from braincast.forecasts.expected import Expected, expected_of
from braincast.tasks.kinds import MEMBER, AnyCard

DIMENSIONS = ("case", "lead", "neuron")
_PART_BYTES = 32 << 20
# A larger answer without limits is not read here: scoring reads it once, and refuses what is not finite.
_READ_BYTES = 1 << 30


def check_forecast(card: AnyCard, forecast: xr.DataArray, where: str = "forecast") -> None:
    """Refuse a forecast that does not answer exactly what the task asks: E204–E209, E211, E212, E214, E215."""
    check_answer(expected_of(card), forecast, where)


def check_answer(expected: Expected, answer: xr.DataArray, where: str) -> None:
    """Refuse an answer that is not exactly what is expected, with the first of its problems."""
    for problem in _problems(expected, answer, where):
        raise problem


def labels_of(forecast: xr.DataArray, where: str) -> dict[str, list[str]]:
    """The labels along each axis; other axes, or one without labels, are E212."""
    if forecast.dims not in (DIMENSIONS, (*DIMENSIONS, MEMBER)):
        what = f"axes are {', '.join(map(str, forecast.dims))}; expected {', '.join(DIMENSIONS)}"
        raise BraincastError("E212", where, what, "Write the array on exactly these axes, in this order")
    return _labels(forecast, where)


def _labels(answer: xr.DataArray, where: str) -> dict[str, list[str]]:
    for axis in answer.dims:
        if axis not in answer.coords:
            raise BraincastError("E212", where, f"axis {axis!r} has no labels", "Give every axis its coordinate")
    return {str(axis): [str(label) for label in answer.coords[axis].values] for axis in answer.dims}


def _problems(expected: Expected, answer: xr.DataArray, where: str) -> Iterator[BraincastError]:
    """All in an order in which each may rely on those before having found nothing."""
    yield from answers.name_problems(expected, {str(key): value for key, value in answer.attrs.items()}, where)
    yield from answers.axes_problems(expected, [str(axis) for axis in answer.dims], where)
    labels = _labels(answer, where)
    yield from answers.dtype_problems(str(answer.dtype), where)
    yield from answers.label_problems(expected, labels, where)
    if answer.nbytes > _READ_BYTES and expected.lower is None and expected.upper is None:
        return
    check = answers.ValueCheck(expected, labels, where)
    for start, part in _parts(answer):
        check.add(part.values, (start, *[0] * (answer.ndim - 1)))
    yield from check.problems()


def _parts(answer: xr.DataArray) -> Iterator[tuple[int, xr.DataArray]]:
    """Consecutive cases that take some megabytes each, so that a stored forecast need not fit in memory."""
    n_cases = max(1, _PART_BYTES * len(answer) // max(1, answer.nbytes))
    for start in range(0, len(answer), n_cases):
        yield start, answer[start : start + n_cases]
