"""Responses to every direction, around a circle: a model's networks, the floor, and what was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from braincast.reports.numbers import decimal, printable, typographic

_RADIUS, _ROOM = 84.0, 38.0
_CENTRE = _RADIUS + _ROOM
_AXES = {0.0: "start", 90.0: "middle", 180.0: "end", 270.0: "middle"}


@dataclass(frozen=True)
class PolarCurve:
    """Values from 0 to 1, one for each angle; `style` says how it is drawn."""

    name: str
    values: tuple[float, ...]
    style: str


@dataclass(frozen=True)
class PolarPanel:
    """One cell type: the contrast of the edges, the known direction, and curves from the hindmost to the front."""

    cell_type: str
    contrast: str
    preferred_deg: float
    curves: tuple[PolarCurve, ...]


def polar_chart(panel: PolarPanel, angles_deg: Sequence[float]) -> Markup:
    """The panel as a drawing; directions run counter-clockwise from the right, 1 is the outer ring."""
    parts = [_rings(), _known(panel.preferred_deg)]
    parts += [_curve(curve, angles_deg) for curve in panel.curves]
    side = 2 * _CENTRE
    title = f"{panel.cell_type}, {panel.contrast.upper()} edges: responses to each direction"
    told = "; ".join(_told(curve, angles_deg) for curve in panel.curves if curve.style != "seed")
    words = Markup("<title>{}</title><desc>{}</desc>").format(printable(title), printable(typographic(told)))
    opening = Markup('<svg class="polar" role="img" viewBox="0 0 {} {}">').format(f"{side:g}", f"{side:g}")
    return opening + words + Markup("").join(parts) + Markup("</svg>")


def polar_key(style: str) -> Markup:
    """A piece of a curve for the legend."""
    shape = Markup('<polygon class="tuning {}" points="{}"/>')
    points = "1,10 25,2 25,10" if style == "published" else "1,6 25,6"
    return Markup('<svg class="key" width="26" height="12" aria-hidden="true">{}</svg>').format(
        shape.format(style, points)
    )


def _told(curve: PolarCurve, angles_deg: Sequence[float]) -> str:
    if not max(curve.values) > 0:
        return f"{curve.name}: no answer"
    best = angles_deg[int(np.argmax(curve.values))]
    return f"{curve.name}: largest at {best:g}°, smallest {decimal(min(curve.values), 2)} of 1"


def _rings() -> Markup:
    ring = Markup('<circle class="ring" cx="{0}" cy="{0}" r="{1}"/>')
    spoke = Markup('<line class="ring" x1="{}" y1="{}" x2="{}" y2="{}"/>')
    mark = Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{}°</text>')
    parts = [ring.format(f"{_CENTRE:g}", f"{_RADIUS * share:g}") for share in (0.5, 1.0)]
    for degrees, anchor in _AXES.items():
        parts.append(spoke.format(*_place(degrees, 0.0), *_place(degrees, 1.0)))
        x, y = _place(degrees, 1.17)
        drop = {90.0: 0.0, 270.0: 8.0}.get(degrees, 4.0)
        parts.append(mark.format(x, f"{float(y) + drop:.1f}", anchor, f"{degrees:g}"))
    return Markup("").join(parts)


def _known(degrees: float) -> Markup:
    """A wedge outside the outer ring at the direction that the type is known to prefer."""
    tip, left, right = _place(degrees, 1.0), _place(degrees - 5, 1.1), _place(degrees + 5, 1.1)
    points = " ".join(",".join(place) for place in (tip, left, right))
    return Markup('<polygon class="known" points="{}"/>').format(points)


def _curve(curve: PolarCurve, angles_deg: Sequence[float]) -> Markup:
    points = " ".join(",".join(_place(degrees, value)) for degrees, value in zip(angles_deg, curve.values, strict=True))
    return Markup('<polygon class="tuning {}" points="{}"/>').format(curve.style, points)


def _place(degrees: float, share: float) -> tuple[str, str]:
    angle = np.radians(degrees)
    x, y = _CENTRE + _RADIUS * share * np.cos(angle), _CENTRE - _RADIUS * share * np.sin(angle)
    return f"{x:.1f}", f"{y:.1f}"
