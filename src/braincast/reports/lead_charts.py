"""Scores by lead: how the error grows with the time that a forecast looks ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from braincast.reports.axis import Axis, axis_over
from braincast.reports.entries import MetricTitle, Score
from braincast.reports.numbers import decimal
from braincast.reports.plot import Plot, padded

_HEIGHT, _SMALL = 330, 170
# With more leads than these, ticks are round numbers.
_MOST_TICKS = 12


@dataclass(frozen=True)
class LeadLine:
    """A contender's scores at each lead and the style it is drawn in: lead, floor, second, third, mean, or other."""

    name: str
    style: str
    score: Score


@dataclass(frozen=True)
class Reference:
    """A line that is no contender: a noise floor by lead, or a value to meet."""

    words: str
    values: Sequence[float]


def lead_chart(
    lines: Sequence[LeadLine],
    title: MetricTitle,
    x_title: str,
    reference: Reference | None = None,
    labels: Sequence[str] | None = None,
    beside: Sequence[LeadLine] = (),
) -> Markup:
    """All lines over the leads; those that are told apart with their 95 % intervals as bands.

    `labels` name the leads where they are not counted in frames; the axis has room for the lines `beside` too.
    """
    plot = Plot(_lead_axis(lines), _value_axis([*lines, *beside], reference), _HEIGHT)
    bands = [_band(plot, line) for line in lines if line.style != "other"]
    # The faint ones first, the headline last, so that it lies on top.
    order = sorted(lines, key=lambda line: (line.style != "other", line.style == "lead"))
    curves = [_curve(plot, line) for line in order]
    marks = [] if reference is None else [plot.curve(_leads(len(reference.values)), reference.values, "reference")]
    told = "; ".join(_told(line, title) for line in lines)
    parts = [
        plot.frame(x_title, f"{title.title}, {title.direction} is better", x_labels=_at_ticks(plot.x, labels)),
        plot.stretched([*bands, *marks, *curves]),
        *_dots(plot, order),
    ]
    return plot.drawn(f"{title.title} by lead", told, parts)


def own_chart(line: LeadLine, others: Sequence[LeadLine], everyone: Sequence[LeadLine], title: MetricTitle) -> Markup:
    """One contender by itself with its interval, and a few others to compare with; all such charts share their axes."""
    axis = _lead_axis(everyone)
    ends = Axis(axis.lower, axis.upper, (axis.ticks[0], axis.ticks[-1]), axis.digits)
    plot = Plot(ends, _value_axis(everyone, None, n_ticks=4), _SMALL)
    own = [_band(plot, line), *(_curve(plot, other) for other in others if other.name != line.name)]
    css = "floor" if line.style == "floor" else "lead" if line.style == "lead" else "own"
    own.append(plot.curve(_leads(len(line.score.by_lead)), line.score.by_lead, css))
    parts = [plot.frame("lead", title.short), plot.stretched(own)]
    return plot.drawn(f"{line.name}: {title.title} by lead", _told(line, title), parts)


def _at_ticks(axis: Axis, labels: Sequence[str] | None) -> list[str] | None:
    return None if labels is None else [labels[round(tick) - 1] for tick in axis.ticks]


def _lead_axis(lines: Sequence[LeadLine]) -> Axis:
    n = max((len(line.score.by_lead) for line in lines), default=1)
    if n <= _MOST_TICKS:
        ticks = tuple(float(lead) for lead in range(1, n + 1))
    else:
        rounded = axis_over([0.0, float(n)], n_ticks=8).ticks
        ticks = (1.0, *(tick for tick in rounded if tick >= 1 + 0.7 * rounded[1]))
    room = 0.02 * n
    return Axis(1 - room, max(n, 2) + room, ticks, 0)


def _value_axis(lines: Sequence[LeadLine], reference: Reference | None, n_ticks: int = 5) -> Axis:
    values = [value for line in lines for value in line.score.by_lead]
    ends = [end for line in lines if line.style != "other" for ci in line.score.by_lead_ci for end in ci or ()]
    more = [] if reference is None else list(reference.values)
    return padded(axis_over([*values, *ends, *more], n_ticks=n_ticks))


def _band(plot: Plot, line: LeadLine) -> Markup:
    ends = [ci or (None, None) for ci in line.score.by_lead_ci]
    return plot.area(_leads(len(ends)), [low for low, _ in ends], [high for _, high in ends], line.style)


def _curve(plot: Plot, line: LeadLine) -> Markup:
    return plot.curve(_leads(len(line.score.by_lead)), line.score.by_lead, line.style)


def _dots(plot: Plot, lines: Sequence[LeadLine]) -> list[Markup]:
    """Points of the headline and the floor, as far as they can be told apart."""
    return [
        plot.dot(lead, value, f"dot {line.style}", 2.8)
        for line in lines
        if line.style in ("lead", "floor") and len(line.score.by_lead) <= 2 * _MOST_TICKS
        for lead, value in zip(_leads(len(line.score.by_lead)), line.score.by_lead, strict=True)
        if value is not None
    ]


def _leads(n: int) -> list[float]:
    return [float(lead) for lead in range(1, n + 1)]


def _told(line: LeadLine, title: MetricTitle) -> str:
    first, last = (decimal(line.score.at_lead(at), title.digits) for at in (0, -1))
    return f"{line.name}: {first} at the first lead, {last} at the last"
