"""A disc that comes towards the eye at a constant speed."""

from __future__ import annotations

import math

import numpy as np

from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.movie import DEGREES_PER_COLUMN, GREY, Movie, frame_times
from braincast.dynamics.scenes.optics import Polarity, brightness, inside_disc, required


def looming(
    extent: int,
    size_to_speed_s: float,
    polarity: Polarity,
    dt_s: float,
    *,
    start_deg: float = 5.0,
    end_deg: float = 60.0,
    centre_columns: tuple[float, float] = (0.0, 0.0),
    lead_in_s: float = 0.0,
    hold_s: float = 0.0,
) -> Movie:
    """A black (off) or white (on) disc over grey whose half-angle is atan(size_to_speed_s / time to collision).

    `size_to_speed_s` is its radius over its speed, l/|v| (Gabbiani et al. 1999, J Neurosci 19:1122). It grows from the
    half-angle `start_deg` to `end_deg` and stays so for `hold_s`; before it, all is grey for `lead_in_s`. E912, E914.
    """
    where = "looming disc"
    required(size_to_speed_s, "size_to_speed_s", where)
    required(start_deg, "start_deg", where, upper=89.0)
    required(end_deg, "end_deg", where, lower=start_deg, upper=89.0)
    first_s, last_s = (size_to_speed_s / math.tan(math.radians(angle)) for angle in (start_deg, end_deg))
    time_s = frame_times(lead_in_s + first_s - last_s + hold_s, dt_s, where) - lead_in_s
    to_collision_s = np.clip(first_s - time_s, last_s, first_s)
    radius = np.degrees(np.arctan(size_to_speed_s / to_collision_s)) / DEGREES_PER_COLUMN
    distance = np.linalg.norm(positions(columns(extent)) - centre_columns, axis=1)
    covered = inside_disc(distance, radius[:, None]) * (time_s[:, None] > -dt_s / 2)
    return Movie(GREY + (brightness(polarity, where) - GREY) * covered, dt_s)
