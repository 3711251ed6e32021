"""A still figure for the documents: spikes of a few cells over time, one panel for each condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from braincast.files import write_text

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW, _GAP = 860, 150, 20, 44, 15, 16
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#767676}.title,.panel{font-weight:600}path{fill:none;stroke-width:1.3}"
)
_COLOURS = ("#2f7fd1", "#c26a1b", "#5b9136", "#9558ad")  # stand out on white and on dark pages alike


def write_raster(
    path: Path, title: str, panels: Mapping[str, Mapping[str, Sequence[float]]], from_ms: float, to_ms: float
) -> None:
    """Write an SVG: a tick for each spike from `from_ms` on, a row for each cell, a panel for each condition."""
    scale, height = (_WIDTH - _LEFT - _RIGHT) / (to_ms - from_ms), float(_TOP)
    body = [f'<text class="title" x="10" y="24">{escape(title)}</text>']
    for name, cells in panels.items():
        middle = height + _ROW * len(cells) / 2 + 4
        body.append(f'<text class="panel" x="10" y="{middle:.0f}">{escape(name)}</text>')
        for number, (cell, times) in enumerate(cells.items()):
            at = [_LEFT + scale * (time - from_ms) for time in times if from_ms <= time < to_ms]
            ticks = " ".join(f"M{x:.1f} {height:.0f}v{_ROW - 4}" for x in at)
            body.append(f'<text x="{_LEFT - 8}" y="{height + 11:.0f}" text-anchor="end">{escape(cell)}</text>')
            body.append(f'<path d="{ticks or "M0 0"}" style="stroke:{_COLOURS[number]}"/>')
            height += _ROW
        height += _GAP
    for second in range(int((to_ms - from_ms) / 1e3) + 1):
        x = _LEFT + scale * second * 1e3
        body.append(f'<text x="{x:.0f}" y="{height + 4:.0f}" text-anchor="middle">{second} s</text>')
    told = "; ".join(f"{name}: {sum(map(len, cells.values()))} spikes" for name, cells in panels.items())
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height + 14:.0f}" role="img">'
    words = f"<title>{escape(title)}</title><desc>{escape(told)}</desc><style>{_STYLE}</style>"
    write_text(path, opening + words + "\n".join(body) + "</svg>\n")
