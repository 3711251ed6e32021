"""The other kind of answer, effect[pre, post]: checked like a forecast, and kept in the same kind of store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from braincast.brain.arrays import read_arrays, values_of, write_arrays
from braincast.errors import BraincastError
from braincast.files import new_folder
from braincast.forecasts.check import check_answer
from braincast.forecasts.expected import expected_of
from braincast.forecasts.store import FORMAT, axis_labels, plain_attributes
from braincast.tasks.effects import EffectQuestion
from braincast.version import VERSION

DIMENSIONS = ("pre", "post")
_ARRAY = "effect"
_AGAIN = "Write the effects again"


def check_effects(question: EffectQuestion, effects: xr.DataArray, where: str = "effects") -> None:
    """Refuse an answer that is not exactly what is asked: E204–E209, E212, E215.

    An effect is any finite number; its sign is the answer, its magnitude the confidence, and 0 is no opinion.
    """
    check_answer(expected_of(question), effects, where)


def save_effects(effects: xr.DataArray, path: Path | str, *, force: bool = False) -> Path:
    """Write an answer [pre, post] to `path`, complete or not at all."""
    path = Path(path)
    labels = {axis: [str(label) for label in effects.coords[axis].values] for axis in DIMENSIONS}
    attributes = {"axes": labels, "attributes": plain_attributes(effects.attrs, path)}
    with new_folder(path, force=force, what="answer") as folder:
        arrays = {_ARRAY: (DIMENSIONS, np.asarray(effects.values))}
        write_arrays(folder, arrays, {"format": FORMAT, "braincast": VERSION, **attributes})
    return path


def load_effects(path: Path | str, question: EffectQuestion | None = None) -> xr.DataArray:
    """Read an answer after checking its manifest and labels; with a question, also that it answers it."""
    path = Path(path)
    if not path.is_dir():
        raise BraincastError("E201", str(path), "there is no such store", "Check the path")
    arrays, attributes = read_arrays(path)
    labels = axis_labels(attributes, path, DIMENSIONS)
    if _ARRAY not in arrays:
        raise BraincastError("E201", str(path), f"it has no array named {_ARRAY!r}", _AGAIN)
    expected = tuple(len(labels[axis]) for axis in DIMENSIONS)
    if arrays[_ARRAY].shape != expected:
        what = f"{_ARRAY} has shape {arrays[_ARRAY].shape}, but its labels say {expected}"
        raise BraincastError("E212", str(path), what, _AGAIN)
    attrs = attributes.get("attributes")
    attrs = dict(attrs) if isinstance(attrs, dict) else {}
    effects = xr.DataArray(values_of(arrays[_ARRAY]), dims=DIMENSIONS, coords=labels, attrs=attrs, name=_ARRAY)
    if question is not None:
        check_effects(question, effects, str(path))
    return effects
