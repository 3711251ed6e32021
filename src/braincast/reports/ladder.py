"""A ladder of detail as a page: what each rung reaches, against its detail, its parameters and what it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from braincast.reports.axis import Axis, axis_over
from braincast.reports.entries import metric_title
from braincast.reports.html import rendered
from braincast.reports.numbers import decimal
from braincast.reports.plot import Plot, padded

_HEIGHT = 260
Document = Mapping[str, Any]


def ladder_page(document: Document) -> str:
    """The page's text. `document` is what `braincast ladder --json` prints."""
    charts = [
        ("By detail", "rung", _chart(document, "rung", [float(k + 1) for k in range(len(document["rungs"]))])),
        ("By parameters", "numbers fitted", _chart(document, "numbers fitted", *_powers(document, "parameters"))),
        ("By compute", "seconds to fit", _chart(document, "seconds to fit", *_powers(document, "fit_s"))),
    ]
    return rendered(
        "ladder.html.j2",
        ("report.css", "explore.css", "plots.css"),
        (),
        title=f"The ladder of detail on {document['task']}",
        document=document,
        primary=metric_title(document["primary"]),
        charts=charts,
    )


def _chart(document: Document, title: str, places: Sequence[float], labels: list[str] | None = None) -> Markup:
    """Each rung's score with its interval; the best and the simplest that is tied with it stand out."""
    rungs, metric = document["rungs"], metric_title(document["primary"])
    ends = [end for rung in rungs for end in (rung["value"], *(rung["ci"] or ())) if end is not None]
    axis = axis_over(list(places) if len(set(places)) > 1 else [places[0] - 1, places[0] + 1])
    if labels is None:
        axis = Axis(axis.lower, axis.upper, tuple(tick for tick in axis.ticks if tick == int(tick)), 0)
    else:
        ticks = tuple(float(k) for k in range(math.floor(min(places)), math.ceil(max(places)) + 1))
        axis = Axis(ticks[0], max(ticks[-1], ticks[0] + 1), ticks, 0)
        labels = [f"{10.0**tick:g}" for tick in ticks]
    plot = Plot(padded(axis, 0.05), padded(axis_over(ends, n_ticks=5), 0.07), _HEIGHT)
    shown = {document["best"]: "dot lead", document["simplest"]: "dot lead"}
    parts = [plot.frame(title, metric.title, x_labels=labels)]
    for place, rung in zip(places, rungs, strict=True):
        if rung["value"] is None:
            continue
        if rung["ci"]:
            parts.append(plot.stretched([plot.curve([place, place], rung["ci"], "lead")]))
        parts.append(plot.dot(place, rung["value"], shown.get(rung["name"], "dot"), 4.5 if rung["tied"] else 3.0))
    told = "; ".join(f"{rung['name']} {decimal(rung['value'], metric.digits)}" for rung in rungs)
    return plot.drawn(f"{metric.title} {title}", told, parts)


def _powers(document: Document, key: str) -> tuple[list[float], list[str]]:
    """Where rungs lie on a logarithmic axis; what is nothing lies at the smallest number."""
    values = [float(rung[key]) for rung in document["rungs"]]
    least = min((value for value in values if value > 0), default=1.0)
    return [math.log10(max(value, least)) for value in values], []
