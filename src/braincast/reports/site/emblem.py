"""The drawing of the front page: what a forecast is, in one picture. Its curve is made up, and always the same."""

from __future__ import annotations

import math

from markupsafe import Markup

from braincast.reports.axis import Axis
from braincast.reports.marks import label
from braincast.reports.plot import Plot

_PAST, _FUTURE, _STEPS = -10.0, 6.0, 0.1
_HEIGHT = 300
_TOLD = (
    "A neuron's activity was recorded until now; a forecast with its spread goes on from there, and what came after."
)


def emblem() -> Markup:
    """Activity until now, a forecast with its spread, and what the neuron then did."""
    plot = Plot(Axis(_PAST, _FUTURE, (), 0), Axis(-1.9, 2.6, (), 0), _HEIGHT)
    past, ahead = _times(_PAST, 0.0), _times(0.0, _FUTURE)
    forecast = [_activity(t) * math.exp(-t / 9) - 0.12 * math.sin(1.3 * t) for t in ahead]
    spread = [0.08 + 0.42 * math.sqrt(t / 3) for t in ahead]
    lower = [value - width for value, width in zip(forecast, spread, strict=True)]
    upper = [value + width for value, width in zip(forecast, spread, strict=True)]
    shapes = [
        plot.area(ahead, lower, upper, "lead"),
        plot.curve(past, [_activity(t) for t in past], "truth"),
        plot.curve(ahead, [_activity(t) for t in ahead], "truth later"),
        plot.curve(ahead, forecast, "lead"),
    ]
    words = [
        label("what it did", f"{plot.across(-6.0):.1f}%", "34", css="strip-name"),
        label("now", f"{plot.across(0.0):.1f}%", f"{_HEIGHT - 12}"),
        label("forecast", f"{plot.across(3.9):.1f}%", "34", css="strip-name"),
        label("dots: what it then did", f"{plot.across(3.4):.1f}%", f"{_HEIGHT - 12}"),
    ]
    return plot.drawn("A brain forecast", _TOLD, [plot.upright(0.0, "now"), plot.stretched(shapes), *words])


def _activity(t: float) -> float:
    return math.sin(1.1 * t + 0.4) + 0.55 * math.sin(2.3 * t) + 0.3 * math.sin(0.37 * t + 1) + 0.18 * math.sin(6.1 * t)


def _times(start: float, stop: float) -> list[float]:
    return [start + _STEPS * step for step in range(round((stop - start) / _STEPS) + 1)]
