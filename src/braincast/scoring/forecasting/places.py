"""Where the neurons of a forecast task lie, as far as its first recording or its wiring says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from braincast.tasks.forecasting.task import ForecastTask

AXES_UM = ("x_um", "y_um", "z_um")


@dataclass(frozen=True, eq=False)
class Place:
    """Regions ("" where unknown) and positions (NaN where unknown), in the task's order."""

    regions: tuple[str, ...]
    position_um: Float[np.ndarray, "neuron 3"]


def placed(task: ForecastTask) -> Place:
    """Regions of the card, else of the tables; positions of the recording's anatomy, else of the connectome."""
    neurons = task.card.neurons
    use = task.card.recordings[0]
    specimen = task.specimens[use.specimen]
    recording = specimen.recordings[use.recording]
    tables = []
    if recording.anatomy is not None:
        tables.append(recording.anatomy.set_axis(list(recording.neurons)))
    if specimen.connectome is not None:
        tables.append(specimen.connectome.neurons.set_index("id"))
    ordered = [table.reindex(list(neurons)) for table in tables]
    return Place(tuple(task.card.regions) or _regions(ordered, len(neurons)), _positions(ordered, len(neurons)))


def _regions(tables: Sequence[pd.DataFrame], n: int) -> tuple[str, ...]:
    for table in tables:
        if "region" in table:
            return tuple("" if pd.isna(name) else str(name) for name in table["region"])
    return ("",) * n


def _positions(tables: Sequence[pd.DataFrame], n: int) -> Float[np.ndarray, "neuron 3"]:
    """Axes that a table lacks are NaN; the first table that has any place is taken."""
    for table in tables:
        if any(axis in table for axis in AXES_UM):
            columns = [table[axis] if axis in table else np.full(n, np.nan) for axis in AXES_UM]
            return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)
    return np.full((n, 3), np.nan)
