"""Small SVG figures for the documents: intervals in rows, and lines over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP, _BOTTOM = 760, 270, 24, 26, 34, 30
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}.dim{fill:#666}line{stroke:#222;stroke-width:1.5}"
    ".grid{stroke:#ddd;stroke-width:1}.null{fill:#bbb}.dot{fill:#0b5a8f}path{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.dim{fill:#999}line{stroke:#ddd}.grid{stroke:#444}"
    ".null{fill:#666}.dot{fill:#6bb7ea}}"
)
_COLOURS = ("#0b5a8f", "#b35900", "#4a7a2c", "#7a3e8e")


@dataclass(frozen=True)
class Row:
    """A value with its interval, and the range of a null (grey) where there is one."""

    label: str
    value: float
    ci: tuple[float, float]
    null: tuple[float, float] | None = None


def forest(title: str, rows: Sequence[Row], axis: tuple[float, float], ticks: Sequence[float]) -> str:
    """Rows of intervals on one axis."""
    scale = (_WIDTH - _LEFT - _RIGHT) / (axis[1] - axis[0])
    height = _TOP + _ROW * len(rows) + _BOTTOM

    def at(value: float) -> float:
        return _LEFT + (min(max(value, axis[0]), axis[1]) - axis[0]) * scale

    body = [_tick(at(tick), tick, height) for tick in ticks]
    for index, row in enumerate(rows):
        y = _TOP + _ROW * index + _ROW / 2
        if row.null is not None:
            left, right = map(at, row.null)
            body.append(f'<rect class="null" x="{left:.1f}" y="{y - 8}" width="{right - left:.1f}" height="16"/>')
        body.append(f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(row.label)}</text>')
        body.append(f'<line x1="{at(row.ci[0]):.1f}" x2="{at(row.ci[1]):.1f}" y1="{y}" y2="{y}"/>')
        body.append(f'<circle class="dot" cx="{at(row.value):.1f}" cy="{y}" r="4.5"/>')
    return _svg(title, body, height)


def lines(title: str, x: Sequence[float], series: Mapping[str, Sequence[float]], ticks: Sequence[float]) -> str:
    """One line for each series over x, named at its side from top to bottom in their order at the first x."""
    height, left = 320, 60
    upper, lower = max(ticks), min(ticks)
    width = _WIDTH - left - 190

    def place(across: float, value: float) -> tuple[float, float]:
        return left + width * across / max(x), _TOP + (height - _TOP - 40) * (upper - value) / (upper - lower)

    body = []
    for tick in ticks:
        y = place(0, tick)[1]
        body.append(f'<line class="grid" x1="{left}" x2="{left + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        body.append(f'<text class="dim" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for across in x:
        text = f'<text class="dim" x="{place(across, lower)[0]:.1f}" y="{height - 20}" text-anchor="middle">'
        body.append(f"{text}{across:g}</text>")
    body.append(f'<text class="dim" x="{left + width / 2}" y="{height - 4}" text-anchor="middle">seconds</text>')
    for index, (name, values) in enumerate(series.items()):
        points = " L".join(f"{a:.1f} {b:.1f}" for a, b in (place(*p) for p in zip(x, values, strict=True)))
        colour, y = _COLOURS[index % len(_COLOURS)], _TOP + 20 + 22 * index
        body.append(f'<path d="M{points}" style="stroke:{colour}"/>')
        body.append(f'<path d="M{left + width + 12} {y - 4} h18" style="stroke:{colour}"/>')
        body.append(f'<text x="{left + width + 36}" y="{y}">{escape(name)}</text>')
    return _svg(title, body, height)


def _tick(x: float, value: float, height: int) -> str:
    line = f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{height - _BOTTOM}"/>'
    return f'{line}<text class="dim" x="{x:.1f}" y="{height - 10}" text-anchor="middle">{value:g}</text>'


def _svg(title: str, body: Sequence[str], height: float) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
    words = f'<title>{escape(title)}</title><style>{_STYLE}</style><text x="10" y="18">{escape(title)}</text>'
    return f"{head}{words}{''.join(body)}</svg>\n"
