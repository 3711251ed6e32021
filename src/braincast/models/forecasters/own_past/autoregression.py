"""Iterated autoregression: one step at a time, each forecast fed back."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.models.forecasters.own_past.channel_ridge import LaggedFit, channel_ridge, frames_of
from braincast.models.forecasters.own_past.moments import Moments


def iterated_ridge(moments: Moments, penalty: float, horizon: int) -> LaggedFit:
    """For each channel, ridge regression of a window's last frame on those before it, applied `horizon` times."""
    n_frames = moments.total.shape[1]
    past, following = frames_of(0, n_frames - 1, n_frames), frames_of(n_frames - 1, n_frames, n_frames)
    intercept, weights = channel_ridge(moments, past, following, penalty)
    return iterated(intercept[:, 0], weights[:, 0], horizon)


def iterated(
    intercept: Float[np.ndarray, " channel"], weights: Float[np.ndarray, "channel lag"], horizon: int
) -> LaggedFit:
    """The one-step rule applied `horizon` times, as an intercept and weights for each lead.

    A forecast of forecasts is linear in the last frames too, so that nothing needs to be iterated later.
    """
    n_channels, n_lags = weights.shape
    # Rows: the frames that the next step looks at, each as (intercept, weights on the context's last frames).
    frames = [(np.zeros(n_channels), np.tile(np.eye(n_lags)[lag], (n_channels, 1))) for lag in range(n_lags)]
    for _ in range(horizon):
        seen = frames[-n_lags:]
        constant = intercept + sum(weights[:, lag] * seen[lag][0] for lag in range(n_lags))
        slope = sum((weights[:, lag, None] * seen[lag][1] for lag in range(n_lags)), np.zeros_like(weights))
        frames.append((constant, slope))
    leads = frames[n_lags:]
    return np.stack([c for c, _ in leads], axis=1), np.stack([s for _, s in leads], axis=1)
