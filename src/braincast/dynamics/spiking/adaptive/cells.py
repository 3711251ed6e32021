"""What an adaptive exponential integrate-and-fire cell is (Brette & Gerstner 2005, J Neurophysiol 94:3637)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float

from braincast.errors import BraincastError


@dataclass(frozen=True)
class AdaptiveExponential:
    """A kind of cell: a leaky membrane that ignites by itself, an adaptation, and two exponential conductances.

        C dv/dt = -gL (v - EL) + gL Δ exp((v - VT) / Δ) - w + ge (Ee - v) + gi (Ei - v) + I
        τw dw/dt = a (v - EL) - w             τe dge/dt = -ge             τi dgi/dt = -gi

    Where v exceeds `peak_mv` at the end of a step the cell spikes: v goes to `reset_mv` and stays there for
    `refractory_ms`, and w grows by `jump_pa` (b). Within a step, slopes are never taken above the peak. pF, nS, mV, pA
    and ms fit together without a factor. Errors: E107 for what is not finite or out of range.
    """

    capacitance_pf: float = 281.0
    leak_ns: float = 30.0
    rest_mv: float = -70.6
    threshold_mv: float = -50.4
    slope_mv: float = 2.0
    peak_mv: float = 20.0
    reset_mv: float = -70.6
    refractory_ms: float = 0.0
    adaptation_time_ms: float = 144.0
    adaptation_ns: float = 4.0
    jump_pa: float = 80.5
    current_pa: float = 0.0
    excitatory_time_ms: float = 5.0
    inhibitory_time_ms: float = 8.0
    excitatory_mv: float = 0.0
    inhibitory_mv: float = -75.0

    def __post_init__(self) -> None:
        for field in fields(self):
            if not np.isfinite(getattr(self, field.name)):
                raise _refused(field.name, "it is not finite")
        for name in (
            "capacitance_pf", "leak_ns", "slope_mv", "adaptation_time_ms", "excitatory_time_ms", "inhibitory_time_ms",
        ):  # fmt: skip
            if getattr(self, name) <= 0:
                raise _refused(name, "it is not above 0")
        if self.refractory_ms < 0:
            raise _refused("refractory_ms", "it is below 0")
        if self.peak_mv <= max(self.reset_mv, self.threshold_mv):
            raise _refused("peak_mv", "it is not above reset_mv and threshold_mv, so that a spike would never end")


def table(kinds: Sequence[AdaptiveExponential]) -> Float[np.ndarray, "kind parameter"]:
    """All parameters, in the order of the fields."""
    return np.array([[getattr(kind, field.name) for field in fields(kind)] for kind in kinds], np.float64)


def _refused(name: str, what: str) -> BraincastError:
    fix = "See the docstring of AdaptiveExponential for what each value means"
    return BraincastError("E107", f"cell.{name}", what, fix)
