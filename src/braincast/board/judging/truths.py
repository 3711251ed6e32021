"""Hidden truths: what a file of one has to hold, and that nobody can look it up."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from braincast.errors import BraincastError
from braincast.scoring.forecasting.hidden import case_hashes, plain_truth, strata, truth_hash
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import open_window_truth
from braincast.tasks.kinds import AnyCard, AnyTask

_MADE = "np.savez(path, activity=truth), with truth [case, lead, neuron] in the order of the task"
# So many values that agree are no chance.
_FEWEST_ALIKE = 3
_RELATIVE, _ABSOLUTE = 1e-5, 1e-7


def check_truth(card: AnyCard, task: AnyTask, path: Path) -> str:
    """The hash of the hidden truth of a task in an npz file, whatever the order of its cases.

    It is E805 for a task of another kind than a forecast, and for a file with other axes or labels, with infinite
    values, with nothing observed, or with two cases of a stratum that nothing tells apart; E806 if the public dataset
    has the same numbers in any frame or trace of a case.
    """
    asked = required_forecast(task)
    values = plain_truth(read_truth(asked.card, path))
    _refuse_twins(asked.card, values, path)
    _refuse_public(asked, values, path)
    return truth_hash(values)


def required_forecast(task: AnyTask) -> ForecastTask:
    """The task if it asks for a forecast; E805 for other kinds, whose truth is not hidden."""
    if isinstance(task, ForecastTask) and task.card.kind == "forecast":
        return task
    what = f"it is a {task.card.kind} task, of which no truth can be hidden"
    raise BraincastError("E805", f"task {task.card.name}", what, "Hide the truth of a forecast task")


def read_truth(card: ForecastCard, path: Path) -> Float32[np.ndarray, "case lead neuron"]:
    """The truth in a file as it is in the task's order, NaN where nothing was observed; E805 where it does not fit."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found: dict[str, Any] = {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise _unfit(path, "it is no .npz file of plain arrays", _MADE) from error
    expected = (len(card.cases), len(card.leads), len(card.neurons))
    values = found.get("activity")
    if values is None or values.dtype.kind != "f" or values.shape != expected:
        told = "has none" if values is None else f"is {values.dtype} {values.shape}"
        raise _unfit(path, f"activity {told}; expected floating-point numbers {expected}", _MADE)
    _check_labels(found, "case", [case.id for case in card.cases], path)
    _check_labels(found, "neuron", list(card.neurons), path)
    if np.isinf(values).any() or not np.isfinite(values).any():
        raise _unfit(path, "it has infinite values, or none at all", "NaN is for what was not observed")
    return values.astype(np.float32)


def _check_labels(found: dict[str, Any], axis: str, expected: list[str], path: Path) -> None:
    if axis in found and [str(label) for label in found[axis].ravel()] != expected:
        what = f"its labels of axis {axis} are not those of the task, in the task's order"
        raise _unfit(path, what, "braincast show task NAME --json lists them")


def _refuse_twins(card: ForecastCard, values: Float32[np.ndarray, "case lead neuron"], path: Path) -> None:
    """Observed cases of a stratum must differ, since their own numbers decide their order."""
    hashes, seen = case_hashes(values), set(np.flatnonzero(np.isfinite(values).any(axis=(1, 2))).tolist())
    for places in strata(card):
        own = [hashes[case] for case in places if case in seen]
        if len(set(own)) < len(own):
            raise _unfit(path, "two cases of a stratum have the same truth", "Leave one of them unobserved (NaN)")


def _refuse_public(task: ForecastTask, values: Float32[np.ndarray, "case lead neuron"], path: Path) -> None:
    """E806 where what the task's own dataset says is the same as the hidden truth in a whole frame or trace."""
    public, n_cases = open_window_truth(task), len(values)
    step = max(1, (64 << 20) // max(1, 4 * values[0].size))
    for first in range(0, n_cases, step):
        part = slice(first, min(first + step, n_cases))
        place = _shared(values[part], public.read(part, slice(None)))
        if place is not None:
            what = f"the public dataset has the same numbers in case {task.card.cases[first + place].id}"
            fix = "Hide what the dataset does not hold: NaN belongs there"
            raise BraincastError("E806", str(path), what, fix)


def _shared(hidden: np.ndarray, public: np.ndarray) -> int | None:
    """The first case in which a frame (over neurons) or a trace (over leads) is the same in both."""
    observed = np.isfinite(hidden)
    alike = observed & np.isclose(hidden, public, rtol=_RELATIVE, atol=_ABSOLUTE)
    found = np.zeros(len(hidden), dtype=bool)
    for axis in (1, 2):
        n, same = observed.sum(axis=axis), alike.sum(axis=axis)
        with np.errstate(invalid="ignore"):
            low = np.where(observed, hidden, np.inf).min(axis=axis)
            high = np.where(observed, hidden, -np.inf).max(axis=axis)
        # What does not change, such as a silent neuron's zeros, is alike by chance.
        found |= ((same == n) & (n >= np.minimum(_FEWEST_ALIKE, hidden.shape[axis])) & (high > low)).any(axis=1)
    return int(np.flatnonzero(found)[0]) if found.any() else None


def _unfit(path: Path, what: str, fix: str) -> BraincastError:
    return BraincastError("E805", str(path), what, fix)
