"""A simulated circuit as one page that opens from disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from braincast.dynamics.conductance import Circuit
from braincast.experiments.circuits.job import Simulated
from braincast.reports.circuits import wording
from braincast.reports.circuits.voltage_chart import voltage_charts
from braincast.reports.html import rendered

STYLES = ("report.css", "explore.css", "plots.css", "circuits/circuits.css")
_CYCLES, _SHARE = 2.5, 0.1


def circuit_page(document: Mapping[str, Any], found: Simulated, command: str) -> str:
    """The page's text. `document` is what `braincast simulate circuit --json` prints."""
    circuit, duration = found.simulation.circuit, found.asked.duration_ms
    period = document["analysis"]["period_ms"]
    near = min(duration, _CYCLES * period if period else max(_SHARE * duration, min(duration, 100.0)))
    return rendered(
        "circuits/report.html.j2",
        STYLES,
        (),
        document=document,
        words=wording,
        command=command,
        whole=voltage_charts(found.simulation, 0.0, duration),
        near=voltage_charts(found.simulation, duration - near, duration) if near < duration else [],
        currents=currents_of(circuit),
        synapses=circuit.synapses,
        temperature=circuit.temperature,
        citations=citations_of(circuit),
    )


def currents_of(circuit: Circuit) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
    """The names of the cells, and of each current its conductance in each (mS/cm²)."""
    cells = circuit.cells
    return list(cells), [(name, [cell.currents.get(name) for cell in cells.values()]) for name in circuit.currents]


def citations_of(circuit: Circuit) -> list[str]:
    """Whom to cite for the circuit and for what it is made of, each once."""
    parts = [*circuit.currents.values(), *circuit.synapse_kinds.values()]
    told = [*circuit.citation, *(name.strip() for part in parts for name in part.citation.split(";"))]
    return list(dict.fromkeys(name for name in told if name))
