"""How trainings by gradient went, as a page: the loss of steps and the error on validation windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from braincast.reports.axis import Axis, axis_over
from braincast.reports.html import rendered
from braincast.reports.numbers import decimal
from braincast.reports.plot import Plot, padded
from braincast.training.gradient.metrics import Row

_HEIGHT = 260


def learning_page(title: str, trainings: Mapping[str, Sequence[Row]]) -> str:
    """The page's text, with one drawing for each training by name."""
    charts = [(name, learning_chart(name, rows)) for name, rows in trainings.items()]
    return rendered("learning.html.j2", ("report.css", "explore.css", "plots.css"), (), title=title, charts=charts)


def learning_chart(name: str, rows: Sequence[Row]) -> Markup:
    """Both curves over the steps, with a dot where the network that was kept stood."""
    steps = [float(row["step"]) for row in rows]
    losses, errors = [row["loss"] for row in rows], [row["validation"] for row in rows]
    plot = Plot(_steps_axis(steps), padded(axis_over([*losses, *errors])), _HEIGHT)
    best = errors.index(min(errors))
    curves = [plot.curve(steps, losses, "mean"), plot.curve(steps, errors, "lead")]
    kept = f"{decimal(errors[best], 4)} at step {rows[best]['step']}"
    parts = [
        plot.frame("step", "loss (broken line) and validation error"),
        plot.stretched(curves),
        plot.dot(steps[best], errors[best], "dot lead", 3.5),
    ]
    return plot.drawn(f"Training of {name}", f"The least error on validation windows was {kept}", parts)


def _steps_axis(steps: Sequence[float]) -> Axis:
    found = axis_over([0.0, *steps])
    return Axis(0.0, max(found.upper, 1.0), found.ticks, 0)
