"""What an adaptive exponential integrate-and-fire cell is (Brette & Gerstner 2005, J Neurophysiol 94:3637)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float

from braincast.errors import BraincastError

_ROUNDING = 1e-3  # steps


@dataclass(frozen=True)
class AdaptiveExponential:
    """A kind of cell: a leaky membrane that ignites by itself, an adaptation, and two exponential conductances.

        C dv/dt = -gL (v - EL) + gL Δ exp((v - VT) / Δ) - w + ge (Ee - v) + gi (Ei - v) + I
        τw dw/dt = a (v - EL) - w             τe dge/dt = -ge             τi dgi/dt = -gi

    Where v exceeds `peak_mv` at the end of a step the cell spikes: v goes to `reset_mv` and stays there for the whole
    steps within `refractory_ms`, and w grows by `jump_pa` (b). Within a step, slopes are never taken above the peak.
    pF, nS, mV, pA and ms fit together without a factor. Errors: E107 for what is not finite or out of range.
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


def table(kinds: Sequence[AdaptiveExponential], dt_ms: float) -> Float[np.ndarray, "kind constant"]:
    """What the loop computes with, in the order of its columns: a step of the midpoint rule in as few terms as can be.

    What only decays is multiplied by 1 - h + h²/2 in a whole step, with h its step over its time constant.
    """
    rows = []
    for kind in kinds:
        step_v, step_w = dt_ms / kind.capacitance_pf, dt_ms / kind.adaptation_time_ms
        step_e, step_i = dt_ms / kind.excitatory_time_ms, dt_ms / kind.inhibitory_time_ms
        potentials = kind.rest_mv, kind.threshold_mv, kind.peak_mv, kind.reset_mv
        ignition = kind.jump_pa, kind.leak_ns, kind.slope_mv, 1 / kind.slope_mv, kind.current_pa
        reversal = kind.excitatory_mv, kind.inhibitory_mv
        adaptation = kind.adaptation_ns, step_v, step_w, _whole(step_w)
        synapses = 1 - step_e / 2, _whole(step_e), 1 - step_i / 2, _whole(step_i)
        rows.append((*potentials, *ignition, *reversal, *adaptation, *synapses))
    return np.array(rows, np.float64)


def whole_steps(time_ms: float, dt_ms: float) -> int:
    """Whole steps within a refractory time; what floats leave short of one counts."""
    return int(time_ms / dt_ms + _ROUNDING)


def _whole(step: float) -> float:
    return 1 - step * (1 - step / 2)


def _refused(name: str, what: str) -> BraincastError:
    fix = "See the docstring of AdaptiveExponential for what each value means"
    return BraincastError("E107", f"cell.{name}", what, fix)
