"""ROC and calibration curves as square drawings with two axes of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from braincast.reports.axis import Axis
from braincast.reports.marks import label
from braincast.reports.numbers import decimal, percent, printable, typographic

# In the drawing's own units; it grows and shrinks as a whole.
_SIDE, _LEFT, _TOP, _BOTTOM = 300.0, 46.0, 8.0, 44.0
_ROOT_TICKS = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
_FALSE_ALARMS = (0.01, 0.05, 0.1, 0.2)


@dataclass(frozen=True)
class Line:
    """A model's curves and the style it is drawn in: `lead`, `floor`, `second`, `third`, or `other` (faint)."""

    name: str
    style: str
    curves: Mapping[str, Any]

    def hits_at(self, false_alarms: float) -> float:
        """Share of responses found when that share of the other pairs is called responding too."""
        return float(np.interp(false_alarms, self.curves["false_alarms"], self.curves["hits"]))


def false_alarm_levels() -> tuple[float, ...]:
    """Where the table reads the ROC curves."""
    return _FALSE_ALARMS


def roc_chart(lines: Sequence[Line]) -> Markup:
    """Share of responses found against share of false alarms; the faint diagonal is guessing."""
    axis = Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), 2)
    body = [_frame(axis, "false alarms: pairs without response called responding", "responses found"), _diagonal(axis)]
    for line in sorted(lines, key=lambda line: line.style != "other"):
        body.append(_path(axis, line.curves["false_alarms"], line.curves["hits"], line.style))
    told = "; ".join(f"{line.name}: {percent(line.hits_at(0.1))} found at 10 % false alarms" for line in lines)
    return _square("ROC curves", told, body)


def calibration_chart(lines: Sequence[Line]) -> Markup:
    """Share that responded against the probability forecast, in bins, with intervals; on the diagonal both agree.

    Both axes are square roots of probabilities, since most are small.
    """
    bins = [found for line in lines for found in line.curves["calibration"]]
    ends = [end for found in bins for end in (found["predicted"], found["observed"], *(found["ci"] or ()))]
    axis = _root_axis(max(ends, default=1.0))
    body = [_frame(axis, "probability that was forecast", "share that responded"), _diagonal(axis)]
    for line in reversed(lines):
        found = line.curves["calibration"]
        x, y = [each["predicted"] for each in found], [each["observed"] for each in found]
        body += [_interval(axis, each, line.style) for each in found if each["ci"]]
        if line.style != "floor":
            body.append(_path(axis, x, y, line.style))
        body += [_dot(axis, each, line.style) for each in found]
    told = "; ".join(f"{line.name}: {_told(line.curves['calibration'])}" for line in lines)
    return _square("Calibration", told, body)


def legend_line(style: str) -> Markup:
    """A piece of the line for a legend."""
    return Markup(
        '<svg class="key" aria-hidden="true" width="30" height="12">'
        '<line class="curve {}" x1="1" x2="29" y1="6" y2="6"/></svg>'
    ).format(style)


def _square(title: str, told: str, body: Sequence[Markup]) -> Markup:
    width, height = _LEFT + _SIDE + 14, _TOP + _SIDE + _BOTTOM
    return Markup('<svg class="square" role="img" viewBox="0 0 {} {}"><title>{}</title><desc>{}</desc>{}</svg>').format(
        f"{width:.0f}", f"{height:.0f}", title, typographic(printable(told)), Markup("").join(body)
    )


def _x(axis: Axis, value: float) -> float:
    return _LEFT + _SIDE * _share(axis, value)


def _y(axis: Axis, value: float) -> float:
    return _TOP + _SIDE * (1 - _share(axis, value))


def _share(axis: Axis, value: float) -> float:
    share = (min(max(value, axis.lower), axis.upper) - axis.lower) / (axis.upper - axis.lower)
    return share**0.5 if isinstance(axis, _RootAxis) else share


class _RootAxis(Axis):
    """An axis of square roots."""


def _root_axis(largest: float) -> _RootAxis:
    upper = next(tick for tick in _ROOT_TICKS if tick >= min(largest, 1.0))
    return _RootAxis(0.0, upper, tuple(tick for tick in _ROOT_TICKS if tick <= upper), 2)


def _frame(axis: Axis, across: str, up: str) -> Markup:
    """Grid, tick labels and the names of both axes; the same scale runs along both."""
    line = Markup('<line class="grid" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>')
    right, bottom = _LEFT + _SIDE, _TOP + _SIDE
    body = []
    for tick in axis.ticks:
        x, y, written = _x(axis, tick), _y(axis, tick), decimal(tick, axis.digits)
        body += [line.format(x, _TOP, x, bottom), line.format(_LEFT, y, right, y)]
        body += [label(written, f"{x:.1f}", f"{bottom + 15:.1f}", css="tick")]
        body += [label(written, f"{_LEFT - 6:.1f}", f"{y + 4:.1f}", css="tick", anchor="end")]
    upright = Markup('<text class="axis-title" text-anchor="middle" transform="translate(11 {}) rotate(-90)">{}</text>')
    names = [label(across, f"{_LEFT + _SIDE / 2}", f"{bottom + 36:.1f}", css="axis-title")]
    return Markup("").join([*body, *names, upright.format(_TOP + _SIDE / 2, up)])


def _diagonal(axis: Axis) -> Markup:
    ends = (_x(axis, axis.lower), _y(axis, axis.lower), _x(axis, axis.upper), _y(axis, axis.upper))
    return Markup('<line class="diagonal" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(*ends)


def _path(axis: Axis, x: Sequence[float], y: Sequence[float], style: str) -> Markup:
    points = " ".join(f"{_x(axis, a):.1f},{_y(axis, b):.1f}" for a, b in zip(x, y, strict=True))
    return Markup('<polyline class="curve {}" points="{}"/>').format(style, points)


def _interval(axis: Axis, found: Mapping[str, Any], style: str) -> Markup:
    x, (low, high) = _x(axis, found["predicted"]), found["ci"]
    return Markup('<line class="curve bar {}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>').format(
        style, x, x, _y(axis, low), _y(axis, high)
    )


def _dot(axis: Axis, found: Mapping[str, Any], style: str) -> Markup:
    place = _x(axis, found["predicted"]), _y(axis, found["observed"])
    return Markup('<circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="3.2"/>').format(style, *place)


def _told(bins: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{decimal(each['predicted'])} forecast and {decimal(each['observed'])} seen" for each in bins)
