"""Circuits with other numbers: what `--set` and modulators change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from braincast.dynamics.conductance.circuit import Circuit, unknown_part
from braincast.dynamics.conductance.quantities import (
    CONDUCTANCE,
    DENSITY,
    DRIVE,
    NUMBER,
    TEMPERATURE,
    Dimension,
    quantity,
)
from braincast.errors import BraincastError

Changes = Mapping[str, float | int | str]


def changed(circuit: Circuit, changes: Changes) -> Circuit:
    """The circuit with other numbers, applied in the order given.

    Keys: "current" (µA/cm² into every cell) or "CELL.current"; "temperature" (°C); "CELL.CURRENT" (mS/cm²), or
    "CURRENT" for every cell that has it; "PRE-POST.KIND" (nS), or "PRE-POST" where only one kind joins them; the name
    of a modulator (its amount, 0 to 1 or more). Values are numbers in these units, quantities with units ("30 nS"), or
    "x2" for twice what is there. Errors: E902 unknown names, E903 impossible values.

    >>> from braincast.dynamics.conductance import read_circuit
    >>> changed(read_circuit("pyloric"), {"LP.A": "x0.5", "AB/PD-LP.glutamatergic": 30}).cells["LP"].currents["A"]
    25.0
    """
    for key, value in changes.items():
        circuit = _one(circuit, key, value)
    return circuit


def _one(circuit: Circuit, key: str, value: float | int | str) -> Circuit:
    if key == "temperature":
        degrees = _number(key, value, TEMPERATURE, circuit.temperature, (-10.0, 60.0))
        return circuit.model_copy(update={"temperature": degrees})
    if key in circuit.modulators:
        return modulated(circuit, key, _number(key, value, NUMBER, 1.0, (0.0, 100.0)))
    cell, _, part = key.rpartition(".")
    if part == "current" and cell in ("", *circuit.cells):
        cells = {
            name: own if cell not in ("", name) else _driven(own, key, value) for name, own in circuit.cells.items()
        }
        return circuit.model_copy(update={"cells": cells})
    if cell in circuit.cells or (not cell and part in circuit.currents):
        return _with_conductance(circuit, key, cell, part, value)
    return _with_synapse(circuit, key, value)


def modulated(circuit: Circuit, name: str, amount: float) -> Circuit:
    """The circuit under `amount` of a modulator: at 1 what it declares, between on a line."""
    modulator = circuit.modulators[name]
    for key, factor in modulator.scales.items():
        circuit = _one(circuit, key, f"x{max(0.0, 1 + amount * (factor - 1))!r}")
    for key, density in modulator.adds.items():
        cell, _, current = key.rpartition(".")
        there = circuit.cells[cell].currents.get(current, 0.0)
        circuit = _one(circuit, key, there + amount * density)
    return circuit


def _driven(cell: Any, key: str, value: float | int | str) -> Any:
    return cell.model_copy(update={"current": _number(key, value, DRIVE, cell.current, (-1e6, 1e6))})


def _with_conductance(circuit: Circuit, key: str, cell: str, current: str, value: float | int | str) -> Circuit:
    if current not in circuit.currents:
        raise unknown_part("current", current, [*circuit.currents, "current"], f"--set {key}")
    cells = dict(circuit.cells)
    for name, own in circuit.cells.items():
        if name == cell or (not cell and current in own.currents):
            there = own.currents.get(current, 0.0)
            density = _number(key, value, DENSITY, there, (0.0, 1e6))
            cells[name] = own.model_copy(update={"currents": {**own.currents, current: density}})
    return circuit.model_copy(update={"cells": cells})


def _with_synapse(circuit: Circuit, key: str, value: float | int | str) -> Circuit:
    names = [synapse.name for synapse in circuit.synapses]
    meant = [name for name in names if name == key or name.rpartition(".")[0] == key]
    if not meant:
        known = ["current", "temperature", *circuit.modulators, *circuit.cells, *circuit.currents, *names]
        raise unknown_part("cell, current, synapse or modulator", key, known, "--set")
    if len(meant) > 1:
        fix = f"Name one of {', '.join(meant)}"
        raise BraincastError("E902", f"--set {key}", "several kinds of synapses join these cells", fix)
    synapses = tuple(
        synapse.model_copy(update={"conductance": _number(key, value, CONDUCTANCE, synapse.conductance, (0.0, 1e9))})
        if synapse.name == meant[0]
        else synapse
        for synapse in circuit.synapses
    )
    return circuit.model_copy(update={"synapses": synapses})


def _number(
    key: str, value: float | int | str, dimension: Dimension, there: float, bounds: tuple[float, float]
) -> float:
    """The value that a change gives; a text that is a plain number is one in the dimension's own unit."""
    try:
        if isinstance(value, str) and value[:1] in ("x", "×"):
            found = there * quantity(float(value[1:]), NUMBER)
        elif isinstance(value, str) and not _is_number(value):
            found = quantity(value, dimension)
        else:
            found = quantity(float(value), NUMBER)
    except ValueError as error:
        raise BraincastError("E903", f"--set {key}", str(error), f"Give {dimension.words}") from error
    if not bounds[0] <= found <= bounds[1]:
        what = f"{found:g} is not between {bounds[0]:g} and {bounds[1]:g}"
        raise BraincastError("E903", f"--set {key}", what, f"Give {dimension.words}")
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
