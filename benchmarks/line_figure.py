"""A still figure for the documents: one line for each series over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from braincast.files import write_text
from braincast.reports.axis import axis_over

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 340, 70, 190, 50, 50
# Grey tones and colours that stand out on white and on dark pages alike.
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#767676}.title{font-weight:600}.grid{stroke:#8884;stroke-width:1}"
    "path{fill:none;stroke-width:2}"
)
_COLOURS = ("#2f7fd1", "#c26a1b", "#5b9136", "#9558ad")


def write_lines(
    path: Path, title: str, time_s: Sequence[float], series: Mapping[str, Sequence[float]], across: str = "seconds"
) -> None:
    """Write an SVG of at most four series over seconds (or what `across` says), named at the right in their order."""
    axis = axis_over([0.0, *(value for values in series.values() for value in values)])
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(at_s: float, value: float) -> tuple[float, float]:
        share = (axis.upper - value) / (axis.upper - axis.lower)
        return _LEFT + width * at_s / max(time_s), _TOP + height * share

    body = [f'<text class="title" x="10" y="24">{escape(title)}</text>']
    for tick in axis.ticks:
        y = place(0, tick)[1]
        body.append(f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        body.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:.{axis.digits}f}</text>')
    for at_s in time_s:
        x = place(at_s, 0)[0]
        body.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 22}" text-anchor="middle">{at_s:g}</text>')
    body.append(f'<text x="{_LEFT + width / 2:.0f}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>')
    for index, (name, values) in enumerate(series.items()):
        points = [place(at_s, value) for at_s, value in zip(time_s, values, strict=True)]
        body += _drawn(name, points, _COLOURS[index], _TOP + 10 + 22 * index)
    told = "; ".join(f"{name}: {_told(time_s, values)}" for name, values in series.items())
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">'
    words = f"<title>{escape(title)}</title><desc>{escape(told)}</desc><style>{_STYLE}</style>"
    write_text(path, opening + words + "\n".join(body) + "</svg>\n")


def _drawn(name: str, points: Sequence[tuple[float, float]], colour: str, y: float) -> list[str]:
    line = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    x = _WIDTH - _RIGHT + 12
    return [
        f'<path d="M{line}" style="stroke:{colour}"/>',
        f'<path d="M{x} {y - 4} h18" style="stroke:{colour}"/>',
        f'<text x="{x + 24}" y="{y}">{escape(name)}</text>',
    ]


def _told(time_s: Sequence[float], values: Sequence[float]) -> str:
    return ", ".join(f"{value:.3f} at {at_s:g} s" for at_s, value in zip(time_s, values, strict=True))
