"""The other kind of answer, effect[pre, post]: checked like a forecast, and kept in the same kind of store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from braincast.errors import BraincastError
from braincast.forecasts.check import check_labels
from braincast.forecasts.store import open_answer, save_answer
from braincast.tasks.effects import EffectQuestion

DIMENSIONS = ("pre", "post")
_ARRAY = "effect"
_FLOATS = (np.dtype("float32"), np.dtype("float64"))


def check_effects(question: EffectQuestion, effects: xr.DataArray, where: str = "effects") -> None:
    """Refuse an answer that is not exactly what is asked: E204–E209, E212, E215.

    An effect is any finite number; its sign is the answer, its magnitude the confidence, and 0 is no opinion.
    """
    for key, expected in (("question", question.name), ("question_hash", question.hash)):
        found = effects.attrs.get(key, expected)
        if found != expected:
            what = f"it answers {key} {str(found)[:64]!r}, not {expected!r}"
            raise BraincastError("E215", where, what, "Answer again, with this version of braincast")
    if effects.dims != DIMENSIONS or any(axis not in effects.coords for axis in DIMENSIONS):
        what = f"axes are {', '.join(map(str, effects.dims))}; expected {', '.join(DIMENSIONS)}, both labelled"
        raise BraincastError("E212", where, what, "Write the array on exactly these axes, in this order")
    if effects.dtype not in _FLOATS:
        what = f"data type is {effects.dtype}; expected float32 or float64"
        raise BraincastError("E209", where, what, "Convert the effects")
    for axis in DIMENSIONS:
        found = [str(label) for label in effects.coords[axis].values]
        fix = "Write neurons in the order of the question's `neurons`"
        check_labels(found, question.neurons, "neuron", question.name, f"{where}, axis {axis}", fix)
    unknown = np.argwhere(~np.isfinite(effects.values))
    if len(unknown):
        pre, post = (question.neurons[index] for index in unknown[0])
        what = f"{len(unknown)} effects are not finite, the first from {pre} to {post}"
        raise BraincastError("E208", where, what, "Give every pair a number; 0 where there is no opinion")


def save_effects(effects: xr.DataArray, path: Path | str, *, force: bool = False) -> Path:
    """Write an answer [pre, post] to `path`, complete or not at all."""
    labels = {axis: [str(label) for label in effects.coords[axis].values] for axis in DIMENSIONS}
    return save_answer(effects, labels, path, array=_ARRAY, force=force)


def load_effects(path: Path | str, question: EffectQuestion | None = None) -> xr.DataArray:
    """Read an answer after checking its manifest and labels; with a question, also that it answers it."""
    effects = open_answer(path, _ARRAY, DIMENSIONS).load()
    if question is not None:
        check_effects(question, effects, str(path))
    return effects
