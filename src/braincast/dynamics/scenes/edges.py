"""Edges and bars that cross the eye: grey before, then white or black from one side on."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float

from braincast.dynamics.scenes.movie import GREY, Movie, frame_times
from braincast.dynamics.scenes.optics import (
    MARGIN_COLUMNS,
    Polarity,
    along,
    beyond_edge,
    brightness,
    checked_angle,
    required,
)
from braincast.errors import BraincastError


def moving_edge(
    extent: int,
    angle_deg: float,
    speed_columns_per_s: float,
    polarity: Polarity,
    dt_s: float,
    *,
    lead_in_s: float = 0.0,
) -> Movie:
    """A white (on) or black (off) edge that moves over grey in the direction of the angle, from outside to outside.

    It begins to move after `lead_in_s` of grey, two columns before the eye, and ends two columns behind it: until it
    has moved that far the eye sees grey. E912, E914.
    """
    return moving_bar(extent, angle_deg, speed_columns_per_s, math.inf, polarity, dt_s, lead_in_s=lead_in_s)


def moving_bar(
    extent: int,
    angle_deg: float,
    speed_columns_per_s: float,
    width_columns: float,
    polarity: Polarity,
    dt_s: float,
    *,
    lead_in_s: float = 0.0,
) -> Movie:
    """A white (on) or black (off) bar that moves over grey across the eye, sideways; E912, E914."""
    where = "moving edge" if width_columns == math.inf else "moving bar"
    speed = required(speed_columns_per_s, "speed_columns_per_s", where)
    checked_angle(angle_deg, where)
    if not width_columns > 0:
        raise BraincastError("E914", where, f"width_columns is {width_columns:g}", "Give a width above 0")
    way = crossing_columns(extent) + (width_columns if math.isfinite(width_columns) else 0.0)
    time_s = frame_times(lead_in_s + way / speed, dt_s, where)
    front = np.maximum(time_s - lead_in_s, 0.0) * speed - crossing_columns(extent) / 2
    covered = _covered(along(extent, angle_deg), front, width_columns)
    return Movie(GREY + (brightness(polarity, where) - GREY) * covered, dt_s)


def crossing_columns(extent: int) -> float:
    """How far an edge moves from where no column sees it to where all do."""
    return 2 * (extent + MARGIN_COLUMNS)


def _covered(
    place: Float[np.ndarray, " column"], front: Float[np.ndarray, " frame"], width: float
) -> Float[np.ndarray, "frame column"]:
    """The share of a column's light from between the front and `width` behind it."""
    ahead = front[:, None] - place
    behind = beyond_edge(ahead - width) if math.isfinite(width) else 0.0
    return np.clip(beyond_edge(ahead) - behind, 0.0, 1.0)
