"""A still figure for the documents: shares of rows in columns as shaded cells, one panel below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from braincast.files import write_text

_WIDTH, _LEFT, _SIDE = 860, 160, 20
_TOP, _HEAD, _BOTTOM = 40, 34, 92
# Grey tones and one blue that stand out on white and on dark pages alike.
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#767676}.title,.panel{font-weight:600}"
    ".cell{fill:#2f7fd1}.frame{fill:none;stroke:#8886}.mark{fill:#e0862f}"
)


@dataclass(frozen=True)
class Panel:
    """Shares [row][column], None where there is none, and which cells carry a dot."""

    title: str
    shares: Sequence[Sequence[float | None]]
    marked: Sequence[Sequence[bool]] = ()


def write_matrix_figure(
    path: Path, title: str, rows: Sequence[str], columns: Sequence[str], panels: Sequence[Panel]
) -> None:
    """Write an SVG: the darker a cell, the larger the share, from 0 to 1."""
    wide = min(36.0, (_WIDTH - _LEFT - 20) / len(columns))
    height, body = float(_TOP), [f'<text class="title" x="10" y="24">{escape(title)}</text>']
    for panel in panels:
        body.append(f'<text class="panel" x="{_LEFT}" y="{height + 20:.0f}">{escape(panel.title)}</text>')
        height += _HEAD
        body += _drawn(panel, rows, wide, height)
        height += _SIDE * len(rows)
    for column, name in enumerate(columns):
        turned = f'transform="translate({_LEFT + wide * (column + 0.35):.1f} {height + 16:.0f}) rotate(60)"'
        body.append(f"<text {turned}>{escape(name)}</text>")
    height += _BOTTOM
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" role="img">'
    told = "; ".join(f"{panel.title}: mean {_mean(panel):.3f}" for panel in panels)
    words = f"<title>{escape(title)}</title><desc>{escape(told)}</desc><style>{_STYLE}</style>"
    write_text(path, opening + words + "\n".join(body) + "</svg>\n")


def _drawn(panel: Panel, rows: Sequence[str], wide: float, top: float) -> list[str]:
    n_columns = len(panel.shares[0])
    size = f'width="{wide * n_columns:.1f}" height="{_SIDE * len(rows)}"'
    parts = [f'<rect class="frame" x="{_LEFT}" y="{top:.0f}" {size}/>']
    for row, name in enumerate(rows):
        y = top + _SIDE * row
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 15:.0f}" text-anchor="end">{escape(name)}</text>')
        for column, share in enumerate(panel.shares[row]):
            x = _LEFT + wide * column
            if share:
                place = f'x="{x:.1f}" y="{y:.0f}" width="{wide:.1f}" height="{_SIDE}"'
                parts.append(f'<rect class="cell" fill-opacity="{share:.2f}" {place}/>')
            if panel.marked and panel.marked[row][column]:
                parts.append(f'<circle class="mark" r="2.6" cx="{x + wide / 2:.1f}" cy="{y + _SIDE / 2:.0f}"/>')
    return parts


def _mean(panel: Panel) -> float:
    known = [share for row in panel.shares for share in row if share is not None]
    return sum(known) / len(known)
