"""Quantities as people write them, "30 nS" or "-50 mV", in the units that the equations compute in."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator


@dataclass(frozen=True)
class Dimension:
    """What kind of quantity, an example, and what each unit is worth in the unit that is computed in."""

    words: str
    example: str
    units: Mapping[str, float]


VOLTAGE = Dimension("a voltage", "-50 mV", {"mV": 1.0, "V": 1e3, "uV": 1e-3})
TIME = Dimension("a time", "5 ms", {"ms": 1.0, "s": 1e3, "us": 1e-3})
RATE = Dimension("a rate", "0.1 /ms", {"/ms": 1.0, "/s": 1e-3})
LINEAR_RATE = Dimension("a rate for each mV", "0.1 /ms/mV", {"/ms/mV": 1.0})
AREA = Dimension("an area", "1e-5 cm2", {"cm2": 1.0, "mm2": 1e-2, "um2": 1e-8})
LENGTH = Dimension("a length", "10 um", {"um": 1.0, "nm": 1e-3, "mm": 1e3, "cm": 1e4})
RESISTIVITY = Dimension("a resistivity", "100 ohm cm", {"ohmcm": 1.0, "ohmm": 100.0})
CURRENT = Dimension("a current", "0.1 nA", {"nA": 1.0, "pA": 1e-3, "uA": 1e3})
DENSITY = Dimension(
    "a conductance for each area",
    "120 mS/cm2",
    {"mS/cm2": 1.0, "S/cm2": 1e3, "uS/cm2": 1e-3, "nS/um2": 100.0, "pS/um2": 0.1, "S/m2": 0.1},
)
CONDUCTANCE = Dimension("a conductance", "30 nS", {"nS": 1.0, "pS": 1e-3, "uS": 1e3, "mS": 1e6})
CAPACITANCE = Dimension(
    "a capacitance for each area",
    "1 uF/cm2",
    {"uF/cm2": 1.0, "nF/cm2": 1e-3, "fF/um2": 0.1, "pF/um2": 100.0, "F/m2": 100.0},
)
DRIVE = Dimension(
    "a current for each area", "10 uA/cm2", {"uA/cm2": 1.0, "nA/cm2": 1e-3, "mA/cm2": 1e3, "pA/um2": 100.0}
)
CONCENTRATION = Dimension("a concentration", "3 uM", {"uM": 1.0, "mM": 1e3, "nM": 1e-3, "M": 1e6})
PER_CURRENT = Dimension("a concentration for each current", "14.96 uM/nA", {"uM/nA": 1.0, "uM/uA": 1e-3})
TEMPERATURE = Dimension("a temperature", "10 degC", {"degC": 1.0, "C": 1.0})
NUMBER = Dimension("a plain number", "0.5", {"": 1.0})
_EVERY = (
    *(VOLTAGE, TIME, RATE, LINEAR_RATE, AREA, DENSITY, CONDUCTANCE, CAPACITANCE, DRIVE, CONCENTRATION, PER_CURRENT),
    *(LENGTH, RESISTIVITY, CURRENT),
)
_WRITTEN = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*")


def quantity(value: object, dimension: Dimension) -> float:
    """`value` in the unit that is computed in; ValueError with a sentence for what is no such quantity."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number, unit = float(value), ""
    elif isinstance(value, str) and (found := _WRITTEN.fullmatch(value)):
        number, unit = float(found[1]), _spelled(found[2])
    else:
        raise ValueError(f"{value!r} is not a quantity; {dimension.words} is expected, such as {dimension.example!r}")
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not finite")
    if unit not in dimension.units:
        raise ValueError(f"{value!r} {_told(unit)}; {dimension.words} is expected, such as {dimension.example!r}")
    return number * dimension.units[unit]


def _spelled(unit: str) -> str:
    plain = unit.replace("µ", "u").replace("μ", "u").replace("²", "2").replace("^2", "2").replace("°", "deg")
    return plain.replace("1/", "/").replace(" ", "")


def _told(unit: str) -> str:
    """What a unit that does not fit is."""
    if not unit:
        return "has no unit"
    known = {name: dimension for dimension in (*_EVERY, TEMPERATURE) for name in dimension.units}
    if unit in known:
        return f"is {known[unit].words}"
    near = difflib.get_close_matches(unit, known, n=1)
    return f"has the unknown unit {unit!r}" + (f" (did you mean {near[0]!r}?)" if near else "")


def _of(dimension: Dimension) -> Any:
    return BeforeValidator(lambda value: quantity(value, dimension))


def _not_zero(value: float) -> float:
    if value == 0:
        raise ValueError("a slope of 0 mV would divide by 0")
    return value


Voltage = Annotated[float, _of(VOLTAGE)]
Slope = Annotated[float, AfterValidator(_not_zero), _of(VOLTAGE)]
Time = Annotated[float, _of(TIME)]
Rate = Annotated[float, _of(RATE)]
LinearRate = Annotated[float, _of(LINEAR_RATE)]
Area = Annotated[float, _of(AREA)]
Length = Annotated[float, _of(LENGTH)]
Resistivity = Annotated[float, _of(RESISTIVITY)]
InjectedCurrent = Annotated[float, _of(CURRENT)]
Density = Annotated[float, _of(DENSITY)]
Conductance = Annotated[float, _of(CONDUCTANCE)]
Capacitance = Annotated[float, _of(CAPACITANCE)]
DriveDensity = Annotated[float, _of(DRIVE)]
Concentration = Annotated[float, _of(CONCENTRATION)]
PerCurrent = Annotated[float, _of(PER_CURRENT)]
Temperature = Annotated[float, _of(TEMPERATURE)]
Number = Annotated[float, _of(NUMBER)]
