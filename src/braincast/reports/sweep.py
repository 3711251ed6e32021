"""A sweep as a page: the validation error over the trials, and each setting against it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from braincast.models.space import written
from braincast.reports.axis import Axis, axis_over
from braincast.reports.html import rendered
from braincast.reports.numbers import decimal
from braincast.reports.plot import Plot, padded

_HEIGHT, _SMALL = 280, 210
# How many times as far above the best as the middle trial the axis of errors reaches.
_REACH = 3.0
Document = Mapping[str, Any]


def sweep_page(document: Document) -> str:
    """The page's text. `document` is what `braincast sweep --json` prints."""
    settings = [(name, document["importance"].get(name), setting_chart(document, name)) for name in document["space"]]
    settings.sort(key=lambda each: -(each[1] or 0.0))
    return rendered(
        "sweep.html.j2",
        ("report.css", "explore.css", "plots.css"),
        (),
        title=f"{document['model']} on {document['task']}",
        loss=document["loss"].replace("_", " "),
        document=document,
        n_failed=len(document["trials"]) - len(_done(document)),
        trials_chart=trials_chart(document),
        settings=settings,
        written=written,
    )


def trials_chart(document: Document) -> Markup:
    """A dot for each trial, and the best error so far as a line."""
    done, best = _done(document), document["best"]
    last = len(document["trials"]) - 1
    axis = axis_over([0.0, float(max(last, 1))])
    ticks = tuple(tick for tick in axis.ticks if tick == int(tick))
    plot = Plot(padded(Axis(axis.lower, axis.upper, ticks, 0), 0.02), _errors_axis(done), _HEIGHT)
    dots = [_dot(plot, float(trial["number"]), trial, best) for trial in done]
    parts = [plot.frame("trial", "validation error"), plot.stretched([plot.curve(*_steps(done, last), "lead")]), *dots]
    told = f"The least error on validation data was {decimal(best['validation'], 4)} in trial {best['number']}"
    return plot.drawn("Validation error of each trial", told, parts)


def setting_chart(document: Document, name: str) -> Markup:
    """Each trial's value of a setting against its error."""
    done, best, swept = _done(document), document["best"], document["space"][name]
    places, axis, labels = _across([trial["settings"][name] for trial in done], swept)
    plot = Plot(axis, _errors_axis(done), _SMALL)
    dots = [_dot(plot, place, trial, best) for place, trial in zip(places, done, strict=True)]
    parts = [plot.frame(name, "validation error", x_labels=labels), *dots]
    told = f"The best trial has {name} {written(best['settings'][name])}"
    return plot.drawn(f"Validation error by {name}", told, parts)


def _done(document: Document) -> list[dict[str, Any]]:
    return [trial for trial in document["trials"] if trial["validation"] is not None]


def _dot(plot: Plot, x: float, trial: Document, best: Document) -> Markup:
    is_best = trial["number"] == best["number"]
    return plot.dot(x, trial["validation"], "dot lead" if is_best else "dot", 4.5 if is_best else 2.8)


def _steps(done: Sequence[Document], last: int) -> tuple[list[float], list[float]]:
    """The least error so far, level from one trial to the next."""
    x, y = [], []
    for trial in done:
        least = min(y[-1], trial["validation"]) if y else trial["validation"]
        x += [float(trial["number"])] * (2 if y else 1)
        y += [y[-1], least] if y else [least]
    return [*x, float(last)], [*y, y[-1]]


def _errors_axis(done: Sequence[Document]) -> Axis:
    """All errors but those far above most others, which are put at the upper end."""
    errors = [trial["validation"] for trial in done]
    best = min(errors)
    reach = best + _REACH * (statistics.median(errors) - best)
    near = [error for error in errors if error <= reach]
    return padded(axis_over(near if len(set(near)) > 1 else errors, n_ticks=6), 0.07)


def _across(values: Sequence[Any], swept: Document) -> tuple[list[float], Axis, list[str] | None]:
    """Where values lie, on which axis, with which labels where its ticks are not the values."""
    if "choices" in swept:
        choices = list(swept["choices"])
        axis = Axis(-0.5, len(choices) - 0.5, tuple(map(float, range(len(choices)))), 0)
        return [float(choices.index(value)) for value in values], axis, [written(choice) for choice in choices]
    if swept["log"]:
        places = [math.log10(min(max(value, swept["lower"]), swept["upper"])) for value in values]
        ends = math.log10(swept["lower"]), math.log10(swept["upper"])
        ticks = _powers(*ends)
        return places, padded(Axis(*ends, ticks, 0)), [f"{10.0**tick:g}" for tick in ticks]
    axis = axis_over([float(swept["lower"]), float(swept["upper"])], n_ticks=4)
    return [float(value) for value in values], padded(axis), None


def _powers(lower: float, upper: float) -> tuple[float, ...]:
    """Logarithms of at most five powers of ten between two, or of both ends where there are fewer than two."""
    first, last = math.ceil(lower - 1e-9), math.floor(upper + 1e-9)
    if last - first < 1:
        return lower, upper
    return tuple(float(power) for power in range(first, last + 1, 1 + (last - first) // 5))
