"""What a circuit of conductance-based cells is: cells with their currents, synapses, and what modulators change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from braincast.dynamics.conductance.kinetics import Declared, Gate
from braincast.dynamics.conductance.quantities import (
    Area,
    Capacitance,
    Concentration,
    Conductance,
    Density,
    DriveDensity,
    InjectedCurrent,
    Length,
    Number,
    PerCurrent,
    Resistivity,
    Temperature,
    Time,
    Voltage,
)
from braincast.errors import BraincastError, unknown_name


class Warmth(Declared):
    """How a current changes with temperature: a factor for each 10 °C above `reference`."""

    conductance: Annotated[Number, Field(gt=0, le=10)] = 1.0
    time: Annotated[Number, Field(gt=0, le=10)] = 1.0
    reference: Temperature = 10.0


class Current(Declared):
    """An ionic current g · gates · (V - E); E is `reversal`, or that of calcium where `calcium` is true."""

    reversal: Voltage | None = None
    calcium: bool = False
    gates: Mapping[str, Gate] = {}
    q10: Warmth = Warmth()
    citation: str = ""


class SynapseKind(Declared):
    """A graded chemical synapse (`threshold`, `slope`, `time` say so), or a gap junction where these are missing.

    Chemical: I = g s (V_post - reversal), with s∞ = 1 / (1 + exp((threshold - V_pre) / slope)) and the time constant
    time · (1 - s∞) (Abbott & Marder 1998; Prinz, Bucher & Marder 2004). Electrical: I = g (V_post - V_pre).
    """

    reversal: Voltage | None = None
    threshold: Voltage | None = None
    slope: Annotated[Voltage, Field(gt=0)] = 5.0
    time: Annotated[Time, Field(gt=0)] = 40.0
    q10: Warmth = Warmth()
    citation: str = ""

    @property
    def electrical(self) -> bool:
        return self.reversal is None


class Calcium(Declared):
    """Calcium inside a cell: time · dCa/dt = -per_current · I_Ca - Ca + rest; its reversal by Nernst's equation.

    What removes calcium works faster by `q10.time` for each 10 °C: `time` gets shorter, and with it what a steady
    current adds.
    """

    time: Annotated[Time, Field(gt=0)] = 200.0
    per_current: PerCurrent = 14.961
    rest: Annotated[Concentration, Field(gt=0)] = 0.05
    outside: Annotated[Concentration, Field(gt=0)] = 3000.0
    q10: Warmth = Warmth()


class Cabling(Declared):
    """How a morphology is cut into compartments, where current goes in, and where the voltage is looked at.

    `at` and `record` are ids of points in its file; without them, the root.
    """

    axial_resistivity: Annotated[Resistivity, Field(gt=0)] = 100.0
    longest: Annotated[Length, Field(gt=0)] = 10.0
    injected: InjectedCurrent = 0.0
    at: int | None = None
    record: int | None = None


class Cell(Declared):
    """One compartment; `currents` are maximal conductances for each area, `current` is injected for each area.

    With a `morphology` (an SWC file) it is many compartments of the same membrane, and `area` is theirs together.
    """

    area: Annotated[Area, Field(gt=0)]
    capacitance: Annotated[Capacitance, Field(gt=0)] = 1.0
    current: DriveDensity = 0.0
    currents: Mapping[str, Annotated[Density, Field(ge=0)]]
    reversals: Mapping[str, Voltage] = {}
    morphology: str | None = None
    cable: Cabling = Cabling()


class Synapse(Declared):
    """From one cell to another; electrical ones are declared once and join both."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    kind: str
    conductance: Annotated[Conductance, Field(ge=0)]

    @property
    def name(self) -> str:
        return f"{self.source}-{self.target}.{self.kind}"


class Modulator(Declared):
    """What a substance does at its full amount, 1: conductances times a factor, and conductances that are added.

    Names are those of `Circuit.changed`; amounts between go on a line (factor 1 at 0).
    """

    title: str = ""
    scales: Mapping[str, Annotated[Number, Field(ge=0)]] = {}
    adds: Mapping[str, Density] = {}
    citation: str = ""


class Initial(Declared):
    """Where a simulation begins; gates without a value begin in the steady state of that voltage."""

    voltage: Voltage = -65.0
    calcium: Concentration = 0.05
    activation: Annotated[Number, Field(ge=0, le=1)] | None = None
    inactivation: Annotated[Number, Field(ge=0, le=1)] | None = None


class Circuit(Declared):
    """Cells, synapses and the kinds of currents and synapses that they name. Made by `read_circuit`.

    `duration` and `step` are those of a simulation that is not told otherwise; rhythms are judged after `settle`, or in
    the second half where that is longer. A spike is an upward crossing of `spike_threshold`.
    """

    name: str = ""
    title: str
    citation: tuple[str, ...] = ()
    temperature: Temperature = 10.0
    spike_threshold: Voltage = 0.0
    duration: Annotated[Time, Field(gt=0)] = 1000.0
    settle: Annotated[Time, Field(ge=0)] = 0.0
    step: Annotated[Time, Field(gt=0)] = 0.025
    initial: Initial = Initial()
    cells: Annotated[Mapping[str, Cell], Field(min_length=1)]
    synapses: tuple[Synapse, ...] = ()
    modulators: Mapping[str, Modulator] = {}
    calcium: Calcium = Calcium()
    currents: Mapping[str, Current] = {}
    synapse_kinds: Mapping[str, SynapseKind] = {}

    def changed(self, changes: Mapping[str, float | int | str]) -> Circuit:
        """The circuit with other numbers (see `changes.changed`, which says what keys there are)."""
        from braincast.dynamics.conductance.changes import changed

        return changed(self, changes)


def unknown_part(kind: str, name: str, known: list[str], where: str) -> BraincastError:
    """E902, with what was probably meant."""
    told = unknown_name("E902", kind, name, known)
    return BraincastError("E902", where, f"there is no {kind} {name}", told.fix)
