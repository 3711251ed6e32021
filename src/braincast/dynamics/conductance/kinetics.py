"""How gates depend on voltage and calcium: a few forms that nearly all published currents are written in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from braincast.dynamics.conductance.quantities import Concentration, LinearRate, Number, Rate, Slope, Time, Voltage

# Where gates must be sound; spikes stay well inside.
_VOLTAGES = np.arange(-120.0, 81.0)
Exponential = Callable[[Any], Any]


class Declared(BaseModel):
    """A frozen declaration that refuses what it does not know."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)


class Steady(Declared):
    """Steady state 1 / (1 + exp((V - half) / slope)), times Ca / (Ca + calcium) where `calcium` is given."""

    half: Voltage
    slope: Slope
    calcium: Concentration | None = None

    def __call__(self, voltage: Any, calcium: Any, exp: Exponential) -> Any:
        open_share = sigmoid(voltage, self.half, self.slope, exp)
        return open_share if self.calcium is None else open_share * calcium / (calcium + self.calcium)


class Factor(Declared):
    """base + rise / (1 + exp((V - half) / slope)), a plain number."""

    base: Number
    rise: Number
    half: Voltage
    slope: Slope

    def __call__(self, voltage: Any, exp: Exponential) -> Any:
        return self.base + self.rise * sigmoid(voltage, self.half, self.slope, exp)


class SigmoidTime(Declared):
    """Time constant base + rise / (1 + exp((V - half) / slope)), times a factor of the same form where there is one."""

    base: Time
    rise: Time = 0.0
    half: Voltage = 0.0
    slope: Slope = 1.0
    times: Factor | None = None

    def __call__(self, voltage: Any, exp: Exponential) -> Any:
        time = self.base + self.rise * sigmoid(voltage, self.half, self.slope, exp) if self.rise else self.base
        return time if self.times is None else time * self.times(voltage, exp)


class BellTime(Declared):
    """Time constant base + peak / (exp((V - half[0]) / slope[0]) + exp((V - half[1]) / slope[1]))."""

    base: Time
    peak: Time
    half: tuple[Voltage, Voltage]
    slope: tuple[Slope, Slope]

    def __call__(self, voltage: Any, exp: Exponential) -> Any:
        pairs = zip(self.half, self.slope, strict=True)
        first, second = (exp((voltage - half) * (1 / slope)) for half, slope in pairs)
        return self.base + self.peak / (first + second)


class RateForm(Declared):
    """Rate of a gate's opening or closing, with x = (V - half) / slope.

    "exponential": rate · exp(x); "sigmoid": rate / (1 + exp(x)); "linear": rate_per_mv · (V - half) / (1 - exp(-x)).
    """

    form: Literal["exponential", "sigmoid", "linear"]
    rate: Rate = 0.0
    rate_per_mv: LinearRate = 0.0
    half: Voltage
    slope: Slope

    @model_validator(mode="after")
    def _has_its_rate(self) -> RateForm:
        wanted = "rate_per_mv" if self.form == "linear" else "rate"
        if getattr(self, wanted) <= 0:
            raise ValueError(f"the form {self.form!r} needs {wanted} above 0")
        return self

    def __call__(self, voltage: Any, exp: Exponential) -> Any:
        if self.form == "sigmoid":
            return self.rate * sigmoid(voltage, self.half, self.slope, exp)
        x = (voltage - self.half) * (1 / self.slope)
        if self.form == "linear":
            # x / (1 - exp(-x)) is 1 + x/2 + x²/12 near 0, where the quotient is 0 / 0. Only sums and products.
            near = abs(x) < 1e-3
            safe = x + near * (1 - x)
            return self.rate_per_mv * self.slope * _choose(near, 1 + x / 2 + x * x / 12, safe / (1 - exp(-safe)))
        return self.rate * exp(x)


def sigmoid(voltage: Any, half: float, slope: float, exp: Exponential) -> Any:
    """1 / (1 + exp((V - half) / slope)); dividing once is what takes time."""
    return 1 / (1 + exp((voltage - half) * (1 / slope)))


def _choose(condition: Any, there: Any, elsewhere: Any) -> Any:
    return condition * there + (1 - condition) * elsewhere


class Gate(Declared):
    """A gate of a current: how open it is in the end, how fast it gets there, and which power of it counts.

    Written as `steady` and `time`, or as rates of `opening` and `closing`: then the steady state is
    opening / (opening + closing) and the time constant 1 / (opening + closing).
    `inactivates` says which of the circuit's initial values holds for it.
    """

    power: Annotated[int, Field(ge=1, le=8)] = 1
    inactivates: bool = False
    steady: Steady | None = None
    time: Annotated[SigmoidTime | BellTime, Field(union_mode="left_to_right")] | None = None
    opening: RateForm | None = None
    closing: RateForm | None = None

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Gate:
        said = tuple(part is not None for part in (self.steady, self.time, self.opening, self.closing))
        if said not in ((True, True, False, False), (False, False, True, True)):
            raise ValueError("a gate has steady and time, or opening and closing")
        self._check_times()
        return self

    def _check_times(self) -> None:
        """A gate that would take no time, or less than none, at some voltage is refused."""
        with np.errstate(all="ignore"):
            _, rate = self(_VOLTAGES, 1.0, np.exp)
        wrong = ~(np.isfinite(rate) & (rate > 0))
        if np.any(wrong):
            at = _VOLTAGES[np.argmax(np.broadcast_to(wrong, _VOLTAGES.shape))]
            raise ValueError(f"its time constant is not above 0 at {at:g} mV")

    def __call__(self, voltage: Any, calcium: Any, exp: Exponential) -> tuple[Any, Any]:
        """Steady state (0 to 1) and rate of approach in 1/ms, for a voltage in mV and calcium in µM."""
        if self.steady is not None and self.time is not None:
            return self.steady(voltage, calcium, exp), 1 / (self.time(voltage, exp) + 0.0 * voltage)
        assert self.opening is not None and self.closing is not None
        opening, closing = self.opening(voltage, exp), self.closing(voltage, exp)
        return opening / (opening + closing), opening + closing
