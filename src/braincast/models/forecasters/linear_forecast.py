"""A forecast that is linear in a neuron's own past: what most simple models come to once they are fitted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from braincast.models.forecasters.scope import fit_of
from braincast.models.forecasters.spread import Spread, validation_spread
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

_ANYWHERE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class LinearForecast:
    """Each lead as an intercept and weights on the last `lag` frames of the context, in order of time.

    `channel` is one for each neuron, or a single one that all neurons share. The last fit answers recordings that are
    not among `known`. `n_fitted` counts the numbers that were fitted, which may be fewer than there are weights here.
    """

    intercept: Float[np.ndarray, "fit channel lead"]
    weights: Float[np.ndarray, "fit channel lead lag"]
    known: Int[np.ndarray, " known"]
    n_fitted: int
    spread: Spread | None = None

    @property
    def n_parameters(self) -> int:
        return self.n_fitted + (self.spread.n_parameters if self.spread else 0)

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        answer = np.empty(windows.shape)
        past = windows.contexts()[:, -self.weights.shape[-1] :]
        which = fit_of(self.known, windows.recording)
        for fit in np.unique(which):
            cases = which == fit
            answer[cases] = _applied(self.intercept[fit], self.weights[fit], past[cases].astype(float))
        return answer

    def forecast(self, windows: Windows, prepared: None) -> Float[np.ndarray, "case lead neuron *member"]:
        """The forecast, with members when the fit has a spread."""
        point = self.point(windows)
        return self.spread.members(point) if self.spread else point

    def with_spread(self, training: ForecastTraining) -> LinearForecast:
        """The same forecast with members around it, as far apart as its errors on validation windows."""
        return replace(self, spread=validation_spread(self.point, training.validation))

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
