"""The energy of a pair of filters in quadrature, both tilted in space and time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.dynamics.detectors.filters import low_pass


@dataclass(frozen=True)
class MotionEnergy:
    """Squares of two space-time filters, added (Adelson & Bergen 1985, J Opt Soc Am A 2:284).

    Over the arms, one filter is odd (leading - trailing), the other even (2 centre - trailing - leading). In time both
    are seen fast and slow: (t/τ)^n exp(-t/τ) [1/n! - (t/τ)²/(n+2)!] with n of 3 and 5, as there.
    """

    tau_s: float = 0.02

    def filtered(
        self, signal: Float[np.ndarray, "frame column"], dt_s: float
    ) -> Float[np.ndarray, "part frame column"]:
        """Fast and slow: each is a cascade of n + 1 low-passes, less what two more leave of it."""
        four = low_pass(signal, self.tau_s, dt_s, order=4)
        six = low_pass(four, self.tau_s, dt_s, order=2)
        return np.stack([four - six, six - low_pass(six, self.tau_s, dt_s, order=2)])

    def response(
        self,
        trailing: Float[np.ndarray, "part frame column"],
        centre: Float[np.ndarray, "part frame column"],
        leading: Float[np.ndarray, "part frame column"],
    ) -> Float[np.ndarray, "frame column"]:
        """The energy of motion in the preferred direction."""
        odd_fast, odd_slow = leading - trailing
        even_fast, even_slow = 2 * centre - trailing - leading
        return (odd_fast + even_slow) ** 2 + (odd_slow - even_fast) ** 2
