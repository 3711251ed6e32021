"""Ridge regression of a channel's next frames on its own past, from moments alone."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy import linalg

from braincast.models.forecasters.own_past.moments import Moments
from braincast.models.interface import Setting
from braincast.models.space import Range

PENALTY = Setting(
    "Penalty on squared weights, against the mean squared error in training standard deviations",
    upper=1e6,
    sweep=Range(1e-4, 1e2, log=True),
)
# Keeps a constant channel's equations solvable; far below any penalty or variance that matters.
_RIDGE_FLOOR = 1e-9

LaggedFit = tuple[Float[np.ndarray, "channel lead"], Float[np.ndarray, "channel lead lag"]]


def channel_ridge(
    moments: Moments,
    inputs: Float[np.ndarray, "feature frame"],
    outputs: Float[np.ndarray, "lead frame"],
    penalty: float,
) -> tuple[Float[np.ndarray, "channel lead"], Float[np.ndarray, "channel lead feature"]]:
    """Intercept and weights of least mean squared error + penalty · |weights|² for each channel.

    `inputs` and `outputs` say how features and targets are made of a window's frames; the intercept is free.
    """
    covariance, mean = moments.covariance, moments.mean
    gram = inputs @ covariance @ inputs.T + (penalty + _RIDGE_FLOOR) * np.eye(len(inputs))
    cross = inputs @ covariance @ outputs.T
    weights = np.stack([linalg.solve(g, c, assume_a="pos") for g, c in zip(gram, cross, strict=True)])
    weights = weights.transpose(0, 2, 1)
    intercept = mean @ outputs.T - np.einsum("clf,cf->cl", weights, mean @ inputs.T)
    return intercept, weights


def frames_of(first: int, last: int, n_frames: int) -> Float[np.ndarray, "row frame"]:
    """Rows that pick the frames `first` to `last` (excluded) of a window."""
    return np.eye(n_frames)[first:last]
