"""Voltages over time, one drawing for each cell, all on one axis."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from markupsafe import Markup

from braincast.dynamics.conductance import Simulation
from braincast.reports.axis import axis_over
from braincast.reports.numbers import count
from braincast.reports.plot import Plot, padded

_HEIGHT, _MOST_BINS = 190, 1200


def voltage_charts(found: Simulation, from_ms: float, to_ms: float) -> list[Markup]:
    """The voltage of each cell between two times."""
    keep = (found.time_ms >= from_ms) & (found.time_ms <= to_ms)
    seconds = to_ms - from_ms > 2000
    unit, words = (1e3, "seconds") if seconds else (1.0, "milliseconds")
    levels = padded(axis_over([float(found.voltage_mv.min()), float(found.voltage_mv.max())], n_ticks=4))
    plot = Plot(axis_over([from_ms / unit, to_ms / unit], n_ticks=6), levels, _HEIGHT)
    drawn = []
    for number, cell in enumerate(found.cells):
        x, y = thinned(found.time_ms[keep] / unit, found.voltage_mv[keep, number])
        n_spikes = int(
            np.count_nonzero(np.abs(found.spike_times_ms[cell] - (from_ms + to_ms) / 2) <= (to_ms - from_ms) / 2)
        )
        parts = [plot.frame(words, f"{cell}, mV"), plot.stretched([plot.curve(x.tolist(), y.tolist(), "own voltage")])]
        drawn.append(plot.drawn(f"Voltage of {cell}", f"{count(n_spikes)} spikes", parts))
    return drawn


def thinned(
    x: Float[np.ndarray, " time"], y: Float[np.ndarray, " time"]
) -> tuple[Float[np.ndarray, " shown"], Float[np.ndarray, " shown"]]:
    """The lowest and the highest of each of at most 1,200 stretches, in order, so that every spike is seen."""
    size = -(-len(x) // _MOST_BINS)
    if size <= 2:
        return x, y
    n = len(x) // size
    parts = y[: n * size].reshape(n, size)
    first = np.arange(n) * size
    rows = np.sort(np.stack([first + parts.argmin(axis=1), first + parts.argmax(axis=1)], axis=1), axis=1).ravel()
    return x[rows], y[rows]
