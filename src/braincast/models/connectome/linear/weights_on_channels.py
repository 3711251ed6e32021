"""A fitted forecast from each neuron's own past and its channels, iterated over the leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braincast.models.connectome.linear.answers import AnswersOnWiring
from braincast.models.connectome.linear.channels import Channels
from braincast.models.connectome.linear.lagged_steps import LaggedSteps, continued_by_wiring, steps_of
from braincast.models.forecasters.scope import fit_of
from braincast.models.forecasters.spread import Spread
from braincast.tasks.forecasting.windows import Windows


@dataclass(frozen=True, eq=False)
class WeightsOnChannels(AnswersOnWiring):
    """Features are the own last `order` frames, the last one first, then each channel at each lag."""

    intercept: Float[np.ndarray, "fit neuron"]
    weights: Float[np.ndarray, "fit neuron feature"]
    order: int
    known: Int[np.ndarray, " known"]
    n_fitted: int
    spread: Spread | None = None

    def on(self, windows: Windows, channels: Channels) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast by each recording's own wiring, as heard in these channels."""
        which = channels.links.which[windows.recording]
        keys = np.stack([fit_of(self.known, windows.recording), which], axis=1)
        steps = {(fit, wiring): self.steps(channels, fit, wiring) for fit, wiring in np.unique(keys, axis=0).tolist()}
        return continued_by_wiring(steps, keys, windows)

    def steps(self, channels: Channels, fit: int, wiring: int) -> LaggedSteps:
        """The rule of one fit in one wiring."""
        links, weights = channels.links, self.weights[fit]
        heard = weights[:, self.order :].reshape(len(weights), max(len(channels), 1), -1)[:, : len(channels)]
        n_frames = heard.shape[2]
        # For each lag and link: the receiver's weight on every channel times the link's place in that channel.
        values = np.einsum("lcf,cl->fl", heard[links.post], channels.weight[:, wiring])
        lags = np.arange(1, n_frames + 1)[:, None] + channels.delay[wiring][None, :]
        ends = np.tile(links.post, n_frames), np.tile(links.pre, n_frames)
        diffusive = np.tile(links.is_diffusive.astype(float), n_frames)
        own = weights[:, : self.order]
        return steps_of(self.intercept[fit], own, ends, lags.ravel(), values.ravel(), diffusive)
