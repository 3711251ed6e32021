"""Correlation of neighbours, one of them delayed, in both directions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.dynamics.detectors.filters import low_pass


@dataclass(frozen=True)
class HassensteinReichardt:
    """delayed trailing × centre - trailing × delayed centre (Hassenstein & Reichardt 1956, Z Naturforsch 11b:513)."""

    tau_s: float = 0.05

    def filtered(
        self, signal: Float[np.ndarray, "frame column"], dt_s: float
    ) -> Float[np.ndarray, "part frame column"]:
        """Now and delayed."""
        return np.stack([signal, low_pass(signal, self.tau_s, dt_s)])

    def response(
        self,
        trailing: Float[np.ndarray, "part frame column"],
        centre: Float[np.ndarray, "part frame column"],
        leading: Float[np.ndarray, "part frame column"],
    ) -> Float[np.ndarray, "frame column"]:
        """The opponent answer, which compares two of the three arms."""
        return trailing[1] * centre[0] - trailing[0] * centre[1]


def grating_response(arm_deg: float, wavelength_deg: float, frequency_hz: float, tau_s: float) -> float:
    """What the detector answers, at any time, to a grating of contrast 1 at its arms (Reichardt 1961).

    A wave of less than two arms is sampled too coarsely: it seems to move the other way.
    """
    turn = 2 * math.pi * frequency_hz * tau_s
    return math.sin(2 * math.pi * arm_deg / wavelength_deg) * turn / (1 + turn**2)
