"""Hexagonal movies packed for the page: a byte for each lead, from which the page's script makes every column.

`templates/vision/screen.js` unpacks them.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from braincast.reports.numbers import printable
from braincast.reports.vision.courses import Courses, Screen
from braincast.tasks.encoding.card import Stimulus

MOST_BYTES = 1_500_000  # of courses: with the rest of the page about 2 MB
_REST, _STEPS = 128, 127


def packed_movies(screen: Screen, models: Sequence[str]) -> dict[str, Any]:
    """Plain data for `data-screen`; of `models`, in their order, as many as the page has room for."""
    n_leads = sum(case.n_leads for case in screen.stimuli)
    room = max(1, int(MOST_BYTES * 3 / 4) // (n_leads * len(screen.cell_types)))
    shown = [screen.courses[name] for name in models if name in screen.courses][:room]
    return {
        "columns": np.round(screen.places, 4).tolist(),
        "leadStep": screen.lead_step_s,
        "types": [printable(name) for name in screen.cell_types],
        "stimuli": [_stimulus(case, light) for case, light in zip(screen.stimuli, screen.light, strict=True)],
        "models": [_model(courses) for courses in shown],
    }


def stimulus_title(case: Stimulus) -> str:
    """What is shown, in words."""
    contrast = "" if case.polarity is None else {"on": "ON ", "off": "OFF "}[case.polarity]
    if case.kind == "edge" and case.angle_deg is not None:
        return f"{contrast}edge towards {case.angle_deg:g}°"
    return f"{contrast}{case.kind}"


def _stimulus(case: Stimulus, light: np.ndarray) -> dict[str, Any]:
    moves = case.kind == "edge" and case.speed
    return {
        "id": printable(case.id),
        "title": printable(stimulus_title(case)),
        "leads": case.n_leads,
        "angle": case.angle_deg if moves else None,
        "speed": case.speed if moves else None,
        "light": _base64(np.rint(255 * np.clip(light, 0, 1))),
    }


def _model(courses: Courses) -> dict[str, Any]:
    codes = [np.rint(_REST + _STEPS * change).T.ravel() for change in courses.change]
    return {
        "name": printable(courses.model),
        "scale": [float(f"{value:.4g}") for value in courses.scale],
        "courses": _base64(np.concatenate(codes)),
    }


def _base64(codes: np.ndarray) -> str:
    return base64.b64encode(codes.astype("u1").tobytes()).decode()
