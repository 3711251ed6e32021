"""A network of several kinds of cells as one page that opens from disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Int
from markupsafe import Markup

from braincast.experiments.simulation.network import CITATION, SimulatedNetwork
from braincast.reports.axis import Axis, axis_over
from braincast.reports.html import rendered
from braincast.reports.plot import Plot
from braincast.reports.spiking.raster import ticks
from braincast.reports.spiking.rate_charts import bin_s

STYLES = ("report.css", "explore.css", "plots.css", "spiking/spiking.css")
_ROWS, _LEAST, _MOST_SPIKES = 140, 10, 7_000
_HEIGHT, _ROW_PX, _MARGIN_PX = 150, 3.0, 58


def network_page(document: Mapping[str, Any], found: SimulatedNetwork, command: str) -> str:
    """The page's text. `document` is what `braincast simulate network --json` prints."""
    shown = _shown(found)
    return rendered(
        "spiking/network.html.j2",
        STYLES,
        (),
        document=document,
        command=command,
        shown={name: len(rows) for name, rows in shown.items()},
        raster=_raster(found, shown),
        rates={name: _rate(found, name) for name in shown},
        bin_ms=1000 * bin_s(found.asked.duration_s),
        citations=CITATION,
    )


def _shown(found: SimulatedNetwork) -> dict[str, Int[np.ndarray, " row"]]:
    """Cells to draw: some of each kind, evenly chosen, and fewer where they spike a lot."""
    share = 1.0
    while True:
        shown = {}
        for name, kind in found.kinds.items():
            n = max(1, round(share * max(_LEAST, _ROWS * kind["cells"] / len(found.counts))))
            rows = found.rows(name)
            shown[name] = rows[np.unique(np.linspace(0, len(rows) - 1, min(n, len(rows))).astype(np.int64))]
        n_spikes = sum(int(found.counts[rows].sum()) for rows in shown.values())
        if n_spikes <= _MOST_SPIKES or share < 0.05:
            return shown
        share *= 0.8


def _raster(found: SimulatedNetwork, shown: Mapping[str, Int[np.ndarray, " row"]]) -> Markup:
    """A line for each spike, kinds below one another."""
    rows = np.concatenate(list(shown.values()))
    line = np.full(len(found.counts), -1)
    line[rows] = np.arange(len(rows))
    lines = line[found.spikes.neuron]
    inside = lines >= 0
    time_s, lines = found.spikes.time_s[inside], lines[inside]
    height = int(_ROW_PX * len(rows) + _MARGIN_PX)
    plot = Plot(axis_over([0.0, found.asked.duration_s]), Axis(0.0, float(len(rows)), (), 0), height)
    inhibits = lines >= len(next(iter(shown.values())))
    groups = [("spikes", ~inhibits), ("spikes driven", inhibits)]
    paths = [ticks(plot, len(rows), time_s[own], lines[own], css) for css, own in groups]
    ends = len(rows) - np.cumsum([len(own) for own in shown.values()])[:-1]
    borders = [plot.level(float(end), "divide") for end in ends]
    told = f"{len(rows)} of {len(found.counts)} cells, {len(time_s)} spikes"
    parts = [plot.frame("seconds", "a row for each cell"), plot.stretched(paths), *borders]
    return plot.drawn("Raster by kind of cell", told, parts)


def _rate(found: SimulatedNetwork, name: str) -> Markup:
    """Mean rate of the cells of a kind over time."""
    duration_s, rows = found.asked.duration_s, found.rows(name)
    width = bin_s(duration_s)
    n_bins = max(1, round(duration_s / width))
    own = np.isin(found.spikes.neuron, rows)
    place = np.minimum(found.spikes.time_s[own] / width, n_bins - 1).astype(np.int64)
    rate = np.bincount(place, minlength=n_bins) / (width * len(rows))
    x = (np.arange(n_bins) + 0.5) * width
    plot = Plot(axis_over([0.0, duration_s]), axis_over([0.0, max(1.0, float(rate.max()))]), _HEIGHT)
    parts = [plot.frame("seconds", "Hz"), plot.stretched([plot.curve(x.tolist(), rate.tolist(), "lead")])]
    return plot.drawn(f"Rate of {name} cells over time", f"At most {rate.max():.1f} Hz", parts)
