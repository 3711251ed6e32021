"""Which neurons a probe is about, and as many others to compare them with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.errors import BraincastError, unknown_name
from braincast.tasks.forecasting.task import ForecastTask

Neurons = Int[np.ndarray, " chosen"]
_TYPES = ("cell_type", "cell_class", "region")


def named(task: ForecastTask, names: Sequence[str]) -> Neurons:
    """Places of neurons by name, rising; E308 for one that the task does not have or that is named twice."""
    place = {name: number for number, name in enumerate(task.card.neurons)}
    for name in names:
        if name not in place:
            raise unknown_name("E308", "neuron", name, place)
        if list(names).count(name) > 1:
            raise BraincastError("E308", f"neuron {name}", "it is named twice", "Name it once")
    return np.array(sorted(place[name] for name in names), dtype=np.int64)


def of_type(task: ForecastTask, kind: str) -> Neurons:
    """Places of all neurons of a cell type, class or region, whichever column has it first; E308 where none has."""
    known: set[str] = set()
    for table in _tables(task):
        for column in (name for name in _TYPES if name in table):
            values = table[column].astype("string").fillna("")
            known |= set(values) - {""}
            found = np.flatnonzero(values.to_numpy(dtype=object) == kind)
            if len(found):
                return found
    raise unknown_name("E308", "type", kind, known)


def others(n_neurons: int, own: Neurons, n_draws: int, *, seed: int) -> list[Neurons]:
    """Sets of as many neurons, none of them among `own`: every single one where there are few, else drawn at random.

    E711 where there are too few neurons for that.
    """
    rest = np.setdiff1d(np.arange(n_neurons), own)
    if len(rest) <= len(own):
        what = f"{len(own)} of {n_neurons} neurons leave none to compare them with"
        raise BraincastError("E711", "--neuron", what, "Name fewer neurons")
    rng = np.random.default_rng(seed)
    if len(own) == 1:
        return [np.array([one]) for one in np.sort(rng.permutation(rest)[:n_draws])]
    drawn = {tuple(sorted(rng.choice(rest, len(own), replace=False).tolist())) for _ in range(n_draws)}
    return [np.array(each) for each in sorted(drawn)]


def _tables(task: ForecastTask) -> list[pd.DataFrame]:
    """What is known of the task's neurons, a row for each: from the wiring, and from the recording."""
    tables = [task.anatomy]
    if task.card.whose_wiring != "none":
        tables.insert(0, task.structure.connectomes[0].neurons)
    return tables
