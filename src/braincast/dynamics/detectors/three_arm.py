"""Enhancement from one side and suppression from the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.dynamics.detectors.filters import low_pass


@dataclass(frozen=True)
class ThreeArm:
    """delayed trailing × centre / (1 + gain × delayed leading), all rectified.

    Multiplication on the preferred side and division on the null side (Haag, Arenz, Serbe, Gabbiani & Borst 2016, eLife
    5:e17421); the gain is how strongly a leading arm at full contrast divides.
    """

    tau_s: float = 0.05
    gain: float = 10.0

    def filtered(
        self, signal: Float[np.ndarray, "frame column"], dt_s: float
    ) -> Float[np.ndarray, "part frame column"]:
        """Now and delayed, both rectified."""
        return np.maximum([signal, low_pass(signal, self.tau_s, dt_s)], 0.0)

    def response(
        self,
        trailing: Float[np.ndarray, "part frame column"],
        centre: Float[np.ndarray, "part frame column"],
        leading: Float[np.ndarray, "part frame column"],
    ) -> Float[np.ndarray, "frame column"]:
        """The product, divided."""
        return trailing[1] * centre[0] / (1 + self.gain * leading[1])
