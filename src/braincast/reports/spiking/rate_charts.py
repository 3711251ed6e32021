"""How much spikes: the whole brain over time, and how rates are spread over neurons."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float
from markupsafe import Markup

from braincast.experiments.simulation.job import Simulated
from braincast.reports.axis import axis_over
from braincast.reports.numbers import count
from braincast.reports.plot import Plot, padded

_BINS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_MOST_BINS, _RATE_BINS = 200, 24
_HEIGHT, _MANY, _SPIKES = 240, 10_000, "spikes a second"


def bin_s(duration_s: float) -> float:
    """The finest round width that gives at most 200 bins."""
    fitting = [width for width in _BINS_S if duration_s / width <= _MOST_BINS]
    return fitting[0] if fitting else duration_s / _MOST_BINS


def population_chart(result: Simulated) -> Markup:
    """Spikes a second of driven neurons and of all others, mean over trials."""
    duration_s = result.protocol.asked.duration_s
    is_driven = np.isin(np.asarray(result.spikes.neuron), result.protocol.driven)
    driven, others = (_per_second(result, own) for own in (is_driven, ~is_driven))
    width = bin_s(duration_s)
    x = (np.arange(len(others)) + 0.5) * width
    unit, words = (1000.0, "thousand spikes a second") if max(driven.max(), others.max()) >= _MANY else (1.0, _SPIKES)
    y = {"driven": (driven / unit).tolist(), "lead": (others / unit).tolist()}
    plot = Plot(axis_over([0.0, duration_s]), axis_over([0.0, *y["driven"], *y["lead"]]), _HEIGHT)
    curves = [plot.curve(x.tolist(), values, css) for css, values in y.items()]
    parts = [plot.frame("seconds", words), plot.stretched(curves)]
    told = f"At most {count(round(float(others.max())))} spikes a second of neurons that are not driven"
    return plot.drawn("Activity over time", told, parts)


def rates_chart(rate_hz: Float[np.ndarray, " active"]) -> Markup:
    """How many neurons have which rate; those that are silent are left out."""
    counts, edges = np.histogram(rate_hz, bins=_RATE_BINS, range=(0.0, max(float(rate_hz.max(initial=0.0)), 1.0)))
    plot = Plot(padded(axis_over([0.0, float(edges[-1])]), 0.0), axis_over([0.0, float(max(1, counts.max()))]), _HEIGHT)
    bars = [_bar(plot, float(a), float(b), float(n)) for n, a, b in zip(counts, edges, edges[1:], strict=False) if n]
    told = f"{count(len(rate_hz))} neurons, the busiest at {rate_hz.max(initial=0.0):.0f} Hz"
    return plot.drawn("Rates of active neurons", told, [plot.frame("Hz", "neurons"), plot.stretched(bars)])


def _per_second(result: Simulated, own: Bool[np.ndarray, " spike"]) -> Float[np.ndarray, " bin"]:
    asked = result.protocol.asked
    width = bin_s(asked.duration_s)
    n_bins = max(1, round(asked.duration_s / width))
    place = np.minimum(np.asarray(result.spikes.time_s)[own] / width, n_bins - 1).astype(np.int64)
    return np.bincount(place, minlength=n_bins) / (width * asked.n_trials)


def _bar(plot: Plot, left: float, right: float, n: float) -> Markup:
    x1, x2 = (plot.across(end) * 10 for end in (left, right))
    top, bottom = plot.down(n), plot.down(plot.y.lower)
    return Markup('<rect class="bar better" x="{}" width="{}" y="{}" height="{}"/>').format(
        f"{x1 + 0.8:.1f}", f"{max(0.5, x2 - x1 - 1.6):.1f}", f"{top:.1f}", f"{bottom - top:.1f}"
    )
