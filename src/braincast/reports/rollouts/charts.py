"""Power spectra beside the truth's, and paths in the plane of the first two principal components."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from braincast.reports.axis import Axis, axis_over
from braincast.reports.numbers import decimal
from braincast.reports.plot import Plot, padded
from braincast.scoring.rollouts.exhibits import REFERENCE, Climate, RolloutExhibits

_HEIGHT, _SMALL = 330, 200
_DEPTH = 6.0  # decades below the highest power that are drawn
_STYLES = {REFERENCE: "reference", "surrogate": "third", "truth": "second"}


def style_of(name: str, leader: str | None, baseline: str | None) -> str:
    """How a contender is drawn: the truth, controls, the leader and the floor are told apart."""
    known = {leader: "lead", baseline: "floor"}
    return _STYLES.get(name) or known.get(name, "other")


def spectra_chart(exhibits: RolloutExhibits, leader: str | None, baseline: str | None) -> Markup:
    """Mean power of all neurons over frequency, both as powers of ten."""
    x = np.log10(exhibits.frequency)
    powers = {climate.name: _logarithm(climate.power) for climate in exhibits.climates}
    top = max(max(known) for own in powers.values() if (known := [v for v in own if v is not None]))
    shown = {name: [None if v is None or v < top - _DEPTH else v for v in own] for name, own in powers.items()}
    values = [value for own in shown.values() for value in own if value is not None]
    plot = Plot(padded(axis_over(x.tolist())), padded(axis_over(values)), _HEIGHT)
    order = sorted(shown, key=lambda name: (name != REFERENCE, style_of(name, leader, baseline) != "other"))
    curves = [plot.curve(x.tolist(), shown[name], style_of(name, leader, baseline)) for name in order[::-1]]
    unit = "cycles a frame" if exhibits.in_frames else "Hz"
    parts = [plot.frame(f"frequency, log₁₀ {unit}", "power, log₁₀"), plot.stretched(curves)]
    told = "; ".join(f"{name}: highest power 10^{decimal(_highest(own), 1)}" for name, own in powers.items())
    return plot.drawn("Power spectra", told, parts)


def path_chart(climate: Climate, exhibits: RolloutExhibits, css: str) -> Markup:
    """Paths in two components; every contender on the axes of what the brain did."""
    reference = next(each for each in exhibits.climates if each.name == REFERENCE).path
    plot = Plot(_ends(reference[:, 0]), _ends(reference[:, 1]), _SMALL)
    x, y = (_clipped(climate.path[:, k], axis) for k, axis in ((0, plot.x), (1, plot.y)))
    pieces = _pieces(x, y)
    curves = [plot.curve(across, down, css) for across, down in pieces]
    parts = [plot.frame("first component", "second"), plot.stretched(curves)]
    if not np.nanstd(climate.path[:, 0]) > 1e-9:
        parts.append(plot.dot(float(x[0]), float(y[0]), f"dot {css}"))
    told = f"largest Lyapunov exponent {decimal(known(climate.lyapunov), 2)}"
    return plot.drawn(f"{climate.name}: paths in two principal components", told, parts)


def known(value: float) -> float | None:
    """The value, or None where it is undefined."""
    return value if np.isfinite(value) else None


def _logarithm(power: np.ndarray) -> list[float | None]:
    return [float(np.log10(value)) if value > 0 else None for value in power]


def _highest(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _ends(values: np.ndarray) -> Axis:
    return padded(axis_over([float(np.nanmin(values)), float(np.nanmax(values))], n_ticks=4), 0.15)


def _clipped(values: np.ndarray, axis: Axis) -> np.ndarray:
    return np.clip(values, axis.lower, axis.upper)


def _pieces(x: np.ndarray, y: np.ndarray) -> list[tuple[list[float], list[float | None]]]:
    """One piece for each path."""
    gaps = np.flatnonzero(np.isnan(x))
    parts = zip(np.split(x, gaps), np.split(y, gaps), strict=True)
    known_parts = ((a[np.isfinite(a)].tolist(), b[np.isfinite(b)].tolist()) for a, b in parts)
    return [(a, b) for a, b in known_parts if a]
