"""The raster of one trial: who spikes when, for as many neurons as a drawing can show, evenly chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from markupsafe import Markup

from braincast.experiments.simulation.job import Simulated
from braincast.reports.axis import Axis, axis_over
from braincast.reports.numbers import count
from braincast.reports.plot import Plot

_MOST_ROWS, _MOST_DRIVEN, _MOST_SPIKES = 140, 40, 7_000
_ROW_PX, _LEAST_PX, _MARGIN_PX = 3.0, 200, 58
Driven = Int[np.ndarray, " driven"]
Others = Int[np.ndarray, " others"]


@dataclass(frozen=True, eq=False)
class Raster:
    """Rows of neurons to draw, driven ones first, the busiest of each kind on top; and how many there are of each."""

    driven: Driven
    others: Others
    n_driven: int
    n_others: int
    n_spikes: int
    time_s: Float[np.ndarray, " shown"]
    line: Int[np.ndarray, " shown"]

    @property
    def told(self) -> str:
        """What is shown of what there is."""
        driven = f"{count(len(self.driven))} of the {count(self.n_driven)} driven neurons that spiked"
        others = f"{count(len(self.others))} of the {count(self.n_others)} others"
        return f"{driven} and {others}: {count(len(self.time_s))} of the trial's {count(self.n_spikes)} spikes"


def raster(result: Simulated, trial: int = 0) -> Raster:
    """The first trial's raster. Where not all neurons fit, those shown lie evenly in the order of their rates."""
    counts, spikes = result.counts[trial], result.spikes
    is_driven = np.zeros(len(counts), bool)
    is_driven[result.protocol.driven] = True
    driven, others = (_busiest_first(counts, kind) for kind in (is_driven, ~is_driven))
    shown_driven, shown_others = _fitting(driven, others, counts)
    rows = np.concatenate([shown_driven, shown_others])
    line = np.full(len(counts), -1)
    line[rows] = np.arange(len(rows))
    inside = np.asarray(spikes.trial) == trial
    lines = line[np.asarray(spikes.neuron)[inside]]
    time_s = np.asarray(spikes.time_s)[inside][lines >= 0]
    sizes = len(driven), len(others), int(counts.sum())
    return Raster(shown_driven, shown_others, *sizes, time_s, lines[lines >= 0])


def raster_chart(drawn: Raster, duration_s: float) -> Markup:
    """A line for each spike; driven neurons lie above the others."""
    n_rows = max(1, len(drawn.driven) + len(drawn.others))
    height = int(max(_LEAST_PX, _ROW_PX * n_rows + _MARGIN_PX))
    plot = Plot(axis_over([0.0, duration_s]), Axis(0.0, float(n_rows), (), 0), height)
    is_driven = drawn.line < len(drawn.driven)
    groups = [("spikes driven", is_driven), ("spikes", ~is_driven)]
    paths = [ticks(plot, n_rows, drawn.time_s[own], drawn.line[own], css) for css, own in groups]
    parts = [plot.frame("seconds", "a row for each neuron"), plot.stretched(paths)]
    if len(drawn.driven) and len(drawn.others):
        parts.append(plot.level(float(len(drawn.others)), "divide"))
    return plot.drawn("Raster of the first trial", drawn.told, parts)


def ticks(
    plot: Plot, n_rows: int, time_s: Float[np.ndarray, " shown"], line: Int[np.ndarray, " shown"], css: str
) -> Markup:
    """One path of upright strokes, a spike's each, in the drawing's stretched units."""
    top, bottom = plot.down(float(n_rows)), plot.down(0.0)
    high = (bottom - top) / n_rows
    strokes = (
        f"M{plot.across(float(time)) * 10:.1f} {top + high * int(row):.1f}v{0.8 * high:.1f}"
        for time, row in zip(time_s, line, strict=True)
    )
    return Markup('<path class="{}" d="{}"/>').format(css, "".join(strokes))


def _busiest_first(counts: Int[np.ndarray, " neuron"], kind: np.ndarray) -> Int[np.ndarray, " row"]:
    rows = np.flatnonzero(kind & (counts > 0))
    return rows[np.argsort(-counts[rows], kind="stable")]


def _fitting(
    driven: Driven, others: Others, counts: Int[np.ndarray, " neuron"]
) -> tuple[Int[np.ndarray, " row"], Int[np.ndarray, " other_row"]]:
    """As many rows of both as stay below the most rows and spikes."""
    most = _MOST_ROWS
    while True:
        n_driven = min(len(driven), max(_MOST_DRIVEN * most // _MOST_ROWS, most - len(others)))
        shown = _evenly(driven, n_driven), _evenly(others, most - n_driven)
        if most <= 2 or sum(int(counts[rows].sum()) for rows in shown) <= _MOST_SPIKES:
            return shown
        most = most * 4 // 5


def _evenly(rows: Int[np.ndarray, " row"], n_wanted: int) -> Int[np.ndarray, " shown"]:
    if len(rows) <= n_wanted:
        return rows
    return rows[np.linspace(0, len(rows) - 1, n_wanted).round().astype(np.int64)] if n_wanted else rows[:0]
