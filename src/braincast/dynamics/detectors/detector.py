"""Detectors of motion over a whole eye, in any of twelve directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from braincast.dynamics.detectors.arms import arm
from braincast.dynamics.detectors.channels import Channel, channel_signal
from braincast.dynamics.scenes.movie import Movie

CARDINAL_DEG = (0.0, 90.0, 180.0, 270.0)


@runtime_checkable
class Detector(Protocol):
    """A rule that compares what a column sees with what is seen beside it.

    Motion in the preferred direction passes first the `trailing` arm, then the `centre`, then the `leading` arm.
    """

    def response(
        self,
        trailing: Float[np.ndarray, "frame column"],
        centre: Float[np.ndarray, "frame column"],
        leading: Float[np.ndarray, "frame column"],
        dt_s: float,
    ) -> Float[np.ndarray, "frame column"]:
        """The answer in each column, of as many arrays of signals in time."""
        ...


def responses(
    detector: Detector, movie: Movie, angles_deg: Sequence[float] = CARDINAL_DEG, channel: Channel = "linear"
) -> Float[np.ndarray, "frame column direction"]:
    """The answers of the detectors of each column that prefer these directions (multiples of 30 degrees, else E914)."""
    signal, extent = channel_signal(movie, channel), movie.extent
    arms = {angle % 360: arm(signal, extent, angle) for angle in (*angles_deg, *(angle + 180 for angle in angles_deg))}
    answers = [
        detector.response(arms[(angle + 180) % 360], signal, arms[angle % 360], movie.dt_s) for angle in angles_deg
    ]
    return np.stack(answers, axis=2)


def opponent(
    detector: Detector, movie: Movie, angles_deg: Sequence[float], channel: Channel = "linear"
) -> Float[np.ndarray, "frame column direction"]:
    """The answers less those of the detectors that prefer the opposite direction."""
    both = responses(detector, movie, (*angles_deg, *(angle + 180 for angle in angles_deg)), channel)
    return both[:, :, : len(angles_deg)] - both[:, :, len(angles_deg) :]
