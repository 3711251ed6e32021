"""The other kind of answer, effect[pre, post]: checked like a forecast, and kept in the same kind of store."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from braincast.forecasts.check import check_answer
from braincast.forecasts.expected import expected_of
from braincast.forecasts.store import open_answer, save_answer
from braincast.tasks.effects import AnyQuestion

DIMENSIONS = ("pre", "post")
_ARRAY = "effect"


def check_effects(question: AnyQuestion, effects: xr.DataArray, where: str = "effects") -> None:
    """Refuse an answer that is not exactly what is asked: E204–E209, E212, E215.

    An effect is any finite number; its sign is the answer, its magnitude the confidence, and 0 is no opinion.
    """
    check_answer(expected_of(question), effects, where)


def save_effects(effects: xr.DataArray, path: Path | str, *, force: bool = False) -> Path:
    """Write an answer [pre, post] to `path`, complete or not at all."""
    labels = {axis: [str(label) for label in effects.coords[axis].values] for axis in DIMENSIONS}
    return save_answer(effects, labels, path, array=_ARRAY, force=force)


def load_effects(path: Path | str, question: AnyQuestion | None = None) -> xr.DataArray:
    """Read an answer after checking its manifest and labels; with a question, also that it answers it."""
    effects = open_answer(path, _ARRAY, DIMENSIONS).load()
    if question is not None:
        check_effects(question, effects, str(path))
    return effects
