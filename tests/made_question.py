"""A small question about signs, and answers to it."""

from __future__ import annotations

import numpy as np
import xarray as xr

from braincast.tasks.effects import EffectQuestion

NEURONS = tuple(f"N{number:02d}" for number in range(24))


def made_question(**changes) -> EffectQuestion:
    """24 neurons in 12 classes; every ordered pair is an edge."""
    made = {
        "name": "made-signs",
        "version": "1",
        "question": "Plus or minus?",
        "dataset": "made",
        "dataset_hash": "0",
        "based_on": "made-task",
        "folds_hash": "0",
        "neurons": NEURONS,
        "cell_classes": tuple(f"C{number // 2:02d}" for number in range(24)),
        "edges": tuple((a, b) for a in NEURONS for b in NEURONS if a != b),
        "n_permutations": 400,
        "n_resamples": 100,
    }
    return EffectQuestion(**(made | changes))


def made_effects(question: EffectQuestion, values: np.ndarray) -> xr.DataArray:
    """An answer with these values."""
    labels = {axis: list(question.neurons) for axis in ("pre", "post")}
    attributes = {"question": question.name, "question_hash": question.hash}
    return xr.DataArray(values, dims=("pre", "post"), coords=labels, attrs=attributes, name="effect")
