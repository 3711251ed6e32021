"""What detectors are given: contrast, or the increments (on) or the decrements (off) of light alone."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Float

from braincast.dynamics.detectors.filters import high_pass
from braincast.dynamics.scenes.movie import GREY, Movie

Channel = Literal["linear", "on", "off"]
# Eichner et al. 2011, Neuron 70:1155: a high-pass of 250 ms and a tenth of the signal itself, then half-wave rectified.
HIGH_PASS_S = 0.25
STEADY_SHARE = 0.1


def channel_signal(movie: Movie, channel: Channel) -> Float[np.ndarray, "frame column"]:
    """The Weber contrast to grey, as it is (linear) or as one half-wave of its changes."""
    contrast = np.asarray(movie.light, np.float64) / GREY - 1
    if channel == "linear":
        return contrast
    changed = high_pass(contrast, HIGH_PASS_S, movie.dt_s) + STEADY_SHARE * contrast
    return np.maximum(changed if channel == "on" else -changed, 0.0)
