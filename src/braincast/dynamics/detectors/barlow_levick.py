"""A veto from the side on which motion in the null direction comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.dynamics.detectors.filters import low_pass


@dataclass(frozen=True)
class BarlowLevick:
    """centre - gain × delayed leading, where that is positive (Barlow & Levick 1965, J Physiol 178:477)."""

    tau_s: float = 0.05
    gain: float = 1.0

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
        """What the veto lets pass."""
        return np.maximum(centre[0] - self.gain * leading[1], 0.0)
