"""The horizontal axis that the charts of one table share: values become percentages of its width."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# Room at both ends for marks and for tick labels, in per cent of the width.
_MARGIN = 5.0


@dataclass(frozen=True)
class Axis:
    """A linear axis from `lower` to `upper`, with round tick values inside it and the decimals they need."""

    lower: float
    upper: float
    ticks: tuple[float, ...]
    digits: int

    def at(self, value: float) -> str:
        """Where a value lies, as `43.21%`; one outside the axis is put at its end."""
        inside = min(max(value, self.lower), self.upper)
        share = (inside - self.lower) / (self.upper - self.lower)
        return f"{_MARGIN + (100 - 2 * _MARGIN) * share:.2f}%"


def axis_over(values: Iterable[float | None], *, n_ticks: int = 5) -> Axis:
    """An axis that holds all values; None is left out, and no value at all gives 0 to 1."""
    known = [value for value in values if value is not None]
    lower, upper = (min(known), max(known)) if known else (0.0, 1.0)
    if upper - lower < 1e-9:
        lower, upper = lower - 0.05, upper + 0.05
    step = _round_step((upper - lower) / n_ticks)
    first, last = math.ceil(lower / step - 1e-9), math.floor(upper / step + 1e-9)
    ticks = tuple(index * step for index in range(first, last + 1))
    return Axis(lower, upper, ticks, max(0, -math.floor(math.log10(step) + 1e-9)))


def _round_step(rough: float) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ that is not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
