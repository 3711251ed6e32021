"""Skill of single neurons: how it is spread, by region, by activity, and where the neurons lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from markupsafe import Markup

from braincast.reports.axis import Axis, axis_over
from braincast.reports.marks import drawing, grid, rule
from braincast.reports.numbers import decimal, percent
from braincast.reports.plot import Plot, padded

_MOST_DOTS = 2000
_N_BINS = 24
_HEIGHT = 310
# Of many neurons, a few that are far off do not squeeze the others.
_SHOWN_SHARE, _MANY = (0.01, 0.99), 300
_SHADES = 4


@dataclass(frozen=True, eq=False)
class Skills:
    """Skill of neurons over the baseline, with an axis that holds nearly all of them."""

    values: Float[np.ndarray, " neuron"]

    @property
    def known(self) -> Float[np.ndarray, " known"]:
        return self.values[np.isfinite(self.values)]

    @property
    def axis(self) -> Axis:
        """Always with zero on it."""
        if len(self.known) == 0:
            return axis_over([-1.0, 1.0])
        low, high = np.quantile(self.known, _SHOWN_SHARE if len(self.known) > _MANY else (0, 1))
        return padded(axis_over([float(low), 0.0, float(high)], n_ticks=6))

    @property
    def share_better(self) -> float | None:
        """Share of neurons forecast better than by the baseline."""
        return float((self.known > 0).mean()) if len(self.known) else None

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        if len(self.known) == 0:
            return None
        low, middle, high = (float(q) for q in np.quantile(self.known, [0.25, 0.5, 0.75]))
        return low, middle, high


def histogram(skills: Skills, model: str, baseline: str) -> Markup:
    """How many neurons have which skill; those outside the axis are counted at its ends."""
    axis = skills.axis
    width = (axis.upper - axis.lower) / _N_BINS
    edges = width * np.arange(np.floor(axis.lower / width), np.ceil(axis.upper / width) + 1)  # one of them is zero
    counts, _ = np.histogram(np.clip(skills.known, edges[0], edges[-1]), edges)
    axis = Axis(float(edges[0]), float(edges[-1]), axis.ticks, axis.digits)
    plot = Plot(axis, axis_over([0.0, float(max(counts.max(), 1))], n_ticks=4), _HEIGHT)
    bars = [
        _bar(plot, float(left), float(right), float(n))
        for left, right, n in zip(edges, edges[1:], counts, strict=False)
        if n
    ]
    parts = [plot.frame(f"skill over {baseline}", "neurons"), plot.stretched(bars), plot.upright(0.0, "zero")]
    told = f"{percent(skills.share_better)} of {len(skills.known)} neurons are forecast better than by {baseline}"
    return plot.drawn(f"Skill of single neurons, {model}", told, parts)


def activity_chart(skills: Skills, activity_level: Float[np.ndarray, " neuron"], baseline: str) -> Markup:
    """Skill against how often a neuron is active in training frames."""
    rows = _drawn_rows(skills.values)
    x = [float(level) for level in activity_level[rows]]
    plot = Plot(padded(axis_over(x, n_ticks=4)), skills.axis, _HEIGHT)
    dots = [plot.dot(a, float(b), "neuron", 2.2) for a, b in zip(x, skills.values[rows], strict=True)]
    frame = plot.frame("share of training frames more than 1 SD above the mean", f"skill over {baseline}")
    parts = [frame, plot.level(0.0, "zero"), *dots]
    known = np.isfinite(skills.values) & np.isfinite(activity_level)
    told = f"correlation over neurons {decimal(_correlation(activity_level[known], skills.values[known]), 2)}"
    return plot.drawn("Skill against activity", told, parts)


def region_row(axis: Axis, skills: Skills, rows: Int[np.ndarray, " member"], region: str) -> Markup:
    """The neurons of one region on the axis of skill, and their median."""
    own = skills.values[rows]
    own = own[np.isfinite(own)]
    dots = Markup('<circle class="neuron" cx="{}" cy="50%" r="3"/>')
    shown = own[:: max(1, len(own) // 200)]
    body = [grid(axis), rule(axis.at(0.0), "zero"), *(dots.format(axis.at(float(value))) for value in shown)]
    middle = float(np.median(own)) if len(own) else None
    if middle is not None:
        tick = Markup('<line class="median" x1="{}" x2="{}" y1="22%" y2="78%"/>')
        body.append(tick.format(axis.at(middle), axis.at(middle)))
    return drawing(f"{region}: median skill {decimal(middle)} over {len(own)} neurons", body)


def place_chart(skills: Skills, position_um: Float[np.ndarray, "neuron 3"], axes: tuple[int, int]) -> Markup:
    """Neurons where they lie, seen along the third axis: filled where the model is better than the baseline."""
    placed = np.isfinite(position_um[:, list(axes)]).all(axis=1)
    rows = _drawn_rows(np.where(placed, skills.values, np.nan))
    across, up = (position_um[rows, axis] for axis in axes)
    names = ["xyz"[axis] for axis in axes]
    plot = Plot(padded(axis_over(across.tolist(), n_ticks=7)), padded(axis_over(up.tolist(), n_ticks=6)), _HEIGHT)
    largest = float(np.quantile(np.abs(skills.known), 0.9)) if len(skills.known) else 1.0
    dots = [
        plot.dot(float(a), float(b), f"placed {_shade(value, largest)}", 3.4)
        for a, b, value in zip(across, up, skills.values[rows].tolist(), strict=True)
    ]
    frame = plot.frame(f"{names[0]} (µm)", f"{names[1]} (µm)")
    told = f"{len(rows)} neurons drawn; filled dots are better than the baseline, open ones worse"
    return plot.drawn(f"Skill in place, {names[1]} against {names[0]}", told, [frame, *dots])


def wide_axes(position_um: Float[np.ndarray, "neuron 3"]) -> tuple[int, int] | None:
    """The two axes along which neurons lie farthest apart, the longer one first; None without two known axes."""
    known = np.isfinite(position_um)
    spread = [float(np.ptp(position_um[known[:, k], k])) if known[:, k].any() else -1.0 for k in range(3)]
    order = sorted(range(3), key=lambda k: -spread[k])
    if spread[order[1]] <= 0 or not known[:, order[:2]].all(axis=1).any():
        return None
    return order[0], order[1]


def members(regions: Sequence[str], most: int = 24) -> list[tuple[str, Int[np.ndarray, " member"]]]:
    """Regions with their neurons, the largest first, at most so many; none where there is only one."""
    labels = np.array(regions, dtype=object)
    named = sorted({region for region in regions if region})
    if len(named) < 2:
        return []
    found = [(region, np.flatnonzero(labels == region)) for region in named]
    return sorted(found, key=lambda one: -len(one[1]))[:most]


def _bar(plot: Plot, left: float, right: float, n: float) -> Markup:
    x, width = 10 * plot.across(left), 10 * (plot.across(right) - plot.across(left))
    top, bottom = plot.down(n), plot.down(0.0)
    css = "better" if left + right > 0 else "worse"
    return Markup('<rect class="bar {}" x="{}" width="{}" y="{}" height="{}"/>').format(
        css, f"{x:.1f}", f"{0.92 * width:.1f}", f"{top:.1f}", f"{bottom - top:.1f}"
    )


def _drawn_rows(values: Float[np.ndarray, " neuron"]) -> Int[np.ndarray, " drawn"]:
    """Rows with a value, evenly thinned where there are too many for a page."""
    rows = np.flatnonzero(np.isfinite(values))
    return rows[:: max(1, -(-len(rows) // _MOST_DOTS))]


def _shade(skill: float, largest: float) -> str:
    level = min(int(_SHADES * abs(skill) / max(largest, 1e-9)), _SHADES - 1)
    return f"{'better' if skill > 0 else 'worse'} level{level}"


def _correlation(a: Float[np.ndarray, " known"], b: Float[np.ndarray, " known"]) -> float | None:
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])
