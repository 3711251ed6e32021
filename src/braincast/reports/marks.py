"""SVG pieces of the charts. Every text is escaped; looks come from the page's style sheet, shapes tell roles apart."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from braincast.reports.axis import Axis
from braincast.reports.numbers import decimal, printable, typographic

# Around the origin, in pixels. Shape and filling differ, so that no role is told by colour alone.
_SHAPES = {
    "model": Markup('<circle r="5"/>'),
    "baseline": Markup('<rect x="-4.5" y="-4.5" width="9" height="9"/>'),
    "null": Markup('<path d="M0-6 6 0 0 6-6 0Z"/>'),
    "control": Markup('<path d="M0-5.5 5.5 4.5H-5.5Z"/>'),
}


def drawing(
    title: str, body: Iterable[Markup], *, description: str = "", height: int | None = None, css: str = "row"
) -> Markup:
    """An image as wide as its place, in words too; without `height` it is as high as its place."""
    high = Markup("100%") if height is None else Markup(str(height))
    words = Markup("<title>{}</title>").format(printable(title))
    if description:
        words += Markup("<desc>{}</desc>").format(printable(description))
    return Markup('<svg class="{}" role="img" width="100%" height="{}">{}{}</svg>').format(
        css, high, words, Markup("").join(body)
    )


def mark(role: str, x: str, y: str = "50%", *, css: str = "") -> Markup:
    """The symbol of a role (model, baseline, null, control) at a place; `css` names further classes."""
    shape = _SHAPES.get(role, _SHAPES["control"])
    known = role if role in _SHAPES else "control"
    # A nested svg takes per cent for its place while the shape inside keeps its size in pixels.
    return Markup('<svg x="{}" y="{}" overflow="visible" class="mark {} {}">{}</svg>').format(x, y, known, css, shape)


def whisker(role: str, x1: str, x2: str, y: str = "50%") -> Markup:
    """The line of an interval."""
    return Markup('<line class="whisker {}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(role, x1, x2, y, y)


def rule(x: str, css: str) -> Markup:
    """A line from top to bottom."""
    return Markup('<line class="{}" x1="{}" x2="{}" y1="0" y2="100%"/>').format(css, x, x)


def grid(axis: Axis) -> Markup:
    """A faint line at each tick."""
    return Markup("").join(rule(axis.at(tick), "grid") for tick in axis.ticks)


def band(axis: Axis, lower: float, upper: float) -> Markup:
    """A shaded range from top to bottom."""
    left, right = (float(axis.at(value).rstrip("%")) for value in (lower, upper))
    return Markup('<rect class="band" x="{}%" width="{}%" y="0" height="100%"/>').format(
        f"{left:.2f}", f"{right - left:.2f}"
    )


def label(words: str, x: str, y: str, *, css: str = "", anchor: str = "middle") -> Markup:
    """Escaped words at a place."""
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        css, x, y, anchor, printable(words)
    )


def tick_labels(axis: Axis, y: str, *, signed: bool = False) -> Markup:
    """The tick values in a row."""
    written = ((tick, typographic(decimal(tick, axis.digits, signed=signed and tick != 0))) for tick in axis.ticks)
    return Markup("").join(label(text, axis.at(tick), y, css="tick") for tick, text in written)
