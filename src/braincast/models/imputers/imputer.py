"""What all imputers have in common: every hidden neuron is a weighted sum of visible ones in the same frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.errors import BraincastError
from braincast.models.forecasters.scope import fit_of
from braincast.models.interface import ModelCard, Setting
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

Weights = Float[np.ndarray, "fit source target"]


@dataclass(frozen=True, eq=False)
class FittedImputer:
    """Of each recording with a fit of its own, then of all others: level of each neuron, and weights between neurons.

    A target's weights on the neurons that are hidden with it, itself among them, are 0.
    """

    level: Float[np.ndarray, "fit neuron"]
    weights: Weights
    known: Int[np.ndarray, " known"]
    n_fitted: int

    @property
    def n_parameters(self) -> int:
        return self.n_fitted

    def forecast(self, windows: Windows, prepared: object) -> Float[np.ndarray, "case lead neuron"]:
        """What hidden neurons do; visible ones are given as they are."""
        seen, which = windows.visible(), fit_of(self.known, windows.recording)
        is_hidden = windows.hidden[:, None]
        answer = np.empty(seen.shape)
        for fit in np.unique(which):
            rows = which == fit
            deviations = np.where(is_hidden[rows], 0.0, seen[rows] - self.level[fit])
            answer[rows] = self.level[fit] + deviations @ self.weights[fit]
        return np.where(is_hidden, answer, seen)


def imputer_card(
    name: str,
    summary: str,
    settings: Mapping[str, Setting] | None = None,
    *,
    citation: str = "",
    caveat: str = "",
    uses: tuple[str, ...] = ("activity",),
    typical_fit_s: float = 0.5,
) -> ModelCard:
    """The card of an imputer."""
    return ModelCard(
        name=name,
        summary=summary,
        kinds=("imputation",),
        answers=("activity",),
        uses=uses,
        settings=settings or {},
        citation=citation,
        caveat=caveat,
        typical_fit_s=typical_fit_s,
    )


def groups_of(training: ForecastTraining) -> Int[np.ndarray, " neuron"]:
    """The number of the group that each neuron will be hidden with; E306 for a task that hides none."""
    if training.groups is None:
        raise BraincastError("E306", "imputer", "this task hides no neurons", "Choose an imputation task")
    return training.groups


def seen_with(training: ForecastTraining) -> Bool[np.ndarray, "source target"]:
    """Which neurons are seen where another is hidden; E306 for a task that hides none."""
    groups = groups_of(training)
    return groups[:, None] != groups[None, :]
