"""Stills of an eye as one drawing: what it sees and what some of its cells do, at a few moments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int
from markupsafe import Markup

from braincast.reports.numbers import decimal, printable, typographic
from braincast.reports.vision.courses import Screen, carried, delays
from braincast.reports.vision.movies import stimulus_title
from braincast.tasks.encoding.card import Stimulus

_N_STILLS, _LEVELS = 5, 9
_ROOM = 0.06  # of a spacing between neighbouring hexagons
_NAME_WIDTH = 5.0  # in letters' heights
_MOST_HEXAGONS = 200  # of one still; more are drawn as dots, which take a fifth of the room
# Corners of a hexagon whose neighbours above and below are one spacing away.
_CORNERS = [(np.cos(a) / np.sqrt(3), np.sin(a) / np.sqrt(3)) for a in np.radians(60.0 * np.arange(6))]


def film_strip(screen: Screen, model: str, stimulus: Stimulus, cell_types: Sequence[str]) -> Markup:
    """Rows for the light and for each cell type, a still for each of five moments while the eye is crossed."""
    row = list(screen.stimuli).index(stimulus)
    delay, step = delays(stimulus, screen.places), screen.lead_step_s
    rows = [("light", carried(screen.light[row], delay, step), "l")]
    for name in cell_types:
        course = screen.courses[model].change[row][:, screen.cell_types.index(name)]
        rows.append((name, carried(course, delay, step), "a"))
    leads = np.linspace(0, stimulus.n_leads - 1, _N_STILLS + 2)[1:-1].round().astype(np.int64)
    return _drawn(screen, rows, leads, f"{stimulus_title(stimulus)}, {model}: {', '.join(cell_types)}")


def _drawn(
    screen: Screen, rows: list[tuple[str, np.ndarray, str]], leads: Int[np.ndarray, " still"], title: str
) -> Markup:
    low, high = screen.places.min(axis=0) - 0.6, screen.places.max(axis=0) + 0.6
    unit = (high[0] - low[0]) / 16  # height of letters, whatever the number of columns
    across, down = high - low + unit * np.array([0.8, 2.0])
    parts = []
    for number, (name, values, css) in enumerate(rows):
        top = number * down
        parts.append(_text(name, 0.0, float(top + down / 2), "start"))
        for still, lead in enumerate(leads):
            place = np.array([_NAME_WIDTH * unit + still * across - low[0], top + high[1]])
            shares = values[lead] if css == "l" else (values[lead] + 1) / 2
            parts.append(_hexagons(screen.places, shares, place, css))
    foot = len(rows) * down + unit * 0.4
    for still, lead in enumerate(leads):
        written = f"{decimal((lead + 1) * screen.lead_step_s, 2)} s"
        middle = _NAME_WIDTH * unit + still * across + (high[0] - low[0]) / 2
        parts.append(_text(written, float(middle), float(foot), "middle"))
    size = _NAME_WIDTH * unit + len(leads) * across, foot + unit
    css = "film dots" if len(screen.places) > _MOST_HEXAGONS else "film"
    opening = Markup('<svg class="{}" role="img" viewBox="0 0 {} {}"><title>{}</title><g font-size="{}">')
    words = f"{size[0]:.1f}", f"{size[1]:.1f}", printable(typographic(title)), f"{unit:.2f}"
    return opening.format(css, *words) + Markup("").join([*parts, Markup("</g></svg>")])


def _hexagons(
    places: Float[np.ndarray, "column 2"], shares: Float[np.ndarray, " column"], origin: np.ndarray, css: str
) -> Markup:
    """One path for each of nine levels; under light, which may be as white as the page, a darker one."""
    levels = np.clip(np.rint(shares * (_LEVELS - 1)), 0, _LEVELS - 1).astype(np.int64)
    path = Markup('<path class="{}{}" d="{}"/>')
    outline = _dot if len(places) > _MOST_HEXAGONS else _outline
    every = origin + places * np.array([1.0, -1.0])
    drawn = [path.format("ground", "", "".join(outline(x, y) for x, y in every))] if css == "l" else []
    for level in np.unique(levels):
        drawn.append(path.format(css, int(level), "".join(outline(x, y) for x, y in every[levels == level])))
    return Markup("").join(drawn)


def _outline(x: float, y: float) -> str:
    corners = [(x + (1 - _ROOM) * dx, y + (1 - _ROOM) * dy) for dx, dy in _CORNERS]
    return "M" + "L".join(f"{a:.2f} {b:.2f}" for a, b in corners) + "Z"


def _dot(x: float, y: float) -> str:
    return f"M{x:.1f} {y:.1f}h0"


def _text(words: str, x: float, y: float, anchor: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
        f"{x:.2f}", f"{y:.2f}", anchor, printable(words)
    )
