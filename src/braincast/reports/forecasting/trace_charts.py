"""Examples: what a neuron did, and forecasts of it with their central 80 % intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int
from markupsafe import Markup

from braincast.reports.axis import Axis, axis_over
from braincast.reports.numbers import decimal
from braincast.reports.plot import Plot, padded
from braincast.scoring.forecasting.exhibits import Course, ForecastExhibits, Trace

_HEIGHT, _SMALL = 190, 210


def trace_chart(trace: Trace, lead: int, exhibits: ForecastExhibits) -> Markup:
    """The neuron over many windows, and each forecast of a frame that was made `lead` frames before it."""
    courses = [course for course in trace.courses if course.lead == lead]
    told = "; ".join(f"{course.model}: {_apart(trace, course)}" for course in courses)
    how = f"forecast {lead} frames ahead" if lead else "hidden"
    return _drawn(trace, courses, exhibits, f"{trace.neuron}, {how}", told, _HEIGHT)


def window_chart(trace: Trace, exhibits: ForecastExhibits) -> Markup:
    """One window: what could be seen, what followed, and the forecasts made at the line between them."""
    told = "; ".join(f"{course.model}: {_apart(trace, course)}" for course in trace.courses)
    start = trace.first + trace.context
    return _drawn(trace, trace.courses, exhibits, f"{trace.neuron}, window at frame {start}", told, _SMALL)


def leads_shown(trace: Trace) -> list[int]:
    """The leads at which a trace has forecasts, rising."""
    return sorted({course.lead for course in trace.courses if course.lead is not None})


def _drawn(
    trace: Trace, courses: Sequence[Course], exhibits: ForecastExhibits, title: str, told: str, height: int
) -> Markup:
    plot = Plot(_frame_axis(trace, n_ticks=6 if height == _HEIGHT else 3), _value_axis(trace), height)
    frames = trace.first + np.arange(len(trace.truth))
    bands = [
        plot.area(_places(course.frame), course.lower.tolist(), course.upper.tolist(), _style(course, exhibits))
        for course in courses
        if course.lower is not None and course.upper is not None
    ]
    # The headline is drawn last, so that it lies on top of the floor and the truth.
    order = sorted(courses, key=lambda course: course.model == exhibits.headline)
    truth = plot.curve(_places(frames), trace.truth.tolist(), "truth")
    curves = [plot.curve(_places(c.frame), c.value.tolist(), _style(c, exhibits)) for c in order]
    step = "frame" if exhibits.dt_s is None else f"frame (of {exhibits.dt_s:.3g} s)"
    parts = [plot.frame(step, "activity")]
    if trace.context:
        parts.append(plot.upright(trace.first + trace.context - 0.5, "zero"))
    parts.append(plot.stretched([*bands, truth, *curves]))
    return plot.drawn(title, told, parts)


def _places(frames: Int[np.ndarray, " frame"]) -> list[float]:
    return [float(frame) for frame in frames]


def _style(course: Course, exhibits: ForecastExhibits) -> str:
    return "lead" if course.model == exhibits.headline else "floor"


def _frame_axis(trace: Trace, n_ticks: int) -> Axis:
    last = trace.first + len(trace.truth) - 1
    axis = axis_over([float(trace.first), float(max(last, trace.first + 1))], n_ticks=n_ticks)
    return Axis(axis.lower, axis.upper, tuple(tick for tick in axis.ticks if tick == round(tick)), 0)


def _value_axis(trace: Trace) -> Axis:
    """Holds the truth and every forecast with its interval, the same for all leads of a trace."""
    forecasts = [(course.value, course.lower, course.upper) for course in trace.courses]
    seen = [trace.truth, *(values for each in forecasts for values in each if values is not None)]
    values = np.concatenate(seen)
    values = values[np.isfinite(values)]
    return padded(axis_over([float(values.min()), float(values.max())] if len(values) else [], n_ticks=6))


def _apart(trace: Trace, course: Course) -> str:
    observed = trace.truth[course.frame - trace.first]
    known = np.isfinite(observed)
    error = float(np.mean(np.abs(observed - course.value)[known])) if known.any() else None
    return f"mean absolute error {decimal(error)} here"
