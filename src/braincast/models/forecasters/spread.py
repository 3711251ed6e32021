"""How far a forecast is off: members of a predictive distribution from the errors on validation windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Shaped

from braincast.tasks.forecasting.training import Held
from braincast.tasks.forecasting.windows import Windows

MEMBERS = 10
LEVELS = (np.arange(MEMBERS) + 0.5) / MEMBERS
# Validation windows overlap, so that few of them are independent: a neuron's own scale counts for as many windows as
# it has, the scale of all neurons for this many (chosen by hand, before any score was seen).
_PSEUDO_WINDOWS = 30.0
_ERROR_BYTES = 1 << 30

PointForecast = Callable[[Windows], Float[np.ndarray, "case lead neuron"]]


@dataclass(frozen=True, eq=False)
class Spread:
    """Member i lies `scale · shape[i]` from the forecast: its quantile at (i + 0.5) / 10; the shape's mean is 0.

    `scale` is the mean absolute error of a neuron at a lead, shrunk towards that of all neurons.
    """

    scale: Float[np.ndarray, "lead neuron"]
    shape: Float[np.ndarray, "lead member"]

    @property
    def n_parameters(self) -> int:
        return self.scale.size + self.shape.size

    def members(self, forecast: Float[np.ndarray, "case lead neuron"]) -> Float[np.ndarray, "case lead neuron member"]:
        """The members around a forecast, in rising order; their mean is the forecast."""
        return forecast[..., None] + self.scale[:, :, None] * self.shape[:, None, :]


def validation_spread(forecast: PointForecast, held: Held) -> Spread:
    """The spread of a model's errors on the validation windows; truth that was not observed (NaN) is left out.

    Of more errors than fit in memory, the shape is that of every so many neurons.
    """
    n_cases, n_leads, n_neurons = held.windows.shape
    step = -(-n_cases * n_leads * n_neurons * 8 // _ERROR_BYTES)
    count, size = np.zeros((2, n_leads, n_neurons))
    done, errors = 0, np.empty((n_cases, n_leads, len(range(0, n_neurons, step))))
    for part, truth in held.batches():
        error = (truth - forecast(part)).astype(np.float64)
        seen = np.isfinite(error)
        count, size = count + seen.sum(axis=0), size + np.where(seen, np.abs(error), 0.0).sum(axis=0)
        errors[done : done + len(part)] = error[:, :, ::step]
        done += len(part)
    return _spread(count, size, errors, step)


def spread_of(errors: Float[np.ndarray, "case lead neuron"]) -> Spread:
    """Scale by lead and neuron, and one shape for each lead: quantiles of the errors over their neuron's scale."""
    seen = np.isfinite(errors)
    return _spread(seen.sum(axis=0), np.where(seen, np.abs(errors), 0.0).sum(axis=0), errors, 1)


def _spread(
    count: Shaped[np.ndarray, "lead neuron"],
    size: Float[np.ndarray, "lead neuron"],
    errors: Float[np.ndarray, "case lead some"],
    step: int,
) -> Spread:
    """From how many errors there are, the sum of their sizes, and the errors of every so many neurons."""
    everywhere = size.sum(axis=1) / np.maximum(count.sum(axis=1), 1)
    scale = (size + _PSEUDO_WINDOWS * everywhere[:, None]) / (count + _PSEUDO_WINDOWS)
    relative = np.where(np.isfinite(errors), errors, np.nan) / np.where(scale > 0, scale, 1.0)[:, ::step]
    shape = np.stack([_quantiles(relative[:, lead]) for lead in range(errors.shape[1])])
    return Spread(scale, shape)


def _quantiles(values: Float[np.ndarray, "case neuron"]) -> Float[np.ndarray, " member"]:
    found = values[np.isfinite(values)]
    if not len(found):
        return np.zeros(MEMBERS)
    quantiles = np.quantile(found, LEVELS)
    return quantiles - quantiles.mean()
