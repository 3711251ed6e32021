"""Line drawings as wide as their place: x in per cent, y in pixels, text of the same size at any width."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from braincast.reports.axis import Axis
from braincast.reports.marks import drawing, label
from braincast.reports.numbers import decimal, typographic

_TOP, _BOTTOM = 22.0, 36.0
# In per cent of the width; the left holds tick labels of five characters in a drawing of 300 pixels.
_LEFT, _RIGHT = 11.0, 2.5
# Units across the stretched part of a drawing.
_UNITS = 1000.0


@dataclass(frozen=True)
class Plot:
    """Two linear axes and the height of the whole in pixels."""

    x: Axis
    y: Axis
    height: int

    def across(self, value: float) -> float:
        """Where a value of x lies, in per cent of the width."""
        share = (min(max(value, self.x.lower), self.x.upper) - self.x.lower) / (self.x.upper - self.x.lower)
        return _LEFT + (100 - _LEFT - _RIGHT) * share

    def down(self, value: float) -> float:
        """Where a value of y lies, in pixels from the top; one outside the axis lies at its end."""
        share = (min(max(value, self.y.lower), self.y.upper) - self.y.lower) / (self.y.upper - self.y.lower)
        return self.height - _BOTTOM - (self.height - _TOP - _BOTTOM) * share

    def frame(self, x_title: str, y_title: str, *, x_labels: Sequence[str] | None = None) -> Markup:
        """Grid, tick labels and the names of both axes; `x_labels` stand for the ticks of x where given."""
        across = x_labels or [typographic(decimal(tick, self.x.digits)) for tick in self.x.ticks]
        parts = [label(y_title, "0", "11", css="axis-title", anchor="start")]
        parts.append(label(x_title, "50%", f"{self.height - 3:.0f}", css="axis-title"))
        for tick in self.y.ticks:
            written = typographic(decimal(tick, self.y.digits))
            parts.append(self.level(tick, "grid"))
            parts.append(label(written, f"{_LEFT - 1.5}%", f"{self.down(tick) + 4:.1f}", css="tick", anchor="end"))
        for tick, written in zip(self.x.ticks, across, strict=True):
            parts.append(label(written, f"{self.across(tick):.2f}%", f"{self.height - _BOTTOM + 16:.0f}", css="tick"))
        return Markup("").join(parts)

    def level(self, value: float, css: str) -> Markup:
        """A line across the whole plot."""
        y = f"{self.down(value):.1f}"
        return Markup('<line class="{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>').format(css, _LEFT, 100 - _RIGHT, y, y)

    def upright(self, value: float, css: str) -> Markup:
        """A line from top to bottom."""
        x = f"{self.across(value):.2f}%"
        bottom = f"{self.height - _BOTTOM:.0f}"
        return Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(css, x, x, f"{_TOP:.0f}", bottom)

    def stretched(self, shapes: Iterable[Markup]) -> Markup:
        """Curves and areas, which take the width that there is while their lines keep theirs."""
        return Markup(
            '<svg class="stretched" width="100%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>'
        ).format(f"{self.height:g}", f"{_UNITS:g}", f"{self.height:g}", Markup("").join(shapes))

    def curve(self, x: Sequence[float], y: Sequence[float | None], css: str) -> Markup:
        """A line through the defined values, broken where there are none."""
        line = Markup('<polyline class="curve {}" points="{}"/>')
        return Markup("").join(
            line.format(css, " ".join(self._point(a, b) for a, b in piece)) for piece in _defined(x, y)
        )

    def area(
        self, x: Sequence[float], lower: Sequence[float | None], upper: Sequence[float | None], css: str
    ) -> Markup:
        """What lies between two lines, where both are defined."""
        shape = Markup('<polygon class="area {}" points="{}"/>')
        both = [(a, b) if _known(a) and _known(b) else None for a, b in zip(lower, upper, strict=True)]
        out = []
        for piece in _pieces([(place, ends) for place, ends in zip(x, both, strict=True)]):
            there = [self._point(place, ends[1]) for place, ends in piece]
            back = [self._point(place, ends[0]) for place, ends in reversed(piece)]
            out.append(shape.format(css, " ".join([*there, *back])))
        return Markup("").join(out)

    def dot(self, x: float, y: float, css: str, radius: float = 2.6) -> Markup:
        """A round mark."""
        place = f"{self.across(x):.2f}%", f"{self.down(y):.1f}"
        return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(css, *place, radius)

    def drawn(self, title: str, told: str, parts: Sequence[Markup]) -> Markup:
        """The drawing, in words too."""
        return drawing(title, parts, description=typographic(told), height=int(self.height), css="plot-wide")

    def _point(self, x: float, y: float) -> str:
        return f"{self.across(x) / 100 * _UNITS:.1f},{self.down(y):.1f}"


def padded(axis: Axis, share: float = 0.04) -> Axis:
    """The same ticks with some room at both ends."""
    room = share * (axis.upper - axis.lower)
    return Axis(axis.lower - room, axis.upper + room, axis.ticks, axis.digits)


def _defined(x: Sequence[float], y: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    pairs = [(a, b if _known(b) else None) for a, b in zip(x, y, strict=True)]
    return [[(float(a), float(b)) for a, b in piece] for piece in _pieces(pairs)]


def _pieces(pairs: Sequence[tuple]) -> Iterator[list[tuple]]:
    """Runs of pairs whose second part is not None."""
    piece: list[tuple] = []
    for pair in pairs:
        if pair[1] is not None:
            piece.append(pair)
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
