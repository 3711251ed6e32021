"""A forecast that is linear in a neuron's own past: what most simple models come to once they are fitted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from braincast.models.forecasters.scope import fit_of
from braincast.models.forecasters.spread import Spread
from braincast.models.forecasters.with_members import WithMembers
from braincast.tasks.forecasting.windows import Windows

_ANYWHERE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class LinearForecast(WithMembers):
    """Each lead as an intercept and weights on the last `lag` frames of the context, in order of time.

    `channel` is one for each neuron, or a single one that all neurons share. The last fit answers recordings that are
    not among `known`. `n_fitted` counts the numbers that were fitted, which may be fewer than there are weights here.
    """

    intercept: Float[np.ndarray, "fit channel lead"]
    weights: Float[np.ndarray, "fit channel lead lag"]
    known: Int[np.ndarray, " known"]
    n_fitted: int
    spread: Spread | None = None

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        return self.continued(windows.contexts(), windows.recording)

    def continued(
        self, context: Float[np.ndarray, "case context neuron"], recording: Int[np.ndarray, " case"]
    ) -> Float[np.ndarray, "case lead neuron"]:
        """How each context goes on, by the rule of its recording."""
        past, which = context[:, -self.weights.shape[-1] :], fit_of(self.known, recording)
        answer = np.empty((len(context), self.weights.shape[2], context.shape[2]))
        for fit in np.unique(which):
            cases = which == fit
            answer[cases] = _applied(self.intercept[fit], self.weights[fit], past[cases].astype(float))
        return answer

    def counting(self, n_fitted: int) -> LinearForecast:
        """The same forecast, with how many numbers were fitted for it."""
        return replace(self, n_fitted=n_fitted)


def same_everywhere(
    weights: Float[np.ndarray, "lead lag"], n_fitted: int = 0, intercept: Float[np.ndarray, " lead"] | None = None
) -> LinearForecast:
    """One rule for all neurons and recordings."""
    intercept = np.zeros(len(weights)) if intercept is None else intercept
    return LinearForecast(intercept[None, None], weights[None, None], _ANYWHERE, n_fitted)


def _applied(
    intercept: Float[np.ndarray, "channel lead"],
    weights: Float[np.ndarray, "channel lead lag"],
    past: Float[np.ndarray, "case lag neuron"],
) -> Float[np.ndarray, "case lead neuron"]:
    if len(weights) == 1:
        return weights[0] @ past + intercept[0, :, None]
    by_neuron = past.transpose(2, 0, 1) @ weights.transpose(0, 2, 1) + intercept[:, None, :]
    return by_neuron.transpose(1, 2, 0)
