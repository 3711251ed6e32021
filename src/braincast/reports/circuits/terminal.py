"""A circuit in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from braincast.reports.circuits.wording import convergence, outcome, title
from braincast.reports.numbers import printable


def show_circuit(document: Mapping[str, Any], console: Console) -> None:
    """What it did, each cell's rate and phases, whether shorter steps agree, and where the report lies."""
    console.print(Text(printable(title(document)), style="bold"), soft_wrap=True)
    console.print(Text(printable(outcome(document)), style="bold"), soft_wrap=True)
    analysis = document["analysis"]
    for cell, rate in document["rate_hz"].items():
        duty, phase = analysis["duty"].get(cell), analysis["phase"].get(cell) or {}
        told = [f"{rate:.2f} Hz", analysis["activity"][cell]]
        told += [] if duty is None else [f"duty {duty:.2f}"]
        told += [f"{end} at {value:.2f}" for end, value in phase.items() if value is not None]
        console.print(Text(printable(f"  {cell}: {', '.join(told)}")), soft_wrap=True)
    style = "bold yellow" if document["convergence"] and not document["convergence"]["converged"] else "dim"
    console.print(Text(printable(convergence(document)), style=style), soft_wrap=True)
    console.print(Text(printable(document["files"]["report"])), soft_wrap=True)
