"""Detectors of motion over a whole eye, in any of twelve directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from braincast.dynamics.detectors.arms import arm
from braincast.dynamics.detectors.channels import Channel, channel_signal
from braincast.dynamics.scenes.movie import Movie, checked

CARDINAL_DEG = (0.0, 90.0, 180.0, 270.0)


@runtime_checkable
class Detector(Protocol):
    """A rule that compares what a column sees with what is seen beside it.

    Each column filters its signal in time into a few parts; motion in the preferred direction passes first the
    `trailing` arm, then the `centre`, then the `leading` arm.
    """

    def filtered(
        self, signal: Float[np.ndarray, "frame column"], dt_s: float
    ) -> Float[np.ndarray, "part frame column"]:
        """What a column has to compare."""
        ...

    def response(
        self,
        trailing: Float[np.ndarray, "part frame column"],
        centre: Float[np.ndarray, "part frame column"],
        leading: Float[np.ndarray, "part frame column"],
    ) -> Float[np.ndarray, "frame column"]:
        """The answer in each column."""
        ...


def responses(
    detector: Detector, movie: Movie, angles_deg: Sequence[float] = CARDINAL_DEG, channel: Channel = "linear"
) -> Float[np.ndarray, "frame column direction"]:
    """The answers of the detectors of each column that prefer these directions.

    E911 or E912 for a movie that no eye can see, E914 for a direction that is no multiple of 30 degrees.
    """
    checked(movie, movie.extent)
    parts = detector.filtered(channel_signal(movie, channel), movie.dt_s)
    sides = [arm(parts, movie.extent, angle_deg) for angle_deg in _and_opposite(angles_deg)]
    arms = zip(sides[len(angles_deg) :], sides[: len(angles_deg)], strict=True)
    return np.stack([detector.response(trailing, parts, leading) for trailing, leading in arms], axis=2)


def opponent(
    detector: Detector, movie: Movie, angles_deg: Sequence[float], channel: Channel = "linear"
) -> Float[np.ndarray, "frame column direction"]:
    """The answers less those of the detectors that prefer the opposite direction."""
    both = responses(detector, movie, _and_opposite(angles_deg), channel)
    return both[:, :, : len(angles_deg)] - both[:, :, len(angles_deg) :]


def _and_opposite(angles_deg: Sequence[float]) -> tuple[float, ...]:
    return (*angles_deg, *(angle_deg + 180 for angle_deg in angles_deg))
