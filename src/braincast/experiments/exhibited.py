"""What a board may show of the brains that a task asks about; places and traces only where data may be passed on."""

from __future__ import annotations

from typing import Any

import numpy as np

from braincast.datasets.card import DatasetCard
from braincast.scoring.forecasting.places import placed
from braincast.scoring.forecasting.traces import true_traces
from braincast.tasks.forecasting.anatomy import AXES_UM
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyTask


def exhibited(task: AnyTask, dataset: DatasetCard, *, hidden: bool = False) -> dict[str, Any]:
    """Regions of the neurons as far as they are known; if the dataset may be redistributed also their positions (µm).

    And traces, unless the truth is `hidden`.
    """
    if isinstance(task, ForecastTask):
        place = placed(task)
        regions, positions = list(place.regions), place.position_um
    else:
        regions, positions = [], _positions(task)
    free = dataset.redistribute == "yes"
    return {
        "regions": regions if any(regions) else None,
        "positions_um": _plain(positions) if free and np.isfinite(positions).all(axis=1).any() else None,
        "traces": true_traces(task) if free and not hidden else None,
    }


def _positions(task: Any) -> np.ndarray:
    """Of the neurons of a perturbation task, as its connectome says; NaN where it does not."""
    unknown = np.full((len(task.card.neurons), len(AXES_UM)), np.nan)
    wiring = task.structure.connectome
    if wiring is None or not set(AXES_UM) <= set(wiring.neurons.columns):
        return unknown
    return wiring.neurons.set_index("id").reindex(list(task.card.neurons))[list(AXES_UM)].to_numpy(np.float64)


def _plain(positions: np.ndarray) -> list[list[float] | None]:
    """To a tenth of a µm; None for a neuron whose place is not known on every axis."""
    return [[round(float(x), 1) for x in row] if np.isfinite(row).all() else None for row in positions]
