"""A simulation in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from braincast.reports.numbers import count, printable, sentence
from braincast.reports.spiking.wording import SYNTHETIC, caution, drive, outcome, speed, title


def show_simulation(document: Mapping[str, Any], console: Console) -> None:
    """The outcome, what to be careful of, what it took, and where everything lies."""
    lines = [(title(document), "bold")]
    if document["synthetic"]:
        lines.append((SYNTHETIC, "bold yellow"))
    silenced = f"; {count(document['silenced'])} silenced" if document["silenced"] else ""
    lines += [(sentence(drive(document) + silenced), ""), (outcome(document), "bold")]
    if (words := caution(document)) is not None:
        lines.append((words, "bold yellow"))
    lines.append((sentence(speed(document)), "dim"))
    for words, style in lines:
        console.print(Text(printable(words), style=style), soft_wrap=True)
    console.print(Text(document["files"]["report"]), soft_wrap=True)
