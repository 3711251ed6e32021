"""The brain seen from the front: a dot for each neuron at its place, coloured by its rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from markupsafe import Markup

from braincast.reports.numbers import count, printable

_MOST_SILENT, _MOST_ACTIVE, _MOST_DRIVEN = 2_000, 2_500, 600
_WIDTH = 1000.0
# Upper bounds of the classes of rate: as in a fly, most that answer do so below 10 Hz.
_BOUNDS_HZ = (1.0, 10.0, 50.0)
RATE_CLASSES = ("less than 1 Hz", "1 to 10 Hz", "10 to 50 Hz", "50 Hz or more")


@dataclass(frozen=True)
class BrainMap:
    """The drawing, and what it shows of what there is."""

    drawing: Markup
    told: str


def brain_map(neurons: pd.DataFrame) -> BrainMap | None:
    """Neurons with `x_um` and `y_um`, y downwards; None where fewer than two have a place. What is drawn of each kind
    is drawn by lot, always the same."""
    if not {"x_um", "y_um"} <= set(neurons.columns):
        return None
    places = neurons[["x_um", "y_um"]].to_numpy(np.float64)
    placed = np.asarray(np.isfinite(places).all(axis=1))
    if placed.sum() < 2:
        return None
    layers = list(_layers(neurons, placed))
    at, height = _projected(places, placed)
    paths = [_dots(at[rows], css) for css, rows, _ in layers]
    parts = [
        f"{count(len(rows))} of {count(n_all)} {words}"
        for (_, rows, n_all), words in zip(layers, _words(), strict=True)
    ]
    missing = int((~placed).sum())
    told = "; ".join(part for part in parts if not part.startswith("0 of 0"))
    told += f"; {count(missing)} neurons without a place are not drawn" if missing else ""
    drawing = Markup(
        '<svg class="brain" role="img" viewBox="0 0 {} {}"><title>Where activity is</title><desc>{}</desc>{}</svg>'
    ).format(f"{_WIDTH:.0f}", f"{height:.0f}", printable(told), Markup("").join(paths))
    return BrainMap(drawing, told)


def _words() -> list[str]:
    return ["silent neurons", *(f"at {name}" for name in RATE_CLASSES), "driven neurons"]


def _layers(neurons: pd.DataFrame, placed: np.ndarray) -> Iterator[tuple[str, Int[np.ndarray, " shown"], int]]:
    """Class of dots, the rows drawn, and how many rows there are; from the faintest to the clearest."""
    rate, driven = neurons["rate_hz"].to_numpy(), neurons["driven"].to_numpy(bool)
    others = placed & ~driven
    level = np.where(rate > 0, 1 + np.searchsorted(_BOUNDS_HZ, rate, side="right"), 0)
    n_active = int((others & (rate > 0)).sum())
    for number in range(len(RATE_CLASSES) + 1):
        rows = np.flatnonzero(others & (level == number))
        most = _MOST_SILENT if number == 0 else max(1, round(_MOST_ACTIVE * len(rows) / max(n_active, _MOST_ACTIVE)))
        yield f"place rate{number}", _drawn(rows, most), len(rows)
    rows = np.flatnonzero(placed & driven)
    yield "place driven", _drawn(rows, _MOST_DRIVEN), len(rows)


def _drawn(rows: Int[np.ndarray, " row"], most: int) -> Int[np.ndarray, " shown"]:
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def _projected(places: np.ndarray, placed: np.ndarray) -> tuple[Float[np.ndarray, "neuron axis"], float]:
    """Places in the drawing's units, in true proportion, and its height."""
    lower, upper = places[placed].min(axis=0), places[placed].max(axis=0)
    size = np.maximum(upper - lower, 1e-9)
    scale = (_WIDTH - 20) / max(size[0], size[1] / 1.2)
    margin = (_WIDTH - scale * size[0]) / 2
    return (places - lower) * scale + [margin, 10.0], scale * float(size[1]) + 20.0


def _dots(at: Float[np.ndarray, "shown axis"], css: str) -> Markup:
    """One path whose strokes have no length: round ends make each a dot."""
    return Markup('<path class="{}" d="{}"/>').format(css, "".join(f"M{x:.0f} {y:.0f}h0" for x, y in at))
