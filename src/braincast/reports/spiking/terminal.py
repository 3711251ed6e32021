"""A simulation in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from braincast.reports.numbers import count, printable, sentence
from braincast.reports.spiking.wording import (
    SYNTHETIC,
    accuracy,
    cautions,
    changed,
    drive,
    outcome,
    screen_title,
    screened,
    speed,
    title,
)


def show_simulation(document: Mapping[str, Any], console: Console) -> None:
    """The outcome, what to be careful of, what it took, and where everything lies."""
    silenced = f"; {count(document['silenced'])} silenced" if document["silenced"] else ""
    lines = [(sentence(drive(document) + silenced), ""), (outcome(document), "bold")]
    lines += [(words, "bold yellow") for words in cautions(document)]
    _show(title(document), [*lines, (sentence(speed(document)), "dim")], document, console)


def show_screen(document: Mapping[str, Any], console: Console) -> None:
    """The strongest change, what is told of phenotypes, what it took, and where everything lies."""
    lines = [
        (sentence(f"in each condition {drive(document)}"), ""),
        (f"{changed(document)}. {screened(document)}", "bold"),
    ]
    lines += [(words, "bold yellow") for words in cautions(document)]
    if document["accuracy"] is not None:
        lines.append((accuracy(document), "bold"))
    _show(screen_title(document), [*lines, (sentence(speed(document)), "dim")], document, console)


def show_network(document: Mapping[str, Any], console: Console) -> None:
    """The rate of each kind of cell, what it took, and where everything lies."""
    console.print(Text(f"{count(document['neurons'])} adaptive cells, {count(document['edges'])} edges", style="bold"))
    for name, kind in document["kinds"].items():
        told = f"  {name}: {kind['rate_hz']:.2f} Hz; {count(kind['active'])} of {count(kind['cells'])} spiked"
        console.print(Text(told), soft_wrap=True)
    took = f"{document['wall_s']:.2f} s for {document['simulated_s']:g} s; {document['peak_memory_mb']:.0f} MB at most"
    console.print(Text(took, style="dim"))
    console.print(Text(printable(document["files"]["report"])), soft_wrap=True)


def _show(heading: str, lines: Sequence[tuple[str, str]], document: Mapping[str, Any], console: Console) -> None:
    label = [(SYNTHETIC, "bold yellow")] if document["synthetic"] else []
    for words, style in [(heading, "bold"), *label, *lines]:
        console.print(Text(printable(words), style=style), soft_wrap=True)
    console.print(Text(printable(document["files"]["report"])), soft_wrap=True)
