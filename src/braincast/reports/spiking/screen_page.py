"""A screen as one page: which conditions change the readouts, and what is told of measured phenotypes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from braincast.experiments.simulation.answers import phenotype_table
from braincast.experiments.simulation.job import CITATION
from braincast.experiments.simulation.screening import Screened
from braincast.reports.axis import Axis, axis_over
from braincast.reports.html import rendered
from braincast.reports.marks import drawing, grid, label, mark, rule, tick_labels, whisker
from braincast.reports.numbers import count, decimal, percent
from braincast.reports.plot import Plot, padded
from braincast.reports.spiking import wording
from braincast.reports.spiking.page import STYLES, model_parameters

_HEIGHT, _STRIP = 240, 58
_MOST_DOTS, _MOST_ROWS = 1_500, 400
Document = Mapping[str, Any]


def screen_page(document: Document, result: Screened, command: str) -> str:
    """The page's text. `document` is what `braincast simulate fly --screen --json` prints."""
    table = phenotype_table(result).to_dict("records") if result.told else []
    top = max((abs(row["change_hz"]) for row in document["strongest"]), default=0.0) or 1.0
    return rendered(
        "spiking/screen.html.j2",
        STYLES,
        (),
        document=document,
        words=wording,
        command=command,
        changes=changes_chart(result),
        digits=2 if top >= 1 else 4,
        strongest=[(row, abs(row["change_hz"]) / top) for row in document["strongest"] if row["change_hz"]],
        accuracy=accuracy_chart(document["accuracy"]) if document["accuracy"] else None,
        phenotypes=table[:_MOST_ROWS],
        n_phenotypes=len(table),
        parameters=model_parameters(document),
        citation=CITATION,
    )


def changes_chart(result: Screened) -> Markup:
    """The change of each condition and readout, from the largest fall to the largest rise."""
    changes = np.sort(result.responses["change_hz"].to_numpy())
    shown = np.unique(np.linspace(0, len(changes) - 1, min(len(changes), _MOST_DOTS)).round().astype(np.int64))
    ends = axis_over([0.0, float(changes[0]), float(changes[-1])])
    ranks = axis_over([1.0, float(max(2, len(changes)))])
    whole = Axis(ranks.lower, ranks.upper, tuple(tick for tick in ranks.ticks if tick == int(tick)), 0)
    plot = Plot(padded(whole, 0.02), padded(ends, 0.06), _HEIGHT)
    dots = [plot.dot(float(place + 1), float(changes[place]), "dot lead", 2.2) for place in shown]
    n_changed = int(np.count_nonzero(changes))
    told = f"{count(n_changed)} of {count(len(changes))} responses differ from the baseline"
    parts = [plot.frame("conditions and readouts, in order", "change, Hz"), plot.level(0.0, "zero"), *dots]
    return plot.drawn("Changes of rate", told, parts)


def accuracy_chart(accuracy: Document) -> Markup:
    """The accuracy with its interval, the floor, and every draw of each wrong wiring."""
    nulls = accuracy["nulls"]
    values = [value for null in nulls.values() for value in null["values"]]
    axis = axis_over([*values, *accuracy["ci"], accuracy["floor"], accuracy["value"]], n_ticks=6)
    bottom = _STRIP * (1 + len(nulls))
    lower, upper = (axis.at(end) for end in accuracy["ci"])
    body = [grid(axis), rule(axis.at(accuracy["floor"]), "floor"), rule(axis.at(accuracy["value"]), "observed")]
    body += _row(
        "the wiring",
        0,
        [whisker("model", lower, upper, "42"), mark("model", axis.at(accuracy["value"]), "42")],
    )
    for number, (name, null) in enumerate(nulls.items(), start=1):
        y = _STRIP * number + 42
        body += _row(f"{name}, {len(null['values'])} draws", number, _dots(axis, null["values"], y))
    told = f"The wiring {percent(accuracy['value'])}; floor {percent(accuracy['floor'])}; " + "; ".join(
        f"{name} {decimal(null['mean'])} on average" for name, null in nulls.items()
    )
    return drawing(
        "Accuracy", [*body, tick_labels(axis, str(bottom + 18))], description=told, height=bottom + 26, css="strips"
    )


def _row(name: str, number: int, parts: Sequence[Markup]) -> list[Markup]:
    return [label(name, "0", str(_STRIP * number + 20), css="strip-name", anchor="start"), *parts]


def _dots(axis: Axis, values: Sequence[float], y: int) -> list[Markup]:
    """Draws with the same accuracy lie above each other."""
    dot = Markup('<circle class="draw null" r="3" cx="{}" cy="{}"/>')
    seen: dict[float, int] = {}
    placed = []
    for value in sorted(values):
        seen[value] = seen.get(value, -1) + 1
        placed.append(dot.format(axis.at(value), f"{y - min(seen[value], 6) * 4}"))
    return placed
