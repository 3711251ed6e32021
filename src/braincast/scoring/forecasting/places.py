"""Where the neurons of a forecast task lie, for pictures and groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.tasks.forecasting.anatomy import AXES_UM
from braincast.tasks.forecasting.task import ForecastTask


@dataclass(frozen=True, eq=False)
class Place:
    """Regions ("" where unknown) and positions (NaN where unknown), in the task's order."""

    regions: tuple[str, ...]
    position_um: Float[np.ndarray, "neuron 3"]


def placed(task: ForecastTask) -> Place:
    """Regions of the card, else of the anatomy; positions of the anatomy."""
    anatomy = task.anatomy
    return Place(tuple(task.card.regions or anatomy["region"]), anatomy[list(AXES_UM)].to_numpy(np.float64))
