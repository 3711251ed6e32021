"""Cycles of a pacemaker, and where in them another cell begins and ends its bursts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.rhythm.bursts import Bursts


@dataclass(frozen=True, eq=False)
class Cycles:
    """Cycles from the first spike of each burst of a pacemaker to that of its next: where they begin, and the end."""

    boundary_ms: Float[np.ndarray, " boundary"]

    def __len__(self) -> int:
        return max(len(self.boundary_ms) - 1, 0)

    @property
    def duration_ms(self) -> Float[np.ndarray, " cycle"]:
        """How long each lasts."""
        return np.diff(self.boundary_ms)

    @property
    def period_ms(self) -> float | None:
        """The mean duration; None without a cycle."""
        return float(self.duration_ms.mean()) if len(self) else None

    @property
    def period_sd_ms(self) -> float | None:
        """The standard deviation from cycle to cycle; None for fewer than two."""
        return float(self.duration_ms.std(ddof=1)) if len(self) > 1 else None

    @property
    def period_error_ms(self) -> float | None:
        """The standard error of the period, as if cycles did not depend on each other; None for fewer than two."""
        return None if self.period_sd_ms is None else self.period_sd_ms / len(self) ** 0.5

    def holding(self, times_ms: Float[np.ndarray, " event"]) -> Int[np.ndarray, " event"]:
        """The number of the cycle in which each time lies; -1 before the first and after the last."""
        cycle = np.searchsorted(self.boundary_ms, times_ms, side="right") - 1
        return np.where(cycle < len(self), cycle, -1)


@dataclass(frozen=True)
class Phase:
    """Where a cell's bursts begin and end, in cycles of the pacemaker: 0 ≤ start < 1, and start ≤ end.

    A burst belongs to the cycle in which it begins, so an end beyond 1 lies in the next.
    """

    start: float
    end: float | None


def cycles_of(bursts: Bursts) -> Cycles:
    """The cycles that a pacemaker's bursts bound."""
    return Cycles(bursts.start_ms)


def duty_cycle(bursts: Bursts) -> float | None:
    """The share of a cell's own cycles that its bursts last; None for fewer than two bursts."""
    cycles = cycles_of(bursts)
    # All but the last burst have ended: another began after them.
    return float(bursts.duration_ms[:-1].sum() / cycles.duration_ms.sum()) if len(cycles) else None


def phase_of(bursts: Bursts, cycles: Cycles) -> Phase | None:
    """Mean start and end of a cell's bursts; None where none begins in a cycle.

    Means are taken around the circle, so that bursts that begin just before and just after the pacemaker's have a mean
    near 0 and not 0.5.
    """
    cycle = cycles.holding(bursts.start_ms)
    inside = cycle >= 0
    if not inside.any():
        return None
    bursts, cycle = bursts.taken(inside), cycle[inside]
    length = cycles.duration_ms[cycle]
    start = _mean_on_circle((bursts.start_ms - cycles.boundary_ms[cycle]) / length)
    lasting = (bursts.duration_ms / length)[bursts.ended]
    return Phase(start, start + float(lasting.mean()) if len(lasting) else None)


def _mean_on_circle(phase: Float[np.ndarray, " burst"]) -> float:
    middle = np.angle(np.exp(2j * np.pi * phase).mean()) / (2 * np.pi)
    # The plain mean of phases brought within half a cycle of the middle: that of the literature wherever none wraps.
    mean = float((middle + (phase - middle + 0.5) % 1.0 - 0.5).mean())
    return round(mean % 1.0, 12) % 1.0
