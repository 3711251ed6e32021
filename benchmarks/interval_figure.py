"""A still figure for the documents: one row for each value, with its interval and the draws of its null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from braincast.files import write_text
from braincast.reports.axis import axis_over

_WIDTH, _LEFT, _ROW = 860, 250, 26
_TOP, _BOTTOM = 58, 46
# Grey tones and one blue that stand out on white and on dark pages alike.
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#767676}.title{font-weight:600}.grid{stroke:#8884;stroke-width:1}"
    ".own{fill:#2f7fd1;stroke:#2f7fd1}.null{fill:none;stroke:#a0702a}.group{font-weight:600}"
)


@dataclass(frozen=True)
class Row:
    """A value with its 95 % interval, and what its null gives; without a value it is the heading of a group."""

    label: str
    value: float | None = None
    ci: tuple[float, float] | None = None
    null: tuple[float, ...] = ()


def write_figure(path: Path, title: str, axis_title: str, rows: Sequence[Row]) -> None:
    """Write an SVG: dots are values with 95 % intervals, open rings are draws of the null."""
    ends = [end for row in rows for end in (row.value, *(row.ci or ()), *row.null)]
    axis = axis_over(ends, n_ticks=8)
    height = _TOP + _ROW * len(rows) + _BOTTOM

    def at(value: float) -> float:
        share = (value - axis.lower) / (axis.upper - axis.lower)
        return _LEFT + 15 + (_WIDTH - _LEFT - 35) * share

    body = [f'<text class="title" x="10" y="24">{escape(title)}</text>']
    for tick in axis.ticks:
        x = f"{at(tick):.1f}"
        body.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP - 12}" y2="{height - _BOTTOM}"/>')
        body.append(f'<text x="{x}" y="{height - _BOTTOM + 18}" text-anchor="middle">{tick:.{axis.digits}f}</text>')
    body.append(
        f'<text x="{(_LEFT + _WIDTH) / 2:.0f}" y="{height - 8}" text-anchor="middle">{escape(axis_title)}</text>'
    )
    for index, row in enumerate(rows):
        body += _drawn(row, _TOP + _ROW * index + 6, at)
    told = "; ".join(_told(row) for row in rows if row.value is not None)
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
    words = f"<title>{escape(title)}</title><desc>{escape(told)}</desc><style>{_STYLE}</style>"
    write_text(path, opening + words + "\n".join(body) + "</svg>\n")


def _drawn(row: Row, y: float, at) -> list[str]:
    heading = ' class="group"' if row.value is None else ""
    parts = [f'<text{heading} x="10" y="{y + 4}">{escape(row.label)}</text>']
    parts += [f'<circle class="null" r="3.2" cx="{at(value):.1f}" cy="{y}"/>' for value in row.null]
    if row.ci is not None:
        parts.append(
            f'<line class="own" stroke-width="2" x1="{at(row.ci[0]):.1f}" x2="{at(row.ci[1]):.1f}" y1="{y}" y2="{y}"/>'
        )
    if row.value is not None:
        parts.append(f'<circle class="own" r="4.5" cx="{at(row.value):.1f}" cy="{y}"/>')
    return parts


def _told(row: Row) -> str:
    ends = "" if row.ci is None else f", 95 % interval {row.ci[0]:.3f} to {row.ci[1]:.3f}"
    null = f", null {min(row.null):.3f} to {max(row.null):.3f}" if row.null else ""
    return f"{row.label}: {row.value:.3f}{ends}{null}"
