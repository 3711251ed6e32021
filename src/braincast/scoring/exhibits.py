"""What a report shows of single pairs: the observed map beside forecasts of it. Never part of a printed document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.scoring.scores import Contender
from braincast.tasks.task import Task
from braincast.tasks.truth import Truth, open_truth

_AXES_UM = ("x_um", "y_um", "z_um")


@dataclass(frozen=True, eq=False)
class Exhibits:
    """One map for each model (of its first seed) and what was measured; rows are cases, columns are neurons.

    `n_trials` is 0 and `q` and `mean_response` are NaN where nothing was measured; `position_um` is NaN where it is
    not known. `stimulated[case]` is the column of the stimulated neuron.
    """

    neurons: tuple[str, ...]
    classes: tuple[str, ...]
    regions: tuple[str, ...]
    position_um: Float[np.ndarray, "neuron 3"]
    stimulated: Int[np.ndarray, " case"]
    predicted: Mapping[str, Float[np.ndarray, "case neuron"]]
    responds: Bool[np.ndarray, "case neuron"]
    n_trials: Int[np.ndarray, "case neuron"]
    q: Float[np.ndarray, "case neuron"]
    mean_response: Float[np.ndarray, "case neuron"]
    unit: str

    @property
    def measured(self) -> Bool[np.ndarray, "case neuron"]:
        """Pairs with a finite q."""
        return np.isfinite(self.q)

    def counts(self) -> dict[str, int]:
        """How much was measured: pairs, responses, trials, stimulated and responding neurons."""
        return {
            "pairs": int(self.measured.sum()),
            "responses": int(self.responds.sum()),
            "trials": int(self.n_trials.sum()),
            "stimulated": int(self.measured.any(axis=1).sum()),
            "responding": int(self.measured.any(axis=0).sum()),
        }


def exhibits(task: Task, contenders: Mapping[str, Contender], shown: Sequence[str]) -> Exhibits | None:
    """The maps of the contenders in `shown`; None for a task that asks for more than which neuron responds to which."""
    responses, cases = task.specimen.responses, task.cases("test")
    if responses is None or len(task.card.leads) != 1 or any(len(names) != 1 for names in cases.stimulated):
        return None
    truth = open_truth(task)
    if "responds" not in truth.targets:
        return None
    rows = [responses.neurons.index(name) for (name,) in cases.stimulated]
    columns = [responses.neurons.index(name) for name in cases.neurons]
    measured = truth.measured[:, 0]
    return Exhibits(
        neurons=tuple(cases.neurons),
        classes=tuple(task.card.cell_classes),
        **_anatomy(task, cases.neurons),
        stimulated=np.array([list(cases.neurons).index(name) for (name,) in cases.stimulated], dtype=np.int64),
        predicted={name: contenders[name].forecasts[0].values[:, 0].astype(np.float64) for name in shown},
        **_observed(truth, responses.q[np.ix_(rows, columns)], measured),
        unit=responses.unit,
    )


def _observed(truth: Truth, q: np.ndarray, measured: np.ndarray) -> dict[str, Any]:
    return {
        "responds": truth.targets["responds"][:, 0] == 1,
        "n_trials": np.where(measured, truth.n_trials[:, 0], 0).astype(np.int64),
        "q": np.where(measured, q, np.nan).astype(np.float64),
        "mean_response": truth.targets["mean_response"][:, 0].astype(np.float64),
    }


def _anatomy(task: Task, neurons: Sequence[str]) -> dict[str, Any]:
    """Regions and positions as far as the connectome's table has them."""
    connectome = task.specimen.connectome
    columns = {} if connectome is None else connectome.neurons.set_index("id").reindex(list(neurons))
    placed = all(axis in columns for axis in _AXES_UM)
    return {
        "regions": tuple(str(name) for name in columns["region"]) if "region" in columns else ("",) * len(neurons),
        "position_um": np.full((len(neurons), 3), np.nan)
        if not placed
        else np.stack([np.asarray(columns[axis], dtype=np.float64) for axis in _AXES_UM], axis=1),
    }
