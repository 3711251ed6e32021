"""Places and skills of neurons packed for the three-dimensional view: small numbers in base64, in script files."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from braincast.reports.numbers import printable
from braincast.reports.site.standing import BoardEntry, BoardTask

# Skills beyond ± 1 have the colour of ± 1; 0 stands for "no skill known".
_LARGEST_SKILL = 1.0
_LEVELS = 127


def has_brain(task: BoardTask) -> bool:
    """Whether there is anything to draw: places that may be shown, and an entry with skills of neurons."""
    return bool(task.told.get("positions_um")) and any(place.entry.skills is not None for place in task.places)


def places_data(task: BoardTask) -> dict[str, Any]:
    """Places of all neurons in units of 1/65535 of the longest side of their box; unknown ones lie in `hidden`."""
    places = positions(task)
    lower = np.nanmin(places, axis=0)
    side = max(float(np.nanmax(np.nanmax(places, axis=0) - lower)), 1e-9)
    codes = np.rint(np.nan_to_num((places - lower) / side) * 65535).astype("<u2")
    return {
        "codes": base64.b64encode(codes.tobytes()).decode(),
        "hidden": np.flatnonzero(np.isnan(places).any(axis=1)).tolist(),
        "side": side,
        "extent": [float(v) for v in np.round((np.nanmax(places, axis=0) - lower) / side, 6)],
        "names": [printable(name) for name in task.told["neurons"]],
        "regions": [printable(region) for region in task.told.get("regions") or ()],
    }


def positions(task: BoardTask) -> Float[np.ndarray, "neuron 3"]:
    """Places in µm; NaN where one is not known."""
    rows = [[np.nan] * 3 if row is None else row for row in task.told["positions_um"]]
    return np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=np.float64)


def skill_data(entry: BoardEntry) -> str:
    """The skill of each neuron in 1/127, plus 128, one byte each; 0 where it is not known."""
    known = np.array([np.nan if v is None else v for v in entry.skills or ()], dtype=np.float64)
    codes = np.rint(np.clip(known / _LARGEST_SKILL, -1, 1) * _LEVELS) + 128
    return base64.b64encode(np.where(np.isnan(known), 0, codes).astype("u1").tobytes()).decode()


def extremes(task: BoardTask, entry: BoardEntry, n: int = 10) -> list[tuple[str, str, float]]:
    """The neurons that are forecast best and worst: name, region, skill."""
    names, regions = task.told.get("neurons") or (), task.told.get("regions") or ()
    known = [(skill, i) for i, skill in enumerate(entry.skills or ()) if skill is not None and i < len(names)]
    best_first = sorted(known, key=lambda pair: (-pair[0], pair[1]))
    shown = best_first if len(best_first) <= 2 * n else [*best_first[:n], *best_first[-n:]]
    return [(str(names[i]), _at(regions, i), skill) for skill, i in shown]


def _at(values: Sequence[Any], index: int) -> str:
    return str(values[index]) if index < len(values) else ""
