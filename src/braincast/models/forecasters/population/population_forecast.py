"""A forecast that is linear in all neurons' last frames, one step at a time or one map for each lead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braincast.models.forecasters.scope import fit_of
from braincast.models.forecasters.spread import Spread
from braincast.models.forecasters.with_members import WithMembers
from braincast.tasks.forecasting.windows import Windows


@dataclass(frozen=True, eq=False)
class PopulationForecast(WithMembers):
    """Weights from the last frames (lag after lag, the neurons in order) to the next `n_ahead` frames.

    Applied again to its own answer until the horizon is reached: once for direct maps, at each lead for one-step ones.
    The last fit answers recordings that are not among `known`.
    """

    intercept: Float[np.ndarray, "fit output"]
    weights: Float[np.ndarray, "fit feature output"]
    known: Int[np.ndarray, " known"]
    n_fitted: int
    spread: Spread | None = None

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        return self.continued(windows.contexts(), windows.recording, windows.horizon)

    def continued(
        self, context: Float[np.ndarray, "case context unit"], recording: Int[np.ndarray, " case"], horizon: int
    ) -> Float[np.ndarray, "case lead unit"]:
        """How each context goes on, by the rule of its recording."""
        order = self.weights.shape[1] // context.shape[2]
        past, which = context[:, -order:], fit_of(self.known, recording)
        answer = np.empty((len(context), horizon, context.shape[2]))
        for fit in np.unique(which):
            cases = which == fit
            answer[cases] = rolled_out(past[cases].astype(float), self.intercept[fit], self.weights[fit], horizon)
        return answer


def rolled_out(
    past: Float[np.ndarray, "case lag unit"],
    intercept: Float[np.ndarray, " output"],
    weights: Float[np.ndarray, "feature output"],
    horizon: int,
) -> Float[np.ndarray, "case lead unit"]:
    """The next `horizon` frames, as many at a time as there are outputs."""
    n_cases, order, n_units = past.shape
    frames = past
    while frames.shape[1] < order + horizon:
        last = frames[:, -order:].reshape(n_cases, -1)
        ahead = (intercept + last @ weights).reshape(n_cases, -1, n_units)
        frames = np.concatenate([frames, ahead], axis=1)
    return frames[:, order : order + horizon]
