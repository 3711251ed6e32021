"""A still figure for the documents: the conductances of many circuits side by side, coloured by their period."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from braincast.files import write_text

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 980, 520, 70, 20, 70, 200
_FOLDS = (1 / 32, 1 / 8, 1 / 2, 1, 2, 8, 32)
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#767676}.title{font-weight:600}.grid{stroke:#8884}"
    "circle{fill-opacity:.55}"
)
# From short periods to long ones; stands out on white and on dark pages alike.
_SHORT, _LONG = (0x2F, 0x7F, 0xD1), (0xE0, 0x86, 0x2F)


def write_map(path: Path, title: str, names: Sequence[str], values: np.ndarray, period_s: np.ndarray) -> None:
    """Write an SVG: a column for each conductance, a point for each circuit, relative to the column's geometric mean.

    `values` are [circuit, conductance]; zeros lie on a line of their own below.
    """
    shown = (values > 0).any(axis=0)
    names, values = [name for name, keep in zip(names, shown, strict=True) if keep], values[:, shown]
    step, place = (_WIDTH - _LEFT - _RIGHT) / len(names), _place()
    jitter = np.random.default_rng(0).uniform(-0.32, 0.32, values.shape)
    body = [f'<text class="title" x="10" y="24">{escape(title)}</text>', *_key(period_s), *_grid(place)]
    share = np.argsort(np.argsort(period_s)) / max(len(period_s) - 1, 1)
    for column, name in enumerate(names):
        own = values[:, column]
        middle = np.exp(np.log(own[own > 0]).mean())
        for row, value in enumerate(own):
            x, y = _LEFT + step * (column + 0.5 + jitter[row, column]), place(value / middle if value else 0.0)
            body.append(f'<circle r="2" cx="{x:.1f}" cy="{y:.1f}" fill="{_colour(share[row])}"/>')
        turned = f'transform="translate({_LEFT + step * (column + 0.7):.1f} {_HEIGHT - _BOTTOM + 34}) rotate(-60)"'
        body.append(f'<text {turned} text-anchor="end">{escape(name)}</text>')
    told = "; ".join(f"{name} {own.min():g} to {own.max():g}" for name, own in zip(names, values.T, strict=True))
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">'
    words = f"<title>{escape(title)}</title><desc>{escape(told)}</desc><style>{_STYLE}</style>"
    write_text(path, opening + words + "\n".join(body) + "</svg>\n")


def _place():
    """Heights of multiples of the middle; 0 lies below all others."""
    height, low, high = _HEIGHT - _TOP - _BOTTOM, np.log(_FOLDS[0]), np.log(_FOLDS[-1])

    def place(multiple: float) -> float:
        if not multiple:
            return float(_HEIGHT - _BOTTOM + 12)
        share = (np.clip(np.log(multiple), low, high) - low) / (high - low)
        return float(_TOP + height * (1 - share))

    return place


def _grid(place) -> list[str]:
    words = {1 / 32: "1/32", 1 / 8: "1/8", 1 / 2: "1/2", 1: "mean", 2: "× 2", 8: "× 8", 32: "× 32"}
    lines = []
    for fold in (*_FOLDS, 0.0):
        y = place(fold)
        lines.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{words.get(fold, "none")}</text>')
    return lines


def _key(period_s: np.ndarray) -> list[str]:
    quantiles = np.quantile(period_s, [0, 0.25, 0.5, 0.75, 1])
    parts = [f'<text x="{_LEFT}" y="50">period</text>']
    for number, (share, period) in enumerate(zip((0, 0.25, 0.5, 0.75, 1), quantiles, strict=True)):
        x = _LEFT + 60 + 90 * number
        parts.append(
            f'<circle r="5" cx="{x}" cy="46" fill="{_colour(share)}"/><text x="{x + 10}" y="50">{period:.2f} s</text>'
        )
    return parts


def _colour(share: float) -> str:
    mixed = [round(a + (b - a) * float(share)) for a, b in zip(_SHORT, _LONG, strict=True)]
    return "#" + "".join(f"{part:02x}" for part in mixed)
